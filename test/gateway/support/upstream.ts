import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readAll } from "node:stream/consumers";

/** One request an upstream got. */
export interface UpstreamRequest {
  readonly index: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: UpstreamBody;
  /** The very bytes. */
  readonly raw: string;
}

export interface UpstreamBody {
  readonly model: string;
  readonly messages: readonly Record<string, unknown>[];
  readonly [field: string]: unknown;
}

export interface ScriptedCall {
  readonly name: string;
  /** An object, or the text of the arguments as it is sent. */
  readonly args: unknown;
  readonly id?: string;
}

/** What a scripted upstream model answers; the same for both wires. */
export interface ScriptedAnswer {
  readonly think?: string;
  readonly signature?: string;
  readonly say?: string;
  readonly calls?: readonly ScriptedCall[];
  /** As the wire names it; default the one that fits. */
  readonly stop?: string;
  readonly usage?: Record<string, unknown>;
  /** Characters per delta; default 7. */
  readonly chunk?: number;
  readonly delayMs?: number;
  /** An HTTP error instead of a stream. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Closes the connection after this many events. */
  readonly cutAfter?: number;
  /** Says nothing for ever after this many events. */
  readonly stallAfter?: number;
  /** Sent as it is instead of a stream of events. */
  readonly bytes?: string;
}

export type UpstreamScript = (request: UpstreamRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface Upstream {
  readonly url: string;
  readonly requests: UpstreamRequest[];
  script: UpstreamScript;
  close(): Promise<void>;
}

/** A model provider on loopback that plays a script over Chat Completions or Messages. */
export async function startUpstream(wire: "chat" | "messages", script: UpstreamScript): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const upstream = { script };
  const server = createServer(async (incoming, response) => {
    const raw = await readAll(incoming);
    const request = {
      index: requests.length,
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: JSON.parse(raw),
      raw,
    };
    requests.push(request);
    const answer = await upstream.script(request);
    await play(response, answer, wire, request).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(upstream, {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

async function play(
  response: ServerResponse,
  answer: ScriptedAnswer,
  wire: "chat" | "messages",
  request: UpstreamRequest,
): Promise<void> {
  if (answer.status !== undefined) {
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
    return;
  }
  if (request.body.stream !== true && answer.bytes === undefined) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(wholeChat(answer)));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  if (answer.bytes !== undefined) {
    response.end(answer.bytes);
    return;
  }
  const events = wire === "chat" ? chatEvents(answer) : messagesEvents(answer);
  for (const [index, event] of events.entries()) {
    if (index === answer.stallAfter) return;
    if (index === answer.cutAfter) {
      await new Promise((resolve) => response.write(": cut\n\n", resolve));
      response.destroy();
      return;
    }
    response.write(event);
    if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
  }
  response.end();
}

const argsText = ({ args }: ScriptedCall): string => (typeof args === "string" ? args : JSON.stringify(args ?? {}));

function wholeChat({ say, think, calls = [], stop, usage }: ScriptedAnswer): object {
  const tool_calls = calls.map((call, index) => ({
    id: call.id ?? `call_${index}`,
    type: "function",
    function: { name: call.name, arguments: argsText(call) },
  }));
  const message = {
    role: "assistant",
    content: say ?? null,
    ...(think === undefined ? {} : { reasoning_content: think }),
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
  const finish_reason = stop ?? (calls.length > 0 ? "tool_calls" : "stop");
  return {
    id: "x",
    choices: [{ index: 0, message, finish_reason }],
    usage: usage ?? { prompt_tokens: 10, completion_tokens: 5 },
  };
}

export function chatEvents({ say = "", think = "", calls = [], stop, usage, chunk = 7 }: ScriptedAnswer): string[] {
  const event = (delta: object, finish_reason: string | null = null): string =>
    data({ id: "x", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] });
  return [
    event({ role: "assistant", content: "" }),
    ...pieces(think, chunk).map((piece) => event({ reasoning_content: piece })),
    ...pieces(say, chunk).map((piece) => event({ content: piece })),
    ...calls.flatMap((call, index) => {
      const { id = `call_${index}`, name } = call;
      return [
        event({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
        ...pieces(argsText(call), chunk).map((piece) =>
          event({ tool_calls: [{ index, function: { arguments: piece } }] }),
        ),
      ];
    }),
    event({}, stop ?? (calls.length > 0 ? "tool_calls" : "stop")),
    data({ id: "x", choices: [], usage: usage ?? { prompt_tokens: 100, completion_tokens: 20 } }),
    "data: [DONE]\n\n",
  ];
}

export function messagesEvents({
  say = "",
  think = "",
  signature = "sig",
  calls = [],
  stop,
  usage,
  chunk = 7,
}: ScriptedAnswer): string[] {
  const events: string[] = [
    named({
      type: "message_start",
      message: { id: "m", usage: { input_tokens: 90, cache_read_input_tokens: 10, output_tokens: 1 } },
    }),
  ];
  let index = 0;
  const block = (content_block: object, deltas: readonly object[]): void => {
    events.push(named({ type: "content_block_start", index, content_block }));
    for (const delta of deltas) events.push(named({ type: "content_block_delta", index, delta }));
    events.push(named({ type: "content_block_stop", index }));
    index += 1;
  };
  if (think !== "") {
    const deltas = pieces(think, chunk).map((thinking) => ({ type: "thinking_delta", thinking }));
    block({ type: "thinking", thinking: "", signature: "" }, [...deltas, { type: "signature_delta", signature }]);
  }
  if (say !== "")
    block(
      { type: "text", text: "" },
      pieces(say, chunk).map((text) => ({ type: "text_delta", text })),
    );
  for (const [number, call] of calls.entries()) {
    const deltas = pieces(argsText(call), chunk).map((partial_json) => ({ type: "input_json_delta", partial_json }));
    block({ type: "tool_use", id: call.id ?? `toolu_${number}`, name: call.name, input: {} }, deltas);
  }
  const stop_reason = stop ?? (calls.length > 0 ? "tool_use" : "end_turn");
  events.push(named({ type: "message_delta", delta: { stop_reason }, usage: usage ?? { output_tokens: 20 } }));
  events.push(named({ type: "message_stop" }));
  return events;
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (value: { type: string; [field: string]: unknown }): string => `event: ${value.type}\n${data(value)}`;

function pieces(text: string, chars: number): string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length; start += chars) found.push(text.slice(start, start + chars));
  return found;
}
