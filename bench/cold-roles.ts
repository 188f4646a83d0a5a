/** The processes of bench/cold.ts: each runs one turn from nothing, says when its first token came, and ends. */
import { subscribe } from "node:diagnostics_channel";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { scriptedThread } from "../test/support/scripted-thread.ts";

const [role = "", folder = "", cwd = "", binary = ""] = process.argv.slice(2);
const codexHome = path.join(folder, "codex-home");

/** Monotonic and the same for all processes of a machine, in milliseconds. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const marks: Record<string, number> = { started: now() };
const mark = (name: string): void => {
  marks[name] ??= now();
};

subscribe("child_process", () => mark("spawned"));

async function ours(): Promise<object> {
  const { createEmbeddedHost } = await import("../src/index.ts");
  mark("imported");
  // Not the executable's hash: it is known after the first turn a machine ever made.
  const host = await createEmbeddedHost({ stateDir: folder, server: { codexHome, cwd } });
  const onPhase = ({ phase }: { phase: string }): void => mark(phase);
  const observer = { onPhase, onPartialReply: () => mark("first") };
  const turn = { sessionKey: `cold-${process.pid}`, prompt: "short", cwd, observer, ...scriptedThread };
  const result = await host.runTurn(turn);
  mark("result");
  if (!result.ok) throw new Error(`the turn ended as ${result.outcome.kind}`);
  const cpu = process.cpuUsage();
  await host.dispose();
  return { cpuMs: (cpu.user + cpu.system) / 1000, phases: result.phases };
}

async function raw(): Promise<object> {
  const { startRawDriver } = await import("./raw-driver.ts");
  mark("imported");
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const onMessage = (message: { method?: unknown }): void => {
    if (message.method === "item/agentMessage/delta") mark("first");
  };
  const driver = await startRawDriver({ binary, codexHome, cwd, env, onMessage });
  mark("server_ready");
  const threadId = await driver.startThread(scriptedThread);
  mark("thread_ready");
  const { status } = await driver.runTurn(threadId, "short");
  mark("result");
  if (status !== "completed") throw new Error(`the turn ended as ${status}`);
  const cpu = process.cpuUsage();
  await driver.close();
  return { cpuMs: (cpu.user + cpu.system) / 1000 };
}

mkdirSync(codexHome, { recursive: true });
const told = await (role === "ours" ? ours() : raw());
process.stdout.write(JSON.stringify({ marks, ...told }));
