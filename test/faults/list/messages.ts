import type { Fault } from "../fault.ts";
import {
  always,
  answers,
  asks,
  completed,
  delta,
  type Place,
  type Rule,
  rule,
  started,
  tells,
  wants,
} from "../rules.ts";
import { asksFirst, callsOf, callsTool, done, shell, steps } from "./parts.ts";

const message = (id: string, does: string, rules: readonly Rule[], more: Partial<Fault> = {}): Fault => ({
  id,
  does,
  told: /^completed$/,
  rules,
  ...more,
});
const noise = [
  "plain text\n",
  "\xff\xfe\x80\x00 bytes\n",
  "[1,2,3]\n",
  "null\n",
  "17\n",
  '{"a":\n',
  "\n",
  "{}\n",
  '{"id":999,"result":{}}\n',
];
const odd = [
  '{"method":7}\n',
  '{"method":"x/y","params":null}\n',
  '{"id":null,"method":"x/y"}\n',
  '{"method":"turn/completed","params":{}}\n',
];
const twice = (id: string, on: Place, more: Partial<Fault> = {}): Fault =>
  message(`twice-${id}`, `${on.method} (${on.is}) comes twice, every time`, [rule(on, { twice: true }, always)], more);
const lost = (id: string, on: Place, more: Partial<Fault> = {}): Fault =>
  message(`lost-${id}`, `${on.method} (${on.is}) never comes`, [rule(on, { drop: true })], more);
const cut = (id: string, on: Place, more: Partial<Fault> = {}): Fault =>
  message(`cut-${id}`, `only half of ${on.method} (${on.is}) comes`, [rule(on, { cut: "half" })], more);
const joined = (id: string, on: Place, more: Partial<Fault> = {}): Fault =>
  message(`joined-${id}`, `${on.method} and the next message stand in one line`, [rule(on, { cut: "newline" })], more);
const late = (id: string, on: Place, until: string, more: Partial<Fault> = {}): Fault =>
  message(`order-${id}`, `${on.method} (${on.is}) comes after ${until}`, [rule(on, { hold: { until } })], more);
const delayed = (id: string, on: Place, ms: number, more: Partial<Fault> = {}): Fault =>
  message(`late-${id}`, `${on.method} (${on.is}) comes ${ms} ms late`, [rule(on, { hold: { ms } })], more);
const once: NonNullable<Fault["check"]> = (context) => {
  if (callsOf(context) !== 1) throw new Error(`it ran ${callsOf(context)} times`);
};
const approval = wants("item/commandExecution/requestApproval");
const asked = asksFirst(async () => "accept");

/** Messages that are broken, lost, doubled, out of order, late, or of no kind anybody knows. */
export const messages: readonly Fault[] = [
  message(
    "garbage",
    "lines that are no messages, before every message",
    [rule({ from: "server", method: "*" }, { say: noise }, always)],
    { when: "new" },
  ),
  message("odd-messages", "messages that are nearly right, before every one", [rule(tells("*"), { say: odd }, always)]),
  message("unknown-request", "requests that nobody knows, of a turn and of nobody", [
    rule(tells(delta), {
      say: ['{"id":"u1","method":"x/ask","params":{"threadId":"t"}}\n', '{"id":"u2","method":"x/ask"}\n'],
    }),
  ]),
  cut("delta", tells(delta)),
  cut("message", completed("agentMessage")),
  cut("turn-end", tells("turn/completed")),
  cut("turn-start-answer", answers("turn/start"), { told: /^(completed|failed other \(wire_request_timeout\))$/ }),
  cut("initialize-answer", answers("initialize"), {
    when: "new",
    stand: { clocks: { initializeMs: 4000 } },
    told: /^error server_start_timeout \(clock initialize\)$/,
  }),
  cut("tool-call", wants("item/tool/call"), {
    ...callsTool(() => "a bird"),
    told: /^timeout \(clock run_budget\)$/,
    turn: () => ({ timeoutMs: 6000 }),
  }),
  joined("delta", tells(delta)),
  joined("message", completed("agentMessage")),
  joined("turn-start-answer", answers("turn/start"), { told: /^(completed|failed other \(wire_request_timeout\))$/ }),
  lost("turn-end", tells("turn/completed")),
  lost("message", completed("agentMessage")),
  lost("command-end", completed("commandExecution"), shell("echo out")),
  lost("turn-start-answer", answers("turn/start"), { told: /^(completed|failed other \(wire_request_timeout\))$/ }),
  lost("interrupt-answer", answers("turn/interrupt"), {
    told: /^interrupted by host$/,
    turn: (context) => ({ observer: { onPartialReply: () => context.abort.abort() } }),
  }),
  twice("deltas", tells(delta)),
  twice("message-start", started("agentMessage")),
  twice("message", completed("agentMessage")),
  twice("command", completed("commandExecution"), shell("echo out")),
  twice("turn-start", tells("turn/started")),
  twice("turn-end", tells("turn/completed")),
  twice("turn-start-answer", answers("turn/start")),
  twice("tool-call", wants("item/tool/call"), { ...callsTool(() => "a bird"), check: once }),
  twice("approval", approval, {
    ...asked,
    turn: (context) => ({
      approve: async () => {
        context.notes.set("calls", callsOf(context) + 1);
        return "accept";
      },
    }),
    check: once,
  }),
  message(
    "twice-everything",
    "the server says everything twice",
    [rule({ from: "server", method: "*" }, { twice: true }, always)],
    {
      ...shell("echo out"),
      when: "new",
    },
  ),
  late("delta", tells(delta), "item/agentMessage/delta", { expects: "shown as it is once the message is complete" }),
  late("message", completed("agentMessage"), "turn/completed"),
  late("message-start", started("agentMessage"), "item/completed"),
  late("command", completed("commandExecution"), "turn/completed", { model: steps([{ shell: "echo out" }], done) }),
  late("turn-start", tells("turn/started"), "turn/completed"),
  delayed("turn-start-answer", answers("turn/start"), 1500),
  delayed("turn-end", tells("turn/completed"), 3000),
  delayed("message", completed("agentMessage"), 400),
  delayed("tool-call", wants("item/tool/call"), 2500, { ...callsTool(() => "a bird"), check: once }),
  delayed("thread-start-answer", answers("thread/start"), 3000, { when: "new" }),
  message("late-everything", "everything comes 2 s late from turn/start on", [
    rule(asks("turn/start"), { stall: 2000 }),
  ]),
];
