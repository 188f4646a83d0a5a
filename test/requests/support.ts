import { existsSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import type { HostTurn } from "../../src/host/embedded-host.ts";
import type { HostTool } from "../../src/requests/types.ts";
import { inputItems, type ModelRequest } from "../../src/scripted-model/request.ts";
import type { DocumentPart, Part } from "../../src/scripted-model/script.ts";
import { openTestHost } from "../harness/fixture.ts";

export type TestHost = Awaited<ReturnType<typeof openTestHost>>;

/** A host whose Codex asks for everything there is to ask for. */
export function openAskingHost(name: string): Promise<TestHost> {
  const server = path.join(import.meta.dirname, "mcp-server.mjs");
  return openTestHost(name, {
    overrides: [
      "features.request_permissions_tool=true",
      "features.default_mode_request_user_input=true",
      `mcp_servers.demo.command=${JSON.stringify(process.execPath)}`,
      `mcp_servers.demo.args=${JSON.stringify([server])}`,
    ],
  });
}

/** What a person says: yes, or no. May take for ever, or throw. */
export type Person = (signal: AbortSignal) => Promise<boolean>;

/** One kind of request: how the model provokes it, who answers it, and what the model reads afterwards. */
export interface Kind {
  readonly name: string;
  /** Does something to `file`, where this kind can. */
  part(file: string): DocumentPart;
  handlers(person: Person): Partial<HostTurn>;
  readonly yes: RegExp;
  readonly no: RegExp;
  /** What the model reads when nobody decided; where that differs from a no. */
  readonly failed?: RegExp;
  readonly late?: RegExp;
  /** A yes makes the file. */
  readonly makesFile: boolean;
  /** How the transcript puts a no; absent where this kind has no item. */
  readonly noStatus?: "declined" | "failed" | "completed";
}

const approving = (person: Person): Partial<HostTurn> => ({
  approve: async (_, signal) => ((await person(signal)) ? "accept" : "decline"),
});

export const probe = (execute: HostTool["execute"]): HostTool => ({
  name: "probe",
  description: "does something",
  inputSchema: { type: "object", properties: { file: { type: "string" } } },
  execute,
});

export const kinds: readonly Kind[] = [
  {
    name: "tool call",
    part: (file) => ({ call: "probe", args: { file } }),
    handlers: (person) => ({
      tools: [
        probe((args) => {
          // "wx": a second run fails, so it cannot be mistaken for one.
          writeFileSync((args as { file: string }).file, "probe", { flag: "wx" });
          return "probe done";
        }),
      ],
      toolHooks: { before: async (call) => ((await person(call.signal)) ? undefined : { block: "not allowed here" }) },
    }),
    yes: /^probe done$/,
    no: /^not allowed here$/,
    failed: /failed: the person threw/,
    late: /did not finish within \d+ ms/,
    makesFile: true,
    noStatus: "failed",
  },
  {
    name: "command",
    part: (file) => ({ shell: `touch ${file}` }),
    handlers: approving,
    yes: /exited with code 0/,
    no: /rejected by user/,
    makesFile: true,
    noStatus: "declined",
  },
  {
    name: "file change",
    part: (file) => ({ patch: `*** Begin Patch\n*** Add File: ${path.basename(file)}\n+hello\n*** End Patch\n` }),
    handlers: approving,
    yes: /Success. Updated the following files/,
    no: /rejected by user/,
    makesFile: true,
    noStatus: "declined",
  },
  {
    name: "permissions",
    part: () => ({
      call: "request_permissions",
      args: { reason: "why not", permissions: { network: { enabled: true } } },
    }),
    handlers: approving,
    yes: /"network":\{"enabled":true\}/,
    no: /^\{"permissions":\{(?!.*true)/,
    makesFile: false,
  },
  {
    name: "question",
    part: () => ({
      call: "request_user_input",
      args: { questions: [{ id: "colour", header: "Colour", question: "Which colour?", options: [blue, red] }] },
    }),
    handlers: (person) => ({
      answer: async (_, signal) => ((await person(signal)) ? { colour: ["Blue"] } : undefined),
    }),
    yes: /"colour":\{"answers":\["Blue"\]\}/,
    no: /^\{"answers":\{\}\}$/,
    makesFile: false,
  },
  {
    name: "MCP form",
    part: (file) => ({ call: "ask", namespace: "mcp__demo", args: { file } }),
    handlers: (person) => ({
      fillIn: async (_, signal) =>
        (await person(signal)) ? { action: "accept", content: { colour: "red" } } : { action: "decline" },
    }),
    yes: /"action":"accept","content":\{"colour":"red"\}/,
    no: /"action":"decline"/,
    makesFile: false,
    // The tool itself goes on: it only learns that nobody filled in its form.
    noStatus: "completed",
  },
  {
    name: "MCP tool",
    part: (file) => ({ call: "danger", namespace: "mcp__demo", args: { file } }),
    handlers: approving,
    yes: /danger done/,
    no: /user rejected MCP tool call/,
    makesFile: true,
    noStatus: "failed",
  },
];

function option(label: string): { label: string; description: string } {
  return { label, description: `a ${label} one` };
}
const blue = option("Blue");
const red = option("Red");

/** Hears what goes through all pipes and sockets. No spy of vitest's: that would keep everything it heard. */
function overhear(method: "write" | "push", hear: (socket: Socket, what: unknown) => void): () => void {
  const original = Socket.prototype[method];
  Socket.prototype[method] = function (this: Socket, ...args: unknown[]): boolean {
    hear(this, args[0]);
    return Reflect.apply(original, this, args) as boolean;
  };
  return () => {
    Socket.prototype[method] = original as never;
  };
}

/** What was written to servers as answers, by request id, and the pipe it went through last. */
export function watchAnswers() {
  const ids: number[] = [];
  let pipe: Socket | undefined;
  const stop = overhear("write", (socket, line) => {
    if (typeof line !== "string") return;
    const id = /^\{"id":(\d+),"(?:result|error)":/.exec(line)?.[1];
    if (id !== undefined) ids.push(Number(id));
    if (line.includes('"method":"turn/start"')) pipe = socket;
  });
  /** Sends something behind the bridge's back, as another part of a client would. */
  const send = (message: object) => pipe?.write(`${JSON.stringify(message)}\n`);
  return { ids, send, stop };
}

/** Which requests servers made, by id, as often as they came. Keeps everything that was read: for short turns. */
export function watchQuestions() {
  const read: Buffer[] = [];
  const stop = overhear("push", (_, chunk) => {
    if (Buffer.isBuffer(chunk)) read.push(Buffer.from(chunk));
  });
  const request = /^\{"method":"[^"]+","id":(\d+),"params"/gm;
  return { ids: () => [...Buffer.concat(read).toString("utf8").matchAll(request)].map(([, id]) => Number(id)), stop };
}

/** What the model read. */
export interface Told {
  /** The outputs of the calls, of each request after them. */
  readonly texts: string[][];
  /** Of the last request of another turn: the calls in its history, and their outputs. */
  history: { calls: number; outputs: number };
}

/** Before 0.135 the namespace of an MCP server ends in two more underscores. */
function namedFor(body: ModelRequest["body"], part: Part): Part {
  if (!("call" in part) || part.namespace !== "mcp__demo") return part;
  return JSON.stringify(body.tools).includes('"mcp__demo__"') ? { ...part, namespace: "mcp__demo__" } : part;
}

/** The model does `parts` in turns of this prompt, and says "fine" to anything else. */
export function playing(bridge: TestHost, prompt: string, parts: readonly Part[]): Told {
  const told: Told = { texts: [], history: { calls: 0, outputs: 0 } };
  bridge.reply = ({ step, toolOutputs, lastUserText, body }) => {
    if (lastUserText === prompt) {
      if (step === 0) return parts.map((part) => namedFor(body, part));
      // Servers before 0.145 or so hand MCP results on as JSON in JSON.
      told.texts.push(toolOutputs.map(({ text }) => text.replace(/\\+"/g, '"')));
      return [{ say: "went on" }];
    }
    const types = inputItems(body).map(({ type }) => type ?? "");
    const count = (ending: string) => types.filter((type) => type.endsWith(ending)).length;
    told.history = { calls: count("_call"), outputs: count("_call_output") };
    return [{ say: "fine" }];
  };
  return told;
}

export const made = (file: string): boolean => existsSync(file);
