import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startScriptedModel } from "../src/scripted-model/server.ts";
import { BindingStore } from "../src/thread/store.ts";
import { stagePackage } from "./build/stage.ts";

/*
 * One turn of the plugin in a real OpenClaw host, isolated and offline: `npm run host:try`. The same steps are the
 * host test (test/openclaw/host.test.ts).
 */

const repository = path.resolve(import.meta.dirname, "..");
const hostEntry = path.join(repository, "node_modules", "openclaw", "openclaw.mjs");

export interface HostRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** What `openclaw agent --json` prints, as far as we look at it. */
export interface HostReply {
  readonly payloads?: readonly { text?: string | null }[];
  readonly meta?: {
    readonly finalAssistantVisibleText?: string;
    readonly agentMeta?: { readonly agentHarnessId?: string; readonly sessionId?: string; readonly usage?: unknown };
  };
  readonly ok?: boolean;
  readonly error?: { readonly message?: string };
}

export interface TranscriptRow {
  readonly role: string;
  readonly idempotencyKey?: string;
  readonly text: string;
}

export interface TrialHost {
  readonly stateDir: string;
  /** The scripted model's base URL. */
  readonly modelUrl: string;
  /** Replaces the plugin's configuration; the scripted model is always part of it. */
  configure(config: { harnessId?: string; appServer?: Record<string, unknown> }): Promise<void>;
  turn(message: string): Promise<{ run: HostRun; reply: HostReply | undefined }>;
  transcript(): TranscriptRow[];
  /** Thread ids the bridge has bound, from its own store. */
  threadIds(): Promise<string[]>;
  /** Command lines of processes that still run with this host's state folder; undefined where /proc is missing. */
  leftovers(): Promise<string[] | undefined>;
  close(): Promise<void>;
}

/**
 * A host with the plugin in it, and a scripted model behind its Codex.
 * @param name folder below the cache folder; removed first
 * @param plugin a folder to link, or a tarball to install; default: what is here, built now
 * @param folder instead of one below the cache folder
 * @throws Error with the host's output when the plugin cannot be installed
 */
export async function openTrialHost(name: string, plugin?: string, folder?: string): Promise<TrialHost> {
  // Not the system temp folder: Codex refuses a home there. Below node_modules, because the host copies the rest of a
  // linked package, and must not copy itself.
  const root = folder ?? path.join(repository, "node_modules", ".cache", "codex-bridge", name);
  const stateDir = path.join(root, "openclaw");
  const configFile = path.join(stateDir, "openclaw.json");
  await rm(root, { recursive: true, force: true });
  await mkdir(path.join(root, "workspace"), { recursive: true });
  await mkdir(stateDir, { recursive: true });
  const model = await startScriptedModel();
  const defaults = { model: "openai/gpt-5.5", workspace: path.join(root, "workspace"), skipBootstrap: true };
  await writeJson(configFile, { agents: { defaults }, plugins: { entries: { codex: { enabled: false } } } });

  const host = (args: readonly string[]): Promise<HostRun> =>
    runNode([hostEntry, ...args], { HOME: root, OPENCLAW_STATE_DIR: stateDir, OPENAI_API_KEY: "sk-not-a-key" });

  const what = plugin?.endsWith(".tgz")
    ? [`npm-pack:${plugin}`]
    : ["--link", plugin ?? (await stagePackage(path.join(root, "package")))];
  const installed = await host(["plugins", "install", ...what, "--force", "--accept-capabilities"]);
  if (installed.exitCode !== 0) {
    await model.close();
    throw new Error(`openclaw plugins install failed:\n${installed.stdout}\n${installed.stderr}`);
  }

  const trial: TrialHost = {
    stateDir,
    modelUrl: model.url,
    async configure({ harnessId, appServer = {} }) {
      const config = JSON.parse(await readFile(configFile, "utf8")) as {
        plugins: { entries: Record<string, Record<string, unknown>> };
      };
      const provider = `model_providers.scripted={name="scripted",base_url="${model.url}",wire_api="responses"}`;
      const entry = config.plugins.entries["codex-bridge"];
      config.plugins.entries["codex-bridge"] = {
        ...entry,
        config: {
          ...(harnessId === undefined ? {} : { harnessId }),
          appServer: { configOverrides: [provider], modelProvider: "scripted", ...appServer },
        },
      };
      await writeJson(configFile, config);
    },
    async turn(message) {
      const run = await host(["agent", "--local", "--agent", "main", "--message", message, "--json"]);
      return { run, reply: lastJson(run.stdout) };
    },
    transcript: () => readTranscript(path.join(stateDir, "agents", "main", "agent", "openclaw-agent.sqlite")),
    threadIds: () => readThreadIds(path.join(stateDir, "codex-bridge", "sessions.db")),
    leftovers: () => processesWith(stateDir),
    async close() {
      await model.close();
    },
  };
  await trial.configure({});
  return trial;
}

