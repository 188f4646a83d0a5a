#!/usr/bin/env node
// Stands between the bridge and the real `codex` (CODEX_REAL) and makes the server say what no release says yet.
//
// REWRITE is a JSON list of rules; a rule may have `times` (default: always):
//   {"of":"turn/completed","set":{"turn.status":7}}      changes fields of a notification, or of the answer to a request
//   {"after":"turn/started","say":{"method":"x/y","params":{}}}   adds a message after a notification
//   {"unknown":"thread/name/set"}                        answers a request as a server that has no such method
//   {"userAgent":"codex/9.0.0 (Linux; x86_64) x (y; 1)"} another version in the handshake
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const { CODEX_REAL, REWRITE = "[]", REWRITE_LOG } = process.env;
if (!CODEX_REAL) throw new Error("rewriting-proxy: CODEX_REAL must name the real codex");
const rules = JSON.parse(REWRITE).map((rule) => ({ times: Infinity, ...rule }));
/** Methods of the requests that are not answered yet, by id. */
const asked = new Map();

const due = (rule) => rule !== undefined && rule.times-- > 0;
const write = (stream, message) => stream.write(`${JSON.stringify(message)}\n`);

function put(message, path, value) {
  const keys = path.split(".");
  let at = message;
  for (const key of keys.slice(0, -1)) at = at?.[key];
  if (at === null || typeof at !== "object") return;
  if (value === null) delete at[keys.at(-1)];
  else at[keys.at(-1)] = value;
}

const child = spawn(CODEX_REAL, process.argv.slice(2), { stdio: ["pipe", "pipe", "inherit"] });
child.stdin.on("error", () => undefined);
process.stdout.on("error", () => child.stdin.end());

createInterface({ input: process.stdin })
  .on("close", () => child.stdin.end())
  .on("line", (line) => {
    const message = JSON.parse(line);
    const { id, method } = message;
    if (REWRITE_LOG && method) appendFileSync(REWRITE_LOG, `${method}\n`);
    const unknown = id === undefined ? undefined : rules.find((rule) => rule.unknown === method);
    if (due(unknown)) {
      const text = `Invalid request: unknown variant \`${method}\`, expected one of \`initialize\`, \`thread/start\``;
      write(process.stdout, { error: { code: -32600, message: text }, id });
      return;
    }
    if (id !== undefined && method !== undefined) asked.set(id, method);
    child.stdin.write(`${line}\n`);
  });

createInterface({ input: child.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  const isAnswer = message.method === undefined;
  const method = isAnswer ? asked.get(message.id) : message.method;
  if (isAnswer) asked.delete(message.id);
  if (method === "initialize" && message.result) {
    const version = rules.find((rule) => rule.userAgent !== undefined);
    if (due(version)) message.result.userAgent = version.userAgent;
  }
  const body = isAnswer ? message.result : message.params;
  for (const rule of rules.filter((each) => each.of === method && body)) {
    if (due(rule)) for (const [path, value] of Object.entries(rule.set)) put(body, path, value);
  }
  write(process.stdout, message);
  for (const rule of rules.filter((each) => each.after === method && !isAnswer)) {
    if (due(rule)) write(process.stdout, rule.say);
  }
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("close", (code) => process.exit(code ?? 1));
