import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayClient } from "./client.ts";
import { Gateway, type HostFolder } from "./gateway.ts";
import { type StageModel, startStageModel } from "./model.ts";
import { cacheFolder, hostConfig, installPlugin, type PluginName, pluginConfig, writeHostConfig } from "./plugins.ts";
import { killAll, processesWith } from "./processes.ts";

export interface StandOptions {
  readonly plugin: PluginName;
  /** The host's `openclaw.mjs`. */
  readonly entry: string;
  readonly incumbentVersion: string;
  /** Folder below the cache folder; removed first, and again when the stand is closed unless `keep` is set. */
  readonly name: string;
  readonly keep?: boolean;
  /** Options of Node for the gateway's process. */
  readonly nodeArgs?: readonly string[];
}

/** A host with one of the plugins, a scripted model behind it, and a gateway that runs. */
export class Stand {
  readonly plugin: PluginName;
  readonly host: HostFolder;
  readonly model: StageModel;
  readonly logFile: string;
  /** True while a scenario's configuration is in force. */
  changed = false;
  #added: Record<string, undefined> = {};
  #gateway: Gateway | undefined;
  readonly #keep: boolean;

  private constructor(options: StandOptions, host: HostFolder, model: StageModel) {
    this.plugin = options.plugin;
    this.host = host;
    this.model = model;
    this.logFile = path.join(host.home, "gateway.log");
    this.#keep = options.keep === true;
  }

  /** @throws Error with the host's words when the plugin cannot be installed or the gateway does not start */
  static async open(options: StandOptions): Promise<Stand> {
    const home = path.join(cacheFolder, options.name);
    await rm(home, { recursive: true, force: true });
    for (const name of ["workspace", "tmp"]) await mkdir(path.join(home, name), { recursive: true });
    // A workspace that had files once and has none any more is a lost one for the host, and scenarios tidy up.
    await writeFile(path.join(home, "workspace", "README.md"), "A project to work in.\n");
    const host: HostFolder = {
      entry: options.entry,
      home,
      stateDir: path.join(home, "openclaw"),
      token: "host-e2e-loopback-token",
      ...(options.nodeArgs ? { nodeArgs: options.nodeArgs } : {}),
    };
    const model = await startStageModel();
    const stand = new Stand(options, host, model);
    try {
      await writeHostConfig(host, {
        gateway: { mode: "local" },
        ...(options.plugin === "ours" ? { plugins: { entries: { codex: { enabled: false } } } } : {}),
      });
      await installPlugin(options.plugin, host, options.incumbentVersion);
      await stand.configure();
      await stand.start();
      return stand;
    } catch (thrown) {
      await stand.close();
      throw thrown;
    }
  }

  get workspace(): string {
    return path.join(this.host.home, "workspace");
  }

  get gateway(): Gateway {
    if (!this.#gateway) throw new Error("The gateway is not running.");
    return this.#gateway;
  }

  get running(): boolean {
    return this.#gateway !== undefined;
  }

  get client(): GatewayClient {
    return this.gateway.client;
  }

  /** Writes the host's configuration anew; a gateway that runs notices or not, so restart it. */
  async configure(changes: { config?: Record<string, unknown>; plugin?: Record<string, unknown> } = {}): Promise<void> {
    const { host, plugin } = this;
    // What a scenario added is not in the defaults, so it has to be taken out by name.
    const added = Object.fromEntries(Object.keys(changes.config ?? {}).map((key) => [key, undefined]));
    const before = [this.#added, pluginConfig(plugin, undefined)];
    // At once: a gateway that runs reads it whenever it changes.
    await writeHostConfig(host, ...before, hostConfig(plugin, host, { modelUrl: this.model.url, ...changes }));
    this.#added = added;
    this.changed = changes.config !== undefined || changes.plugin !== undefined;
  }

  async start(): Promise<void> {
    try {
      this.#gateway = await Gateway.start(this.host, this.logFile);
    } catch (thrown) {
      // A host gives its own start five seconds for some steps, which a busy machine may miss, and what it did when the
      // plugin was installed may not have let go of its folder yet. That is not our subject.
      if (!/did not become ready|timed out|owns state-lifecycle/.test(String(thrown))) throw thrown;
      await sleep(2_000);
      this.#gateway = await Gateway.start(this.host, this.logFile);
    }
    await this.client.call("sessions.subscribe", {});
  }

  /** Starts anew with other settings; without any, with the usual ones. */
  async restart(changes: Parameters<Stand["configure"]>[0] = {}): Promise<void> {
    await this.stop();
    await this.configure(changes);
    await this.start();
  }

  /** Ends the gateway in order. Returns the command lines that outlived it. */
  async stop(): Promise<string[]> {
    const left = (await this.#gateway?.stop()) ?? [];
    this.#gateway = undefined;
    return left;
  }

  async crash(): Promise<void> {
    await this.gateway.crash();
    this.#gateway = undefined;
  }

  processes(): ReturnType<typeof processesWith> {
    return processesWith(this.host.stateDir);
  }

  async close(): Promise<void> {
    await this.stop().catch(() => []);
    await killAll(this.host.stateDir);
    await this.model.close();
    if (!this.#keep) await rm(this.host.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Ends everything that belongs to a stand, also one that is only half open, and removes its folder. */
export async function removeStand(name: string): Promise<void> {
  const home = path.join(cacheFolder, name);
  await killAll(home);
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
}
