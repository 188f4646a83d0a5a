import type { Fault } from "../fault.ts";
import { asks, delta, rule, tells } from "../rules.ts";
import { abortsAt, inPieces, sleep } from "./parts.ts";

const overload = { code: -32001, message: "Server overloaded; retry later." };
/** Codex tries again as often as it is configured to; here so rarely that one can wait for it. */
const impatient = [
  "model_providers.scripted.request_max_retries=1",
  "model_providers.scripted.stream_max_retries=1",
  "model_providers.scripted.stream_idle_timeout_ms=1500",
];
const http = (status: number, told: RegExp, body?: unknown, id = `model-${status}`): Fault => ({
  id,
  does: `the model answers HTTP ${status}${body ? ` ${JSON.stringify(body)}` : ""}`,
  told,
  stand: { overrides: impatient },
  model: () => ({ status, ...(body === undefined ? {} : { body }) }),
});
const failing = (
  id: string,
  does: string,
  model: NonNullable<Fault["model"]>,
  told: RegExp,
  more: Partial<Fault> = {},
): Fault => ({
  id: `model-${id}`,
  does,
  told,
  stand: { overrides: impatient },
  model,
  ...more,
});
const refused = (id: string, method: string, times: number, told: RegExp, more: Partial<Fault> = {}): Fault => ({
  id: `overload-${id}`,
  does: `${method} is answered with -32001, ${times} times`,
  told,
  rules: [rule(asks(method), { refuse: overload }, times)],
  ...more,
});
const failure = (code: string) => [{ failed: { code, message: "no" } }];
/** A stream that ends in the middle of a message. */
function halfOf(index: number, text: string) {
  const item = { type: "message", id: `msg_half_${index}`, role: "assistant", content: [], status: "in_progress" };
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  const events = [
    { type: "response.created", response: { id: `resp_half_${index}`, status: "in_progress" } },
    { type: "response.output_item.added", output_index: 0, item },
    { type: "response.content_part.added", ...at, part: { type: "output_text", text: "", annotations: [] } },
    ...text.split(/(?<= )/).map((delta) => ({ type: "response.output_text.delta", ...at, delta })),
  ];
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  return { status: 200, headers: sse, body };
}
const sse = { "content-type": "text/event-stream" };
const abortAt = rule(tells(delta, { nth: 3 }), {});

/** The model fails, or the server says that it has too much to do. */
export const models: readonly Fault[] = [
  http(401, /^failed (auth|other) \(turn_failed\)$/),
  http(402, /^failed \w+ \(turn_failed\)$/),
  http(404, /^failed (bad_request|other) \(turn_failed\)$/),
  http(429, /^failed rate_limit \(turn_failed\)$/),
  http(
    429,
    /^failed usage_limit \(turn_failed\)$/,
    { error: { type: "usage_limit_reached", message: "no more" } },
    "model-usage-limit",
  ),
  http(500, /^failed model_server \(turn_failed\)$/),
  http(503, /^failed \w+ \(turn_failed\)$/),
  failing(
    "overflow",
    "the context is full, once",
    ({ step, lastUserText }, { notes }) => {
      if (step > 0 || lastUserText !== "work" || notes.has("full"))
        return [{ say: "A summary in which a heron occurs." }];
      notes.set("full", true);
      return failure("context_length_exceeded");
    },
    /^(completed|failed context_overflow .*)$/,
    { replaced: "in turn", expects: "compacted, and begun again" },
  ),
  failing(
    "cut-once",
    "the stream is cut in mid-text, once",
    ({ index }, { notes }) => {
      if (notes.has("cut")) return inPieces;
      notes.set("cut", true);
      return halfOf(index, "This will not be the end of");
    },
    /^completed$/,
  ),
  failing(
    "cut",
    "the stream is cut in mid-text, always",
    ({ index }) => halfOf(index, "This will not be the end of"),
    /^failed \w+ \(turn_failed\)$/,
  ),
  failing(
    "stall",
    "the model goes silent in mid-text",
    ({ index }) => [{ say: `Try ${index} goes on` }, { stall: true }],
    /^failed \w+ \(turn_failed\)$/,
  ),
  failing(
    "stall-for-ever",
    "the model goes silent, and Codex waits for minutes",
    () => [{ stall: true }],
    /^timeout \(clock run_budget\)$/,
    {
      stand: {},
      turn: () => ({ timeoutMs: 6000 }),
    },
  ),
  failing(
    "incomplete",
    "the model stops at its limit",
    ({ index }) => [{ say: `Try ${index} comes as far as` }, { incomplete: "max_output_tokens" }],
    /^failed \w+ \(turn_failed\)$/,
  ),
  failing(
    "quota",
    "the model says insufficient_quota",
    () => failure("insufficient_quota"),
    /^failed usage_limit \(turn_failed\)$/,
  ),
  failing(
    "overloaded",
    "the model says server_is_overloaded",
    () => failure("server_is_overloaded"),
    /^failed overloaded \(turn_failed\)$/,
  ),
  failing("refuses", "the model says invalid_prompt", () => failure("invalid_prompt"), /^failed \w+ \(turn_failed\)$/),
  failing(
    "garbage",
    "the stream holds bytes that are no events",
    () => ({ status: 200, headers: sse, body: "event: x\ndata: {nonsense\n\n\u0000\u0001 garbage\n\n" }),
    /^failed \w+ \(turn_failed\)$/,
  ),
  failing(
    "html",
    "a proxy answers with a page instead of the model",
    () => ({ status: 200, headers: { "content-type": "text/html" }, body: "<html>captive portal</html>" }),
    /^failed \w+ \(turn_failed\)$/,
  ),
  failing("empty", "the model says nothing at all", () => [], /^completed$/),
  failing(
    "slow-to-begin",
    "the model begins after 4 s",
    async () => {
      await sleep(4000);
      return inPieces;
    },
    /^completed$/,
    { stand: {} },
  ),
  failing(
    "refuses-connections",
    "nobody listens where the model should be",
    () => inPieces,
    /^(failed \w+ \(turn_failed\)|timeout \(clock run_budget\))$/,
    {
      // Some releases go on trying.
      turn: () => ({ timeoutMs: 15_000 }),
      before: ({ stand }) => stand.stopModel(),
      after: ({ stand }) => stand.startModel(),
      withinMs: 60_000,
    },
  ),
  refused("initialize", "initialize", 1, /^(completed|error rpc_error)$/, { when: "new" }),
  refused("thread-start", "thread/start", 2, /^completed$/, { when: "new" }),
  refused("turn-start", "turn/start", 3, /^completed$/),
  refused("turn-start-for-ever", "turn/start", 1000, /^failed overloaded \(server_overloaded\)$/),
  refused("resume", "thread/resume", 2, /^completed$/, { when: "restart" }),
  refused("interrupt", "turn/interrupt", 2, /^interrupted by host$/, {
    turn: abortsAt(abortAt),
    rules: [abortAt, rule(asks("turn/interrupt"), { refuse: overload }, 2)],
    model: () => [...inPieces, { waitMs: 5000 }],
  }),
  refused("reading", "thread/read", 2, /^completed$/, {
    rules: [rule(tells("turn/completed"), { drop: true }), rule(asks("thread/read"), { refuse: overload }, 2)],
  }),
];
