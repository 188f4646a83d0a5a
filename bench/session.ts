/**
 * What a session costs on our side: opening one whose thread the connection has, and writing its record.
 *
 *   node bench/session.ts [--json] [--check] [--rounds N]
 *
 * Open: `openThread` on a warm session, and what an attempt does around it (lease taken and given back, the turn noted
 * twice), with a server that answers at once: CPU time of this process. Write: one binding per write, alone and beside
 * four other processes that write some 400 times a second each: more sessions than a host has. `--check`: exit code 1 when a target is missed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import type { AppServer } from "../src/server/app-server.ts";
import { takeLease } from "../src/thread/lease.ts";
import { type LoadedThreads, openThread } from "../src/thread/open.ts";
import { BindingStore } from "../src/thread/store.ts";
import { median } from "./stats.ts";

const TARGETS = { openCpuMs: 1, writeP99Ms: 5 };
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "2000" },
  },
});
const rounds = wholeNumber("rounds", values.rounds, 100);

const folder = path.join(import.meta.dirname, `../node_modules/.cache/codex-bridge/bench-session-${process.pid}`);
mkdirSync(folder, { recursive: true });
const file = path.join(folder, "sessions.db");
const store = new BindingStore(file);
const server = {
  info: { version: "0.169.0", userAgent: "bench", untested: false },
  call: async () => ({ thread: { id: "bench-thread" }, model: "m" }),
} as unknown as AppServer;

const owner = { agentId: "main", sessionKey: "bench" };
const loaded: LoadedThreads = new Map();
const open = () =>
  openThread({
    server,
    store,
    owner,
    sessionId: "s",
    settings: { cwd: "/w", approvalPolicy: "never", sandbox: "read-only", developerInstructions: "x".repeat(8000) },
    loaded,
    historyBytes: 0,
  });

async function cpuPerRound(work: () => Promise<unknown>): Promise<number> {
  for (let n = 0; n < rounds / 4; n += 1) await work();
  const before = process.cpuUsage();
  for (let n = 0; n < rounds; n += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / rounds;
}

async function writes(): Promise<{ p50: number; p99: number; max: number }> {
  const times: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const from = performance.now();
    await store.patch(owner, { lastTurnId: `turn-${n}` });
    times.push(performance.now() - from);
    // Sessions write now and then; a tight loop would only measure how it starves the others.
    if (n % 10 === 0) await sleep(1);
  }
  times.sort((a, b) => a - b);
  return { p50: median(times), p99: times[Math.floor(times.length * 0.99)]!, max: times.at(-1)! };
}

const others: ChildProcess[] = [];
try {
  await open();
  const openCpuMs = await cpuPerRound(open);
  const attemptCpuMs = await cpuPerRound(async () => {
    const lease = await takeLease(await store.database(), owner, 0);
    await open();
    await store.patch(owner, { lastTurnStatus: "running" });
    await store.patch(owner, { lastTurnStatus: "completed" });
    await lease.release();
  });
  const alone = await writes();
  for (let n = 0; n < 4; n += 1) {
    const writer = path.join(import.meta.dirname, "../test/thread/writer.ts");
    others.push(spawn(process.execPath, [writer, file, `writer${n}`, `${process.pid}`, "2"], { stdio: "ignore" }));
  }
  await sleep(1000);
  const beside = await writes();
  const result = { openCpuMs, attemptCpuMs, writeAloneMs: alone, writeBesideFourMs: beside, targets: TARGETS };
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`open, warm              ${openCpuMs.toFixed(3)} ms CPU (target ${TARGETS.openCpuMs})`);
    console.log(`with lease and notes    ${attemptCpuMs.toFixed(3)} ms CPU`);
    for (const [name, { p50, p99, max }] of Object.entries({ alone, "beside 4 writers": beside })) {
      console.log(`write ${name.padEnd(17)} p50 ${p50.toFixed(3)} · p99 ${p99.toFixed(3)} · max ${max.toFixed(2)} ms`);
    }
    console.log(`target beside 4 writers: p99 ${TARGETS.writeP99Ms} ms`);
  }
  if (values.check && (openCpuMs > TARGETS.openCpuMs || beside.p99 > TARGETS.writeP99Ms)) process.exitCode = 1;
} finally {
  for (const child of others) child.kill("SIGKILL");
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
