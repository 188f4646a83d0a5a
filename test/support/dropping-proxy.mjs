#!/usr/bin/env node
// Stands between the bridge and the real `codex` (CODEX_REAL) and loses some of what the server says.
//
// What is lost is a list of rules, separated by commas:
//   turn/completed           every notification of that method
//   delta/3                  every third agent message delta
//   notifications-after=5    of the turn: all notifications after the fifth; responses still pass
//   unanswered=thread/read   the first response to a request of that method, made after the turn was begun
//   everything-after=5       after the turn's fifth notification: all that the server says, responses too, for good;
//                            with 0 not even `turn/start` is answered
// The rules of a turn stand in its own prompt (`drop:turn/completed,delta/3 …`), so that one server serves many
// different turns; a prompt without them gets those of DROP (the same as JSON, see `fromJson`).
// With DROP_LOG, the true end of each turn is appended there as {threadId, turnId, atMs, lost}.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { constants } from "node:os";

const { CODEX_REAL, DROP, DROP_LOG } = process.env;
if (!CODEX_REAL) throw new Error("dropping-proxy: CODEX_REAL must name the real codex");

const fromJson = ({ methods = [], everyNthDelta, notificationsAfter, everythingAfter, unanswered }) => ({
  methods,
  unanswered,
  everyNthDelta,
  notificationsAfter,
  everythingAfter,
});
const standing = fromJson(JSON.parse(DROP ?? "{}"));

function fromPrompt(text) {
  const list = /(?:^|\s)drop:(\S+)/.exec(text)?.[1];
  if (list === undefined) return standing;
  const rules = { methods: [] };
  for (const rule of list.split(",")) {
    const [, name, number] = /^(delta|notifications-after|everything-after)[/=](\d+)$/.exec(rule) ?? [];
    if (name === "delta") rules.everyNthDelta = Number(number);
    else if (name === "notifications-after") rules.notificationsAfter = Number(number);
    else if (name === "everything-after") rules.everythingAfter = Number(number);
    else if (rule.startsWith("unanswered=")) rules.unanswered = rule.slice("unanswered=".length);
    else if (rule !== "none") rules.methods.push(rule);
  }
  return fromJson(rules);
}

/** The running turn of each thread: its rules and what of it was seen so far. */
const turns = new Map();
/** Requests whose responses are to be lost. */
const unanswered = new Set();
let mute = false;

function fromClient(line) {
  const { id, method, params } = JSON.parse(line);
  const running = turns.get(params?.threadId);
  if (running?.rules.unanswered !== undefined && running.rules.unanswered === method) {
    unanswered.add(id);
    running.rules.unanswered = undefined;
  }
  if (method !== "turn/start") return;
  const prompt = params.input.map((part) => part.text ?? "").join("\n");
  const rules = fromPrompt(prompt);
  if (rules.everythingAfter === 0) mute = true;
  turns.set(params.threadId, { rules, seen: 0, deltas: 0 });
}

/** Whether a line of the server reaches the bridge. */
function passes(line) {
  const { id, method, params } = JSON.parse(line);
  const turn = turns.get(params?.threadId);
  if (method === undefined && unanswered.delete(id)) return false;
  if (method === undefined || id !== undefined || turn === undefined) return !mute;
  turn.seen += 1;
  const lost = mute || loses(turn, method);
  if (method === "turn/completed" && DROP_LOG) {
    const end = { threadId: params.threadId, turnId: params.turn.id, atMs: Date.now(), lost };
    appendFileSync(DROP_LOG, `${JSON.stringify(end)}\n`);
  }
  return !lost;
}

function loses(turn, method) {
  const { methods, everyNthDelta, notificationsAfter = Infinity, everythingAfter = Infinity } = turn.rules;
  if (turn.seen > everythingAfter) mute = true;
  if (mute || turn.seen > notificationsAfter || methods.includes(method)) return true;
  if (method !== "item/agentMessage/delta" || everyNthDelta === undefined) return false;
  turn.deltas += 1;
  return turn.deltas % everyNthDelta === 0;
}

/** Calls back with each whole line, without its newline. Split on bytes: a chunk may end inside a character. */
function splitter(onLine) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    let data = Buffer.concat([rest, chunk]);
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10)) {
      onLine(data.subarray(0, at));
      data = data.subarray(at + 1);
    }
    rest = data;
  };
}

const child = spawn(CODEX_REAL, process.argv.slice(2), { stdio: ["pipe", "pipe", "inherit"] });
// A child that is gone tells so by its exit; writing to it until then is no fault of its own.
child.stdin.on("error", () => undefined);
process.stdout.on("error", () => child.stdin.end());

const readRequests = splitter((line) => fromClient(line.toString("utf8")));
process.stdin.on("data", (chunk) => {
  // The rules have to be known before the server can answer.
  readRequests(chunk);
  if (child.stdin.write(chunk)) return;
  process.stdin.pause();
  child.stdin.once("drain", () => process.stdin.resume());
});
process.stdin.on("end", () => child.stdin.end());

child.stdout.on(
  "data",
  splitter((line) => {
    if (!passes(line.toString("utf8")) || process.stdout.write(Buffer.concat([line, Buffer.from("\n")]))) return;
    child.stdout.pause();
    process.stdout.once("drain", () => child.stdout.resume());
  }),
);

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`dropping-proxy: ${error.message}\n`);
  process.exit(127);
});
child.on("close", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
