/**
 * Why src/wire correlates requests itself: src/wire/outgoing.ts against a vscode-jsonrpc adapter that does the same job.
 *
 *   node bench/wire-correlation.ts
 *
 * Both sit on an in-memory peer. Measured: CPU per request, event loop turns until the last of 50 responses of one chunk
 * is delivered.
 */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type Message,
  ParameterStructures,
} from "vscode-jsonrpc/node";
import { OutgoingRequests } from "../src/wire/outgoing.ts";

interface Correlator {
  request(method: string, params: object): Promise<unknown>;
  respond(id: number, result: unknown): void;
  sentIds: number[];
}

function own(): Correlator {
  const sentIds: number[] = [];
  const requests = new OutgoingRequests({
    requestTimeoutMs: 60_000,
    maxInFlight: 64,
    canSend: () => true,
    send: (line) => void sentIds.push(JSON.parse(line).id),
  });
  const request = (method: string, params: object): Promise<unknown> => requests.request(method, params, {}, request);
  return { request, respond: (id, result) => void requests.onResponse({ id, result }), sentIds };
}

function adapter(): Correlator {
  const sentIds: number[] = [];
  let deliver: (message: Message) => void = () => {};
  class Reader extends AbstractMessageReader {
    listen(callback: (message: Message) => void) {
      deliver = callback;
      return { dispose() {} };
    }
  }
  class Writer extends AbstractMessageWriter {
    async write(message: Message): Promise<void> {
      sentIds.push(JSON.parse(JSON.stringify(message)).id);
    }
    end(): void {}
  }
  const connection = createMessageConnection(new Reader(), new Writer());
  connection.listen();
  return {
    // The timeout is not vscode-jsonrpc's, but without one there is nothing to compare.
    request: async (method, params) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const timer = setTimeout(() => reject(new Error("timeout")), 60_000);
      connection.sendRequest(method, ParameterStructures.byName, params).then(resolve, reject);
      return promise.finally(() => clearTimeout(timer));
    },
    respond: (id, result) => deliver({ jsonrpc: "2.0", id, result } as Message),
    sentIds,
  };
}

async function cpuPerRequest(correlator: Correlator, count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    const answer = correlator.request("m", { index });
    correlator.respond(correlator.sentIds.at(-1)!, index);
    await answer;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function turnsForFifty(correlator: Correlator): Promise<number> {
  let delivered = 0;
  const first = correlator.sentIds.length;
  for (let index = 0; index < 50; index += 1) void correlator.request("m", {}).then(() => (delivered += 1));
  for (const id of correlator.sentIds.slice(first)) correlator.respond(id, null);
  let turns = 0;
  while (delivered < 50) {
    await new Promise(setImmediate);
    turns += 1;
  }
  return turns;
}

for (const [name, create] of Object.entries({ own, adapter })) {
  const correlator = create();
  await cpuPerRequest(correlator, 5000);
  const cpuUs = Number((await cpuPerRequest(correlator, 50_000)).toFixed(2));
  console.log(JSON.stringify({ name, cpuUsPerRequest: cpuUs, turnsFor50Responses: await turnsForFifty(correlator) }));
}
