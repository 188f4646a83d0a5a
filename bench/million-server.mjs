#!/usr/bin/env node
// The FAKE app-server of bench/million.ts: one turn of MESSAGES messages with DELTAS deltas in all, as fast as the pipe takes it.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const deltas = Number(process.env.BENCH_DELTAS ?? 1_000_000);
const perMessage = 10_000;
const threadId = "019a0c7e-4f5d-7c11-9a44-3c1f6f0b1a2b";
const turnId = "019a0c7e-5b0a-7d52-8e11-0f9c2d3e4a5b";
const pause = new Int32Array(new SharedArrayBuffer(4));

function write(text) {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (thrown) {
      // The pipe is full; a short sleep keeps us from competing for the CPU.
      if (thrown.code !== "EAGAIN") throw thrown;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

const line = (message) => `${JSON.stringify(message)}\n`;
const event = (method, params) => line({ method, params: { threadId, turnId, ...params } });

function turn() {
  write(line({ method: "turn/started", params: { threadId, turn: { id: turnId, status: "inProgress", items: [] } } }));
  for (let sent = 0, n = 0; sent < deltas; n += 1) {
    const itemId = `msg_${n}`;
    const item = { type: "agentMessage", id: itemId, text: "", phase: "commentary" };
    let block = event("item/started", { item });
    let text = "";
    for (let each = 0; each < perMessage && sent < deltas; each += 1, sent += 1) {
      const delta = ` word${sent}`;
      text += delta;
      block += event("item/agentMessage/delta", { itemId, delta });
      if (each % 200 !== 199) continue;
      write(block);
      block = "";
    }
    write(block + event("item/completed", { item: { ...item, text } }));
  }
  write(line({ method: "turn/completed", params: { threadId, turn: { id: turnId, status: "completed", items: [] } } }));
}

createInterface({ input: process.stdin }).on("line", (text) => {
  const { id, method, params } = JSON.parse(text);
  if (id === undefined) return;
  if (method === "initialize") write(line({ id, result: { userAgent: "codex-bench/0.169.0 (bench)" } }));
  else if (method === "thread/start") {
    const sandbox = { type: "dangerFullAccess" };
    const { approvalPolicy = "never", model = "m" } = params ?? {};
    write(line({ id, result: { thread: { id: threadId }, model, modelProvider: "bench", approvalPolicy, sandbox } }));
  } else if (method === "turn/start") {
    write(line({ id, result: { turn: { id: turnId, status: "inProgress", items: [] } } }));
    turn();
  } else write(line({ id, result: {} }));
});
