import { realpathSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { stagePackage } from "../../scripts/build/stage.ts";
import { type HostFolder, runHostCommand } from "./gateway.ts";
import { conversationModel } from "./model.ts";

/*
 * The two plugins under comparison, each put into a host the way its operator would, and both told about the same
 * scripted model.
 */

export const repository = path.resolve(import.meta.dirname, "..", "..");

/** Not the system temp folder: Codex refuses a home there. Below node_modules: git does not see it. */
export const cacheFolder = path.join(realpathSync(path.join(repository, "node_modules")), ".cache", "codex-bridge");

export type PluginName = "ours" | "incumbent";

export interface HostSettings {
  /** The scripted model's base URL. */
  readonly modelUrl: string;
  /** Merged over `openclaw.json` last. */
  readonly config?: Record<string, unknown>;
  /** Merged over the plugin's own configuration. */
  readonly plugin?: Record<string, unknown>;
}

/** Plugins that come with a host, take seconds of its start, and have nothing to do with Codex. */
const unneeded = Object.fromEntries(
  ["anthropic", "browser", "canvas", "ollama", "talk-voice", "xai"].map((id) => [id, { enabled: false }]),
);

/** A plugin's configuration with more of Codex's own (`codex -c`), beside what every scenario needs of it. */
export function withOverrides(
  { plugin, model }: { readonly plugin: PluginName; readonly model: { readonly url: string } },
  more: readonly string[],
  provider = scriptedProvider(model.url),
): Record<string, unknown> {
  if (plugin === "ours") return { appServer: { configOverrides: [provider, ...more] } };
  const args = [`openai_base_url="${model.url}"`, ...more].flatMap((pair) => ["-c", pair]);
  return { appServer: { args: ["app-server", "--listen", "stdio://", ...args] } };
}

function scriptedProvider(url: string): string {
  return `model_providers.scripted={name="scripted",base_url="${url}",wire_api="responses"}`;
}

/** `openclaw.json` for a host that runs every turn on the Codex harness of `plugin`. */
export function hostConfig(plugin: PluginName, host: HostFolder, settings: HostSettings): Record<string, unknown> {
  const provider = scriptedProvider(settings.modelUrl);
  const base = {
    gateway: { mode: "local", bind: "loopback", auth: { mode: "token", token: host.token } },
    agents: {
      defaults: {
        model: `openai/${conversationModel}`,
        workspace: path.join(host.home, "workspace"),
        skipBootstrap: true,
        heartbeat: { every: "0m" },
      },
    },
    models: { providers: { openai: { agentRuntime: { id: "codex" } } } },
    plugins: {
      entries: {
        ...unneeded,
        ...(plugin === "ours"
          ? {
              codex: { enabled: false },
              "codex-bridge": {
                enabled: true,
                config: { appServer: { configOverrides: [provider], modelProvider: "scripted" } },
              },
            }
          : {
              codex: {
                enabled: true,
                config: {
                  appServer: {
                    args: ["app-server", "--listen", "stdio://", "-c", `openai_base_url="${settings.modelUrl}"`],
                  },
                },
              },
            }),
      },
    },
  };
  const own = settings.plugin ? pluginConfig(plugin, settings.plugin) : {};
  return merge(merge(base, own), settings.config ?? {});
}

/** What `openclaw.json` says when it says this of the plugin; undefined takes it out. */
export function pluginConfig(plugin: PluginName, config: Record<string, unknown> | undefined): Record<string, unknown> {
  return { plugins: { entries: { [plugin === "ours" ? "codex-bridge" : "codex"]: { config } } } };
}

/**
 * Puts the plugin into the host.
 * @throws Error with the host's words when it refuses
 */
export async function installPlugin(plugin: PluginName, host: HostFolder, incumbentVersion: string): Promise<void> {
  const what =
    plugin === "ours"
      ? ["plugins", "install", "--link", await stagePackage(path.join(host.home, "package"))]
      : ["plugins", "install", `npm:@openclaw/codex@${incumbentVersion}`];
  let run = await runHostCommand(host, [...what, "--force", "--accept-capabilities"]);
  // Hosts before 2026.8 ask nothing and do not know the options.
  if (/recogni[sz]e option|unknown option/i.test(run.output)) run = await runHostCommand(host, what);
  if (run.exitCode !== 0) throw new Error(`openclaw ${what.join(" ")} failed:\n${run.output}`);
}

/** Changes `openclaw.json`, keeping what the host itself wrote into it. */
export async function writeHostConfig(host: HostFolder, ...changes: readonly Record<string, unknown>[]): Promise<void> {
  const file = path.join(host.stateDir, "openclaw.json");
  const current = await readFile(file, "utf8").then(JSON.parse, () => ({}));
  await mkdir(host.stateDir, { recursive: true });
  await writeFile(file, `${JSON.stringify(changes.reduce(merge, current), null, 2)}\n`);
}

type Fields = Record<string, unknown>;

/** Objects are merged, everything else is replaced; `undefined` removes. */
function merge(base: Fields, over: Fields): Fields {
  const result: Fields = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    if (value === undefined) delete result[key];
    else result[key] = isFields(old) && isFields(value) ? merge(old, value) : value;
  }
  return result;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
