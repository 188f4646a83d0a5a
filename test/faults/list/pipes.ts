import type { Fault } from "../fault.ts";
import { always, answers, asks, completed, delta, rule, tells } from "../rules.ts";

const gaveUp = /^timeout \(clock settlement\)$/;
const exit = /^server_exit \(server_exited\)$/;
const midText = tells(delta, { nth: 6 });
const mebibyte = 1 << 20;

/** So much takes its time on a busy machine. */
const roomy: Pick<Fault, "stand" | "withinMs"> = {
  stand: { clocks: { settlementMs: 15_000, requestMs: 30_000 } },
  withinMs: 90_000,
};

/** What can happen to the three pipes while the process behind them lives. */
export const pipes: readonly Fault[] = [
  {
    id: "stdout-slow",
    does: "the server's output comes 40 bytes at a time",
    told: /^completed$/,
    rules: [rule(asks("turn/start"), { slow: { bytes: 40, ms: 4 } })],
    withinMs: 60_000,
  },
  {
    id: "stdout-stalls",
    does: "the server's output stands still for 4 s in mid-text",
    told: /^completed$/,
    rules: [rule(midText, { stall: 4000 })],
    withinMs: 40_000,
  },
  {
    id: "stdout-stalls-for-good",
    does: "nothing more comes out of the server from mid-text on",
    told: gaveUp,
    rules: [rule(midText, { stall: true })],
    withinMs: 40_000,
  },
  {
    id: "stdout-stalls-at-start",
    does: "not even the answer to turn/start comes out of the server",
    told: /^failed other \(wire_request_timeout\)$/,
    rules: [rule(answers("turn/start"), { stall: true })],
    withinMs: 40_000,
  },
  {
    id: "stdout-closed",
    does: "the server closes its stdout in mid-text and goes on living",
    told: exit,
    rules: [rule(midText, { closeStdout: true })],
  },
  {
    id: "stdout-closed-at-start",
    does: "the server closes its stdout instead of answering initialize",
    told: /^error server_exited_early$/,
    when: "new",
    rules: [rule(answers("initialize"), { closeStdout: true })],
  },
  {
    id: "stdin-full",
    does: "the server reads nothing more, and the turn's prompt does not fit into the pipe",
    told: /^failed other \(wire_request_timeout\)$/,
    when: "new",
    replaced: "in next",
    expects: "Codex has no record of a thread without a turn: the next turn has a new one",
    turn: () => ({ prompt: `work ${"and more of it ".repeat(60_000)}` }),
    rules: [rule(answers("thread/start"), { at: "after", stopReading: true })],
    withinMs: 40_000,
  },
  {
    id: "stdin-full-for-a-while",
    does: "the server reads nothing for 3 s in mid-text, and the bridge asks it meanwhile",
    told: /^completed$/,
    rules: [rule(midText, { stopReading: 3000 })],
    model: () => [
      { say: "A slow answer in many pieces, for there is time.", chunkChars: 4, delayMs: 15 },
      { waitMs: 4000 },
    ],
    withinMs: 40_000,
  },
  {
    id: "stdin-closed",
    does: "the server closes its stdin in mid-text: it can be told nothing more",
    told: /^(completed|server_exit .*|timeout \(clock settlement\))$/,
    rules: [rule(midText, { closeStdin: true })],
    withinMs: 40_000,
  },
  {
    id: "stderr-flood",
    does: "64 MiB on stderr in mid-text",
    told: /^completed$/,
    rules: [rule(midText, { stderr: 64 * mebibyte })],
  },
  {
    id: "line-64-mib",
    ...roomy,
    does: "a line of 65 MiB that is no message",
    told: /^completed$/,
    rules: [rule(midText, { bigLine: { bytes: 65 * mebibyte, as: "noise" } })],
  },
  {
    id: "message-64-mib",
    ...roomy,
    does: "a notification of 65 MiB that nobody knows",
    told: /^completed$/,
    rules: [rule(midText, { bigLine: { bytes: 65 * mebibyte, as: "x/y" } })],
  },
  {
    id: "message-60-mib",
    ...roomy,
    does: "a notification of 60 MiB, just below what is read",
    told: /^completed$/,
    rules: [rule(midText, { bigLine: { bytes: 60 * mebibyte, as: "item/agentMessage/delta" } })],
  },
  {
    id: "message-end-64-mib",
    ...roomy,
    does: "the completion of the message is 65 MiB long: it cannot be read",
    told: /^completed$/,
    expects: "the message is taken from the server's record",
    rules: [rule(completed("agentMessage"), { pad: 65 * mebibyte })],
  },
  {
    id: "turn-end-64-mib",
    ...roomy,
    does: "turn/completed is 65 MiB long",
    told: /^completed$/,
    rules: [rule(tells("turn/completed"), { pad: 65 * mebibyte })],
  },
  {
    id: "answer-64-mib",
    ...roomy,
    does: "the answer to turn/start is 65 MiB long",
    told: /^(completed|failed other \(wire_line_too_long\))$/,
    rules: [rule(answers("turn/start"), { pad: 65 * mebibyte })],
  },
  {
    id: "crlf",
    does: "every line ends in CRLF",
    told: /^completed$/,
    when: "new",
    rules: [rule({ from: "server", method: "*" }, { crlf: true }, always)],
  },
];
