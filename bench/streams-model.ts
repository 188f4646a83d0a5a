/** The model of bench/streams.ts: words at a steady pace, each of which says when it was sent. Ends with its parent. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { readBody } from "../src/http-body.ts";
import { writeMessage } from "../src/scripted-model/output-items.ts";
import { SseStream, sseEvent } from "../src/scripted-model/sse.ts";

export const WORDS = 40;
const paceMs = 100;

/** The monotonic clock, which all processes of a machine share, in microseconds. */
function stamp(): string {
  return `${process.hrtime.bigint() / 1000n} `;
}

function* words(): Generator<string> {
  for (let n = 0; n < WORDS; n += 1) yield stamp();
}

let answers = 0;

if (process.send) {
  const server = createServer({ requireHostHeader: false }, async (request, response) => {
    await readBody(request);
    const left = new AbortController();
    response.once("close", () => left.abort());
    answers += 1;
    const id = `${process.pid}_${answers}`;
    const envelope = { id: `resp_${id}`, object: "response", model: "scripted" };
    const usage = {
      input_tokens: 1000,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 10,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 1010,
    };
    response.writeHead(200, { "content-type": "text/event-stream" });
    const out = new SseStream(response, left.signal);
    out.push(sseEvent({ type: "response.created", response: { ...envelope, status: "in_progress" } }));
    // Streams of people do not move in step.
    await sleep(Math.random() * paceMs);
    const place = { id: `msg_${id}`, outputIndex: 0 };
    const item = await writeMessage(out, place, words(), { delayMs: paceMs, wait: (ms) => sleep(ms) });
    const completed = { ...envelope, status: "completed", output: [item], usage };
    out.push(sseEvent({ type: "response.completed", response: completed }));
    await out.end();
  });
  server.listen(0, "127.0.0.1", () => {
    process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  });
  process.once("disconnect", () => process.exit());
}
