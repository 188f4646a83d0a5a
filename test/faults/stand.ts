import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type CodexHarness, type CodexHarnessOptions, createCodexHarness } from "../../src/harness/codex-harness.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../../src/host/embedded-host.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import type { Reply } from "../../src/scripted-model/script.ts";
import { type ModelRequest, startScriptedModel } from "../../src/scripted-model/server.ts";
import { type AppServer, type AppServerOptions, startAppServer } from "../../src/server/app-server.ts";
import { testFolder } from "../support/home.ts";
import { scriptedThread } from "../support/scripted-thread.ts";
import type { Rule } from "./rules.ts";

/** Clocks short enough to wait for, long enough for a busy machine. */
export const standClocks = {
  initializeMs: 20_000,
  requestMs: 5000,
  threadOpenMs: 15_000,
  sessionWaitMs: 8000,
  quietProbeMs: 1500,
  interruptGraceMs: 3000,
  releaseGraceMs: 3000,
  settlementMs: 1500,
  toolMs: 2500,
  approvalMs: 2500,
  hostCallbackMs: 2500,
  compactionMs: 20_000,
  runBudgetMs: 60_000,
} as const;

export interface StandOptions extends Pick<CodexHarnessOptions, "recorder" | "clocks"> {
  /** Additional `-c` overrides. */
  readonly overrides?: readonly string[];
  readonly log?: NonNullable<AppServerOptions["log"]>;
}

type Answer = (request: ModelRequest) => Reply | Promise<Reply>;
const proxy = path.resolve(import.meta.dirname, "proxy.mjs");

/** A host of its own for one fault: real Codex behind the fault proxy, a scripted model, and folders for each record. */
export class Stand {
  readonly folder: string;
  readonly folders: Readonly<Record<"state" | "transcripts" | "home" | "fault" | "work", string>>;
  reply: Answer = () => [];
  readonly #codex: string;
  readonly #options: StandOptions;
  readonly #remove: () => void;
  #model: Awaited<ReturnType<typeof startScriptedModel>> | undefined;
  #current: { harness: CodexHarness; host: EmbeddedHost } | undefined;

  private constructor(codex: string, name: string, options: StandOptions) {
    this.#codex = codex;
    this.#options = options;
    const folder = testFolder(`fault-${name}`);
    this.folder = folder.path;
    this.#remove = folder.remove;
    const below = (part: string): string => path.join(folder.path, part);
    const [state, transcripts, home] = [below("state"), below("transcripts"), below("home")];
    this.folders = { state, transcripts, home, fault: below("fault"), work: below("work") };
    for (const each of Object.values(this.folders)) mkdirSync(each);
  }

  /** @param codex the real executable */
  static async open(codex: string, name: string, options: StandOptions = {}): Promise<Stand> {
    const stand = new Stand(codex, name, options);
    await stand.startModel();
    stand.#open();
    return stand;
  }

  /** The model's server, at the address it had before. */
  async startModel(): Promise<void> {
    this.#model = await startScriptedModel({
      script: (request) => this.reply(request),
      port: this.#model && Number(new URL(this.#model.url).port),
    });
  }

  async stopModel(): Promise<void> {
    await this.#model?.close();
  }

  get harness(): CodexHarness {
    return this.#current!.harness;
  }

  get host(): EmbeddedHost {
    return this.#current!.host;
  }

  get modelUrl(): string {
    return this.#model!.url;
  }

  /** From now on the proxy does this. */
  arm(rules: readonly Rule[]): void {
    writeFileSync(path.join(this.folders.fault, "rules.json"), JSON.stringify(rules));
  }

  /** How often a rule was applied. */
  applied({ id }: Rule): number {
    const file = path.join(this.folders.fault, `applied-${id}`);
    return existsSync(file) ? readFileSync(file).length : 0;
  }

  serverOptions(direct = false): AppServerOptions {
    const { overrides = [], log } = this.#options;
    return {
      command: direct ? this.#codex : proxy,
      codexHome: this.folders.home,
      configOverrides: [...scriptedOverrides(this.modelUrl), ...overrides],
      env: { HOME: this.folder, ...(direct ? {} : { CODEX_REAL: this.#codex, FAULT_DIR: this.folders.fault }) },
      ...(log ? { log } : {}),
    };
  }

  turn(sessionKey: string, prompt: string, extra: Partial<HostTurn> = {}): Promise<HostTurnResult> {
    return this.host.runTurn({ ...this.settings, sessionKey, prompt, ...extra });
  }

  get settings() {
    return {
      cwd: this.folders.work,
      ...scriptedThread,
    } as const;
  }

  /** Everything of the bridge anew, as in another process: same folders, same model. */
  async restart(): Promise<void> {
    await this.host.dispose();
    this.#open();
  }

  /** Codex itself, without the bridge and the proxy, on the same home. Whoever starts it stops it. */
  startServer(): Promise<AppServer> {
    return startAppServer(this.serverOptions(true));
  }

  /** Processes that were started for this stand and still run, however they are related to us. */
  processes(): { pid: number; command: string }[] {
    const mark = `HOME=${this.folder}\0`;
    return readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        if (!`${readFileSync(`/proc/${name}/environ`, "latin1")}\0`.includes(mark)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return command === "" ? [] : [{ pid: Number(name), command }];
      } catch {
        return [];
      }
    });
  }

  /** The running Codex, as the kernel knows it. */
  codexPids(): number[] {
    return this.processes().flatMap(({ pid, command }) =>
      command.startsWith(this.#codex) && command.endsWith("app-server") ? [pid] : [],
    );
  }

  signal(signal: NodeJS.Signals, pids: readonly number[] = this.codexPids()): number {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
      }
    }
    return pids.length;
  }

  async close(): Promise<void> {
    await this.#model?.close();
    this.#remove();
  }

  #open(): void {
    const { overrides: _, log: __, clocks, ...harnessOptions } = this.#options;
    const harness = createCodexHarness({
      stateDir: this.folders.state,
      server: this.serverOptions(),
      clocks: { ...standClocks, ...clocks },
      ...harnessOptions,
    });
    // The host puts its transcripts into a folder below the one it is given.
    this.#current = { harness, host: new EmbeddedHost({ stateDir: this.folder, harnesses: [harness] }) };
  }
}
