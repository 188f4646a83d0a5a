import { BridgeError } from "../../errors.ts";
import type { RequestId } from "../../wire/contract.ts";
import type { HostEvent, ProcessEvent, RecordedLine } from "../format/format.ts";

/** One message of a recording, and what it belongs to. */
export interface Message {
  readonly seq: number;
  readonly tUs: number;
  readonly from: "client" | "server";
  readonly kind: "request" | "notification" | "answer";
  /** Of an answer: the method of the request it answers. */
  readonly method: string;
  readonly id?: RequestId;
  /** Parameters, result or error. */
  readonly body: unknown;
  readonly refused: boolean;
  /** The thread it is about, or the thread whose sub-agent that is; "" for the connection itself. */
  readonly lane: string;
  /** The message as it stood on the line. */
  readonly line: object;
  /** What an answer answers. */
  readonly request?: Message;
}

/** What one app-server process and its client said to each other. */
export interface RecordedProcess {
  readonly server: number;
  readonly messages: readonly Message[];
  readonly args: readonly string[];
  /** How it ended; `wanted` when its input was closed before. */
  readonly exit?: {
    readonly seq: number;
    readonly code: number | null;
    readonly signal: string | null;
    readonly wanted: boolean;
  };
  /** It was started only to look at what Codex kept. */
  readonly readback: boolean;
}

/** How a line is called in what people read: as editors count. */
export function lineName(seq: number): string {
  return `wire.jsonl:${seq + 1}`;
}

function recordingError(
  seq: number,
  found: string,
  remedy = "Record it again; the file was changed or cut.",
): BridgeError {
  return new BridgeError("recording_inconsistent", `${lineName(seq)}: ${found}`, { remedy, facts: { line: seq + 1 } });
}

interface Draft extends Omit<Message, "lane" | "request"> {
  lane: string;
  request?: Draft;
}

/**
 * Sorts the lines of a recording by process and thread.
 * @throws BridgeError `recording_inconsistent` naming a line that answers nothing, or belongs to no process
 */
export function processesOf(lines: readonly RecordedLine[]): RecordedProcess[] {
  const found = new Map<number, { args: readonly string[]; readback: boolean; lines: RecordedLine[] }>();
  let readback = false;
  for (const line of lines) {
    const server = line.server ?? 0;
    if (line.dir === "host") readback ||= (line.message as HostEvent).event === "readback";
    else if (line.dir === "proc" && (line.message as ProcessEvent).event === "spawn") {
      const { args } = line.message as Extract<ProcessEvent, { event: "spawn" }>;
      found.set(server, { args, readback, lines: [] });
    } else {
      const process = found.get(server);
      if (!process) throw recordingError(line.seq, "no process was started that this line could belong to");
      process.lines.push(line);
    }
  }
  return [...found].map(([server, { args, readback: late, lines: own }]) => ({
    server,
    args,
    readback: late,
    messages: messagesOf(own),
    ...exitOf(own),
  }));
}

function exitOf(lines: readonly RecordedLine[]): Pick<RecordedProcess, "exit"> {
  const events = lines.filter(({ dir }) => dir === "proc");
  const wanted = events.some(({ message }) => (message as ProcessEvent).event === "eof");
  const last = events.find(({ message }) => (message as ProcessEvent).event === "exit");
  if (!last) return {};
  const { code, signal } = last.message as Extract<ProcessEvent, { event: "exit" }>;
  return { exit: { seq: last.seq, code, signal, wanted: wanted || (code === 0 && signal === null) } };
}

/** The messages of one process, each with its thread. */
function messagesOf(lines: readonly RecordedLine[]): Message[] {
  const open = { client: new Map<RequestId, Draft>(), server: new Map<RequestId, Draft>() };
  const drafts: Draft[] = [];
  for (const line of lines) {
    if (line.dir !== "c2s" && line.dir !== "s2c") continue;
    const from = line.dir === "c2s" ? "client" : "server";
    const draft = draftOf(line, from, open[from === "client" ? "server" : "client"]);
    if (!draft) continue;
    if (draft.kind === "request") open[from].set(draft.id!, draft);
    drafts.push(draft);
  }
  for (const each of drafts) each.lane = laneOf(each);
  adoptChildren(drafts);
  return drafts;
}

function draftOf(line: RecordedLine, from: Draft["from"], asked: Map<RequestId, Draft>): Draft | undefined {
  const { seq, tUs } = line;
  const message = line.message as {
    id?: RequestId;
    method?: string;
    params?: unknown;
    result?: unknown;
    error?: unknown;
  };
  const base = { seq, tUs, from, line: message, lane: "", refused: false };
  if ("$noise" in message) return undefined;
  const { id, method } = message;
  if (method !== undefined && id === undefined) return { ...base, kind: "notification", method, body: message.params };
  if (method !== undefined) return { ...base, kind: "request", method, id: id!, body: message.params };
  const request = id === undefined ? undefined : asked.get(id);
  if (!request) throw recordingError(seq, `an answer to request ${JSON.stringify(id)}, which nobody made`);
  asked.delete(id!);
  const refused = message.error !== undefined;
  const body = refused ? message.error : message.result;
  return { ...base, kind: "answer", method: request.method, id: id!, body, refused, request };
}

/** A request that makes a thread belongs to it, and so does every answer to where it was asked. */
function laneOf({ body, kind, lane, request }: Draft): string {
  if (kind !== "answer") return lane || (threadIn(body) ?? "");
  if (request!.lane === "") request!.lane = threadIn(body) ?? "";
  return request!.lane;
}

function threadIn(body: unknown): string | undefined {
  const { threadId, thread } = (body ?? {}) as { threadId?: unknown; thread?: { id?: unknown } | null };
  if (typeof threadId === "string") return threadId;
  return typeof thread?.id === "string" ? thread.id : undefined;
}

/** A thread that no request is about belongs to a sub-agent; what it says is in the lane of the thread that has it. */
function adoptChildren(drafts: readonly Draft[]): void {
  const asked = new Set(
    drafts.filter(({ from, kind }) => from === "client" && kind === "request").map(({ lane }) => lane),
  );
  const parents = new Map<string, string>();
  for (const [index, each] of drafts.entries()) {
    if (each.lane === "" || asked.has(each.lane)) continue;
    const parent = parents.get(each.lane) ?? parentOf(drafts, index, asked);
    parents.set(each.lane, parent);
    each.lane = parent;
  }
}

function parentOf(drafts: readonly Draft[], index: number, asked: ReadonlySet<string>): string {
  const { lane } = drafts[index]!;
  const before = drafts.slice(0, index).reverse();
  const naming = before.find((each) => asked.has(each.lane) && JSON.stringify(each.line).includes(lane));
  return (naming ?? before.find((each) => asked.has(each.lane) && each.lane !== ""))?.lane ?? lane;
}
