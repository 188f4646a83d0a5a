#!/usr/bin/env node
// Stands between the bridge and the real `codex` (CODEX_REAL) and does to their conversation what rules.ts describes.
//
// The rules stand in FAULT_DIR/rules.json and may change at any time; how often each was applied stands there, too, so
// that a server started later does not do it all over again.
import { spawn } from "node:child_process";
import { appendFileSync, closeSync, existsSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";

const { CODEX_REAL, FAULT_DIR } = process.env;
if (!CODEX_REAL || !FAULT_DIR) throw new Error("fault proxy: CODEX_REAL and FAULT_DIR must be set");
const newline = Buffer.from("\n");

// Codex goes when the proxy goes, as if they were one process.
const child = spawn("setpriv", ["--pdeathsig", "KILL", CODEX_REAL, ...process.argv.slice(2)], {
  stdio: ["pipe", "pipe", "inherit"],
});
child.stdin.on("error", () => undefined);
appendFileSync(path.join(FAULT_DIR, "pids"), `${child.pid}\n`);

/** What is on its way to the bridge. Not `process.stdout`: that one blocks the whole proxy on a full pipe. */
const stdout = new Socket({ fd: 1, readable: false });
stdout.on("error", () => undefined);
let mute = false;

/* ---- rules ---- */

const methods = { client: new Map(), server: new Map() };
const seen = new Map();
const rulesFile = path.join(FAULT_DIR, "rules.json");

const timesFile = (rule) => path.join(FAULT_DIR, `applied-${rule.id}`);
const applied = (rule) => (existsSync(timesFile(rule)) ? readFileSync(timesFile(rule)).length : 0);

function factsOf(from, line) {
  try {
    const { id, method, params } = JSON.parse(line);
    if (method !== undefined && id === undefined) return { is: "notification", method, params };
    if (method !== undefined) {
      methods[from].set(id, method);
      return { is: "request", method, params, id };
    }
    const asked = methods[from === "server" ? "client" : "server"];
    const answered = asked.get(id);
    asked.delete(id);
    return { is: "answer", method: answered ?? "", id };
  } catch {
    return { is: "noise", method: "" };
  }
}

function ruleFor(from, facts) {
  let rules;
  try {
    rules = JSON.parse(readFileSync(rulesFile, "utf8"));
  } catch {
    return undefined;
  }
  return rules.find((rule) => {
    const { on } = rule;
    if (on.from !== from || (on.method !== "*" && on.method !== facts.method)) return false;
    if (on.is !== undefined && on.is !== facts.is) return false;
    if (on.item !== undefined && facts.params?.item?.type !== on.item) return false;
    const count = (seen.get(rule.id) ?? 0) + 1;
    seen.set(rule.id, count);
    if (count < (on.nth ?? 1) || applied(rule) >= (rule.times ?? 1)) return false;
    appendFileSync(timesFile(rule), ".");
    return true;
  });
}

/* ---- towards the bridge: one line after the other ---- */

const outbox = [];
let heldBytes = 0;
let pumping = false;
let stalled;
let pace;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const pause = (ms) => (ms === true ? new Promise(() => undefined) : sleep(ms));

function send(data, then) {
  if (mute) return;
  outbox.push({ data, then });
  heldBytes += data.length;
  if (heldBytes > 1 << 20) child.stdout.pause();
  void pump();
}

async function pump() {
  if (pumping) return;
  pumping = true;
  while (outbox.length > 0) {
    await stalled;
    const { data, then } = outbox.shift();
    heldBytes -= data.length;
    for (let at = 0; at < data.length && !mute; at += pace?.bytes ?? data.length) {
      await new Promise((done) => stdout.write(data.subarray(at, at + (pace?.bytes ?? data.length)), done));
      if (pace) await sleep(pace.ms);
    }
    await then?.();
  }
  pumping = false;
  child.stdout.resume();
}

/* ---- what a rule does ---- */

const held = [];

function letGo(method) {
  for (const each of held.splice(0)) {
    if (each.until === method) send(each.data);
    else held.push(each);
  }
}

function kill({ signal = "SIGKILL", afterMs = 0 }) {
  if (afterMs === 0 && signal === "SIGKILL") mute = true;
  setTimeout(() => child.kill(signal), afterMs);
}

function freeze({ contMs }) {
  child.kill("SIGSTOP");
  if (contMs !== undefined) setTimeout(() => child.kill("SIGCONT"), contMs);
}

function bigLine({ bytes, as }) {
  const [head, tail] = as === "noise" ? ["", ""] : [`{"method":"${as}","params":{"pad":"`, '"}}'];
  send(Buffer.concat([Buffer.from(head), Buffer.alloc(bytes, "x"), Buffer.from(`${tail}\n`)]));
}

/** Node leaves the descriptors 0 to 2 open when their streams are destroyed. */
function closeFd(stream, fd) {
  stream.destroy();
  setTimeout(() => closeSync(fd), 20);
}

/** What happens at this place of the conversation, besides what becomes of the line itself. */
function happen(does) {
  if (does.kill) kill(does.kill);
  if (does.freeze) freeze(does.freeze);
  if (does.stall) stalled = pause(does.stall);
  if (does.slow) pace = does.slow;
  if (does.stderr) process.stderr.write(Buffer.alloc(does.stderr, "noise on stderr, and more of it\n"));
  if (does.bigLine) bigLine(does.bigLine);
  if (does.say) for (const text of does.say) send(Buffer.from(text, "latin1"));
  if (does.closeStdout) {
    mute = true;
    closeFd(stdout, 1);
  }
  if (does.stopReading) {
    process.stdin.pause();
    if (does.stopReading !== true) setTimeout(() => process.stdin.resume(), does.stopReading);
  }
  if (does.closeStdin) closeFd(process.stdin, 0);
}

function fromServer(line) {
  const facts = factsOf("server", line);
  const rule = ruleFor("server", facts);
  const whole = Buffer.concat([line, newline]);
  if (!rule) {
    send(whole);
    letGo(facts.method);
    return;
  }
  const { does } = rule;
  if (does.at !== "after") happen(does);
  const then = does.at === "after" ? () => happen(does) : undefined;
  if (does.drop) then?.();
  else if (does.hold?.until) held.push({ until: does.hold.until, data: whole });
  else if (does.hold) setTimeout(() => send(whole, then), does.hold.ms);
  else if (does.cut === "half") send(Buffer.concat([line.subarray(0, line.length >> 1), newline]), then);
  else if (does.cut === "newline") send(line, then);
  else if (does.crlf) send(Buffer.concat([line, Buffer.from("\r\n")]), then);
  else if (does.pad) send(Buffer.concat([padded(line, does.pad), newline]), then);
  else {
    if (does.twice) send(whole);
    send(whole, then);
  }
  letGo(facts.method);
}

/** The same message, with that many bytes more in it. */
function padded(line, bytes) {
  return Buffer.concat([line.subarray(0, -1), Buffer.from(',"pad":"'), Buffer.alloc(bytes, "x"), Buffer.from('"}')]);
}

function fromClient(line) {
  const facts = factsOf("client", line);
  const rule = ruleFor("client", facts);
  const forward = () => child.stdin.write(Buffer.concat([line, newline]));
  if (!rule) return forward();
  const { does } = rule;
  if (does.refuse) {
    methods.client.delete(facts.id);
    send(Buffer.from(`${JSON.stringify({ error: does.refuse, id: facts.id })}\n`));
    return true;
  }
  if (does.at !== "after") happen(does);
  if (does.drop || (does.kill && does.at !== "after")) return true;
  const went = forward();
  if (does.at === "after") happen(does);
  return went;
}

/* ---- the pipes ---- */

/** Calls back with each whole line, without its newline. Split on bytes: a chunk may end inside a character. */
function splitter(onLine) {
  let rest = [];
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; from = at + 1, at = chunk.indexOf(10, from)) {
      const end = chunk.subarray(from, at);
      onLine(rest.length > 0 ? Buffer.concat([...rest, end]) : end);
      rest = [];
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  };
}

const requests = splitter((line) => {
  if (fromClient(line)) return;
  process.stdin.pause();
  child.stdin.once("drain", () => process.stdin.resume());
});
process.stdin.on("data", requests);
process.stdin.on("error", () => undefined);
process.stdin.on("end", () => child.stdin.end());
child.stdout.on("data", splitter(fromServer));

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`fault proxy: ${error.message}\n`);
  process.exit(127);
});
child.on("close", async (code, signal) => {
  if (signal) process.kill(process.pid, signal === "SIGTERM" ? "SIGKILL" : signal);
  // Its last words are still on their way.
  while (pumping && !mute) await sleep(5);
  process.exit(code ?? 1);
});
