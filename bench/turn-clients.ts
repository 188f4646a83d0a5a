/** The two clients of bench/turn.ts: the bridge as the embedded host drives it, and the raw driver. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCodexHarness } from "../src/harness/codex-harness.ts";
import type { HarnessRecorder } from "../src/harness/recorder.ts";
import { TranscriptFile } from "../src/host/transcript-file.ts";
import { scriptedOverrides } from "../src/library/scripted.ts";
import { findCodexBinary } from "../src/server/binary.ts";
import { codexEnvironment } from "../src/server/environment.ts";
import { scriptedThread } from "../test/support/scripted-thread.ts";
import { startRawDriver } from "./raw-driver.ts";

export interface Sample {
  totalMs: number;
  firstTokenMs: number;
  /** User and system time of this process during the turn. */
  cpuMs: number;
  text: string;
  /** Of the bridge only: finding the thread, the turn itself, and everything after it. */
  parts?: { thread: number; turn: number; after: number };
}

export interface Client {
  readonly name: string;
  /** Runs one turn on the scenario's own thread, which is started on first use. */
  turn(scenario: string): Promise<Sample>;
  close(): Promise<void>;
}

export interface ClientOptions {
  name: string;
  /** The client's own folder: CODEX_HOME and state. */
  folder: string;
  cwd: string;
  modelUrl: string;
  /** Of the bridge only. */
  recorder?: HarnessRecorder;
  /** Told of every piece of an answer; the bridge gives a slow host several in one. */
  onWords?(words: string): void;
}

/** Overrides are TOML lines: as a file they serve both clients, and both servers get the same command line. */
async function codexHome(options: ClientOptions): Promise<string> {
  const home = path.join(options.folder, "codex-home");
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, "config.toml"), `${scriptedOverrides(options.modelUrl).join("\n")}\n`);
  return home;
}

async function timed(turn: () => Promise<Omit<Sample, "cpuMs">>): Promise<Sample> {
  const before = process.cpuUsage();
  const sample = await turn();
  const { user, system } = process.cpuUsage(before);
  return { ...sample, cpuMs: (user + system) / 1000 };
}

export async function bridgeClient(options: ClientOptions): Promise<Client> {
  const { name, cwd, folder } = options;
  const harness = createCodexHarness({
    stateDir: folder,
    server: { codexHome: await codexHome(options), cwd },
    ...(options.recorder ? { recorder: options.recorder } : {}),
  });
  const transcripts = new Map<string, TranscriptFile>();
  return {
    name,
    close: () => harness.dispose(),
    turn: (scenario) => {
      let transcript = transcripts.get(scenario);
      if (!transcript) {
        transcript = new TranscriptFile(path.join(folder, "transcripts"), scenario);
        transcripts.set(scenario, transcript);
      }
      const sink = transcript;
      return timed(async () => {
        const startedMs = performance.now();
        let firstTokenMs = 0;
        const result = await harness.runAttempt({
          ...scriptedThread,
          session: { key: scenario, id: scenario },
          prompt: scenario,
          cwd,
          transcript: sink,
          observer: {
            onPartialReply: ({ delta }) => {
              firstTokenMs ||= performance.now() - startedMs;
              options.onWords?.(delta);
            },
          },
        });
        const totalMs = performance.now() - startedMs;
        if (!result.ok) throw new Error(`${name}: the turn ended as ${result.outcome.kind}`);
        const { threadMs: thread = 0, turnMs: turn = 0 } = result.phases;
        const parts = { thread, turn, after: totalMs - thread - turn };
        return { totalMs, firstTokenMs, text: result.text, parts };
      });
    },
  };
}

/** The raw driver, which here looks at no delta: what it takes to have them from the pipe at all. */
export function deafClient(options: ClientOptions): Promise<Client> {
  return rawClient(options, '{"method":"item/agentMessage/delta"');
}

export async function rawClient(options: ClientOptions, dropped?: string): Promise<Client> {
  const { name, cwd } = options;
  const driver = await startRawDriver({
    binary: findCodexBinary().file,
    codexHome: await codexHome(options),
    cwd,
    env: codexEnvironment(process.env),
    ...(dropped === undefined ? {} : { dropped }),
    ...(options.onWords
      ? {
          onMessage: ({ method, params }) => {
            if (method === "item/agentMessage/delta") options.onWords?.((params as { delta: string }).delta);
          },
        }
      : {}),
  });
  const threads = new Map<string, string>();
  return {
    name,
    close: () => driver.close(),
    turn: (scenario) =>
      timed(async () => {
        const threadId = threads.get(scenario) ?? (await driver.startThread(scriptedThread));
        threads.set(scenario, threadId);
        const { totalMs, firstTokenMs = 0, status, text } = await driver.runTurn(threadId, scenario);
        if (status !== "completed") throw new Error(`${name}: the turn ended as ${status}`);
        return { totalMs, firstTokenMs, text };
      }),
  };
}
