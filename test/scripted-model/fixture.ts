import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RawDriver, type RawDriverOptions, startRawDriver } from "../../bench/raw-driver.ts";
import type { Script } from "../../src/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";

const TARGETS: Record<string, string> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

/** The native Codex binary that the installed `@openai/codex` package brings. */
function codexBinary(): string {
  const key = `${platform()}-${arch()}`;
  const manifest = createRequire(import.meta.url).resolve(`@openai/codex-${key}/package.json`);
  return join(dirname(manifest), "vendor", TARGETS[key] ?? key, "bin", "codex");
}

export interface Bench {
  model: ScriptedModel;
  /** Working folder of the threads, inside the repository: Codex refuses helper binaries in the system temp folder. */
  cwd: string;
  /** Starts a driver; all drivers share one CODEX_HOME, as after a restart. */
  driver(options?: Partial<RawDriverOptions>): Promise<RawDriver>;
  /** Thread parameters that run commands without questions. */
  thread: { cwd: string; model: string; approvalPolicy: "never"; sandbox: "danger-full-access" };
  close(): Promise<void>;
}

/** A real app-server in front of a scripted model, with one retry only so that faults stay quick. */
export async function startBench(script: Script): Promise<Bench> {
  const state = fileURLToPath(new URL("../../node_modules/.cache/codex-bridge/", import.meta.url));
  await mkdir(state, { recursive: true });
  const home = await mkdtemp(join(state, "scripted-model-"));
  const cwd = join(home, "work");
  await mkdir(cwd);
  const model = await startScriptedModel({ script });
  await writeFile(join(home, "config.toml"), codexConfig(model.url));
  const drivers: RawDriver[] = [];
  return {
    model,
    cwd,
    thread: { cwd, model: "gpt-5.5", approvalPolicy: "never", sandbox: "danger-full-access" },
    async driver(options = {}) {
      // Commands run in a login shell: the developer's own profile could be slow, or left broken by a killed command.
      const env = { PATH: process.env.PATH, HOME: home };
      const driver = await startRawDriver({ binary: codexBinary(), codexHome: home, cwd, env, ...options });
      drivers.push(driver);
      return driver;
    },
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
      await model.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function codexConfig(url: string): string {
  return `model_provider = "scripted"
model_reasoning_summary = "auto"
show_raw_agent_reasoning = true

[analytics]
enabled = false

[features]
plugins = false

[model_providers.scripted]
name = "scripted"
base_url = "${url}"
wire_api = "responses"
requires_openai_auth = false
request_max_retries = 0
stream_max_retries = 1
`;
}