function writeJson(file: string, value: unknown): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

async function runNode(args: readonly string[], env: Record<string, string>): Promise<HostRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: repository,
    env: { ...process.env, NODE_OPTIONS: "", VITEST: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, ...output, elapsedMs: Math.round(performance.now() - startedAt) };
}

/** The host prints log lines before its JSON document, which starts in the first column. */
function lastJson(stdout: string): HostReply | undefined {
  const start = stdout.search(/^\{/m);
  const end = stdout.search(/^\}/m);
  if (start < 0 || end < start) return undefined;
  return JSON.parse(stdout.slice(start, end + 1)) as HostReply;
}

function readTranscript(file: string): TranscriptRow[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("select event_json from transcript_events order by seq").all();
    return rows.flatMap((row) => {
      const event = JSON.parse(String(row.event_json)) as { type?: string; message?: Record<string, unknown> };
      const message = event.type === "message" ? event.message : undefined;
      if (!message) return [];
      const key = message.idempotencyKey;
      return [
        {
          role: String(message.role),
          text: textOf(message.content),
          ...(typeof key === "string" ? { idempotencyKey: key } : {}),
        },
      ];
    });
  } finally {
    database.close();
  }
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("");
}

async function readThreadIds(file: string): Promise<string[]> {
  const store = new BindingStore(file);
  try {
    return (await store.list()).map(({ threadId }) => threadId);
  } finally {
    await store.close();
  }
}

async function processesWith(stateDir: string): Promise<string[] | undefined> {
  if (process.platform !== "linux") return undefined;
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    if (Number(pid) === process.pid) continue;
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [environment, command] = await Promise.all([read("environ"), read("cmdline")]);
    if (environment.includes(stateDir) || command.includes(stateDir)) {
      found.push(`${pid} ${command.replaceAll("\0", " ").trim()}`);
    }
  }
  return found;
}

async function main(plugin: string | undefined): Promise<number> {
  console.log("Installing the plugin into an isolated host …");
  const host = await openTrialHost("host-try", plugin);
  try {
    const { run, reply } = await host.turn("hi");
    const harness = reply?.meta?.agentMeta?.agentHarnessId;
    const text = reply?.meta?.finalAssistantVisibleText;
    const rows = host.transcript();
    const threads = await host.threadIds();
    const leftovers = await host.leftovers();
    const answers = rows.filter((row) => row.role === "assistant" && row.text === text).length;
    console.log(`reply            ${text ?? "(none)"}`);
    console.log(`agentHarnessId   ${harness ?? "(none)"}`);
    console.log(`thread           ${threads.join(", ") || "(none)"}`);
    console.log(`transcript       ${rows.map((row) => row.role).join(", ") || "(empty)"}`);
    console.log(`left processes   ${leftovers === undefined ? "unknown on this platform" : leftovers.length}`);
    console.log(`host exit code   ${run.exitCode} after ${run.elapsedMs} ms`);
    const ok = run.exitCode === 0 && harness === "codex" && answers === 1 && threads.length === 1 && !leftovers?.length;
    if (!ok)
      console.log(`\nNot as it should be. The host said:\n${run.stdout.slice(-3000)}\n${run.stderr.slice(-3000)}`);
    return ok ? 0 : 1;
  } finally {
    await host.close();
  }
}

if (import.meta.main) process.exitCode = await main(process.argv[2] && path.resolve(process.argv[2]));
