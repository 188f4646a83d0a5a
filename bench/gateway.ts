/**
 * What the gateway adds between an upstream and Codex: time to the first token, and CPU per delta.
 *
 *   node bench/gateway.ts [--json] [--deltas N] [--rounds N]
 *
 * The same stream is read once straight from a scripted upstream and once through the gateway.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { parseGatewayConfig } from "../src/gateway/config.ts";
import { Gateway } from "../src/gateway/gateway.ts";
import { median } from "./stats.ts";

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    deltas: { type: "string", default: "20000" },
    rounds: { type: "string", default: "40" },
  },
});
const deltas = wholeNumber("deltas", values.deltas);
const rounds = wholeNumber("rounds", values.rounds);
const firstBudgetMs = 2;
const deltaBudgetUs = 20;

if (isMainThread) await main();
else await upstream();

/** In a thread of its own, so that its CPU is not counted as the gateway's. */
async function upstream(): Promise<void> {
  const delta = `data: ${JSON.stringify({ choices: [{ delta: { content: "word " }, finish_reason: null }] })}\n\n`;
  const end = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const many = body.includes("MANY") ? deltas : 1;
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let sent = 0; sent < many; sent += 1) {
      // One delta per write, as a provider sends them.
      if (!response.write(delta)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end(end);
  });
  server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

async function main(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const base = `http://127.0.0.1:${port}/v1`;
  const stateDir = await mkdtemp(path.join(tmpdir(), "bench-gateway-"));
  const config = parseGatewayConfig({
    harness: "minimal",
    model_provider: "up",
    model_providers: { up: { base_url: base, wire_api: "chat" } },
  });
  const gateway = new Gateway({ stateDir, config, env: {} });
  const access = await gateway.access({ session: "s", model: "m", cwd: "/" });
  const { "codex-bridge": provider } = access!.config.model_providers as Record<string, Record<string, string>>;
  const input = (text: string) => [{ type: "message", role: "user", content: [{ type: "input_text", text }] }];
  const through = (text: string) =>
    read(
      `${provider?.base_url}/responses`,
      { model: "bridged:m", input: input(text) },
      provider?.experimental_bearer_token,
    );
  const straight = (text: string) => read(`${base}/chat/completions`, { model: "m", messages: input(text) });

  for (let warm = 0; warm < 20; warm += 1) {
    await straight("one");
    await through("one");
  }
  const first = { straight: [] as number[], through: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    first.straight.push((await straight("one")).firstMs);
    first.through.push((await through("one")).firstMs);
  }
  await through("MANY");
  const cpu = { straight: [] as number[], through: [] as number[] };
  for (let round = 0; round < 5; round += 1) {
    cpu.straight.push((await straight("MANY")).cpuUs / deltas);
    cpu.through.push((await through("MANY")).cpuUs / deltas);
  }
  const firstMs = median(first.through) - median(first.straight);
  const deltaUs = median(cpu.through) - median(cpu.straight);
  const ok = firstMs <= firstBudgetMs && deltaUs <= deltaBudgetUs;
  if (values.json) {
    const targets = { firstMs: firstBudgetMs, deltaUs: deltaBudgetUs };
    process.stdout.write(JSON.stringify({ firstMs, deltaUs, targets }));
  } else
    process.stdout.write(
      `first token: +${firstMs.toFixed(2)} ms (budget ${firstBudgetMs}); CPU per delta: +${deltaUs.toFixed(1)} µs (budget ${deltaBudgetUs}); ` +
        `${deltas} deltas, ${rounds} rounds, ${ok ? "within budget" : "OVER BUDGET"}\n`,
    );
  await gateway.close();
  await worker.terminate();
  await rm(stateDir, { recursive: true });
  process.exitCode = ok ? 0 : 1;
}

/** Reads a stream to its end; CPU is that of this process, the reader included in both cases. */
async function read(url: string, body: object, token = "none"): Promise<{ firstMs: number; cpuUs: number }> {
  const cpuBefore = process.threadCpuUsage();
  const from = performance.now();
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  let firstMs = 0;
  for await (const chunk of response.body!) {
    if (firstMs === 0 && Buffer.from(chunk).includes("word ")) firstMs = performance.now() - from;
  }
  const used = process.threadCpuUsage(cpuBefore);
  return { firstMs, cpuUs: used.user + used.system };
}
