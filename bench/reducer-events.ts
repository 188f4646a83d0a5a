/** The turn that bench/reducer.ts measures: what a server would send, as methods and params. */

export const LONG_MESSAGE = 200_000;

export const threadId = "019a0c7e-4f5d-7c11-9a44-3c1f6f0b1a2b";
export const turnId = "019a0c7e-5b0a-7d52-8e11-0f9c2d3e4a5b";
export const scope = { threadId, turnId };

export interface Message {
  method: string;
  params: unknown;
  /** Marks the long message: where it is announced, and its last delta. */
  long?: "start" | "end";
}

/** Where the text of an item gathers: outside the heap and touched beforehand, so that only the reducer's memory moves. */
const script = Buffer.alloc(4 * 1_048_576, " ");

function* item(started: object, channel: string, count: number, completed: (text: string) => object) {
  const { id: itemId } = started as { id: string };
  yield { method: "item/started", params: { ...scope, item: started } };
  let end = 0;
  for (let n = 0; n < count; n += 1) {
    const delta = channel.endsWith("outputDelta") ? `line ${n} of what the command printed\n` : ` word${n % 1000}`;
    end += script.write(delta, end, "latin1");
    yield { method: channel, params: { ...scope, itemId, delta } };
  }
  const text = script.toString("latin1", 0, end);
  yield { method: "item/completed", params: { ...scope, item: { ...started, ...completed(text) } } };
}

function message(id: string, count: number): Generator<Message> {
  const started = { type: "agentMessage", id, text: "", phase: "commentary" };
  return item(started, "item/agentMessage/delta", count, (text) => ({ text }));
}

/** One step of an agent: it thinks, says something, runs a command, and is told what that cost. */
function* round(n: number): Generator<Message> {
  yield* item({ type: "reasoning", id: `rs_${n}` }, "item/reasoning/summaryTextDelta", 200, (text) => ({
    summary: [text],
  }));
  yield* message(`msg_${n}`, 2000 + (n % 5) * 500);
  const command = {
    type: "commandExecution",
    id: `call_${n}`,
    command: "npm test",
    cwd: "/work",
    status: "inProgress",
  };
  yield* item(command, "item/commandExecution/outputDelta", 500, (aggregatedOutput) => ({
    status: "completed",
    exitCode: 0,
    aggregatedOutput,
  }));
  const counts = (tokens: number) => ({ totalTokens: tokens, inputTokens: tokens, outputTokens: 10 });
  const tokenUsage = { total: counts(1000 * (n + 1)), last: counts(1000), modelContextWindow: 258_400 };
  yield { method: "thread/tokenUsage/updated", params: { ...scope, tokenUsage } };
  yield { method: "thread/status/changed", params: { threadId, status: { type: "active", activeFlags: [] } } };
}

function* longMessage(): Generator<Message> {
  let seen = 0;
  for (const each of message("msg_long", LONG_MESSAGE)) {
    if (seen === 0) yield { ...each, long: "start" };
    else yield seen === LONG_MESSAGE ? { ...each, long: "end" } : each;
    seen += 1;
  }
}

/** A turn of about so many events, with the long message in its middle. Ends with `turn/completed`. */
export function* wholeTurn(count: number, withLong: boolean): Generator<Message> {
  let sent = 0;
  let longSent = !withLong;
  for (let n = 0; sent < count; n += 1) {
    const long = !longSent && sent >= count / 2;
    longSent ||= long;
    for (const each of long ? longMessage() : round(n)) {
      yield each;
      sent += 1;
    }
  }
  yield { method: "turn/completed", params: { threadId, turn: { id: turnId, status: "completed", items: [] } } };
}
