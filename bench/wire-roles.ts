/** The processes of the wire benches: one producer, and consumers that read stdin and print what it cost them. */
import { writeSync } from "node:fs";
import { PassThrough } from "node:stream";
import { lineParser } from "./floor.ts";

const LINES_PER_WRITE = 200;

export async function runRole(role: string, messages: number): Promise<void> {
  if (role === "producer") return produce(messages);
  const consume = { floor, wire, vscode }[role];
  if (consume === undefined) throw new Error(`unknown role ${role}`);
  const started = performance.now();
  const seen = await consume(messages);
  if (seen !== messages) throw new Error(`${role} saw ${seen} of ${messages}`);
  const { user, system } = process.cpuUsage();
  const cpuMs = Math.round((user + system) / 1000);
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(JSON.stringify({ cpuMs, rssMb, wallMs: Math.round(performance.now() - started) }));
}

function produce(messages: number): void {
  const threadId = "019a0c7e-4f5d-7c11-9a44-3c1f6f0b1a2b";
  const turnId = "019a0c7e-5b0a-7d52-8e11-0f9c2d3e4a5b";
  for (let index = 0; index < messages; index += LINES_PER_WRITE) {
    let block = "";
    for (let n = index; n < Math.min(index + LINES_PER_WRITE, messages); n += 1) {
      const params = { threadId, turnId, itemId: `msg_${n % 7}`, delta: ` word${n}` };
      block += `${JSON.stringify({ method: "item/agentMessage/delta", params })}\n`;
    }
    const bytes = Buffer.from(block);
    for (let offset = 0; offset < bytes.length; ) offset += writeSome(bytes, offset);
  }
}

function writeSome(bytes: Buffer, offset: number): number {
  try {
    return writeSync(1, bytes, offset);
  } catch (thrown) {
    // The pipe may be non-blocking; a short sleep keeps the producer from competing for the CPU.
    if ((thrown as NodeJS.ErrnoException).code !== "EAGAIN") throw thrown;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}

/** What every consumer does with a message, so that none can skip the parse. */
function use(params: unknown): number {
  return (params as { delta: string }).delta.length > 0 ? 1 : 0;
}

async function floor(): Promise<number> {
  let seen = 0;
  const take = lineParser(({ params }: { params: unknown }) => {
    seen += use(params);
  });
  for await (const chunk of process.stdin) take(chunk);
  return seen;
}

async function wire(): Promise<number> {
  const { connectWire } = await import("../src/wire/connection.ts");
  let seen = 0;
  const connection = connectWire({
    readable: process.stdin,
    writable: new PassThrough(),
    onNotification: ({ params }) => {
      seen += use(params);
    },
    onRequest() {},
  });
  await connection.closed;
  return seen;
}

async function vscode(messages: number): Promise<number> {
  const { AbstractMessageReader, createMessageConnection, ReadableStreamMessageReader, StreamMessageWriter } =
    await import("vscode-jsonrpc/node");
  type Callback = Parameters<InstanceType<typeof ReadableStreamMessageReader>["listen"]>[0];
  class NdjsonReader extends AbstractMessageReader {
    listen(callback: Callback) {
      process.stdin.on(
        "data",
        lineParser((message: object) => callback({ jsonrpc: "2.0", ...message })),
      );
      return { dispose() {} };
    }
  }
  const connection = createMessageConnection(new NdjsonReader(), new StreamMessageWriter(new PassThrough()));
  const { promise, resolve } = Promise.withResolvers<number>();
  let seen = 0;
  connection.onNotification("item/agentMessage/delta", (params) => {
    seen += use(params);
    if (seen === messages) resolve(seen);
  });
  connection.listen();
  const result = await promise;
  connection.dispose();
  return result;
}
