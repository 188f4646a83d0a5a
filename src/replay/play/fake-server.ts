import { BridgeError } from "../../errors.ts";
import type { RequestId } from "../../wire/contract.ts";
import { lineName, type Message, type RecordedProcess } from "./lanes.ts";
import { difference, policyOf } from "./match.ts";

/** Something came that was not recorded, or came once more, or never came. */
export class ReplayMismatchError extends BridgeError {}

export interface FakeServerOptions {
  readonly process: RecordedProcess;
  /** One message for the client, without its newline. Must not call back at once. */
  send(line: string, message: Message): void;
  /** The recorded process ended by itself here. */
  exit(how: NonNullable<RecordedProcess["exit"]>): void;
  /** Once, at the first message that was not recorded; nothing is said after it. */
  onMismatch(error: ReplayMismatchError): void;
}

interface ClientMessage {
  readonly id?: RequestId;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/**
 * Says what a recorded app-server said, to a client that says what its client said. Not time but cause decides when: a
 * message is sent once everything the client had said in its thread before it has come. So clients may be slower, and
 * threads may overtake each other, but nothing is told that was not asked for.
 */
export class FakeServer {
  readonly #options: FakeServerOptions;
  readonly #awaited: Message[];
  readonly #matched = new Set<Message>();
  #waiting: readonly Message[];
  readonly #causes: ReadonlyMap<Message, readonly Message[]>;
  /** Names this client has given its requests. */
  readonly #ids = new Map<Message, RequestId>();
  /** Threads by the name this client has for them, and back. */
  readonly #threads = new Map<string, string>();
  readonly #names = new Map<string, string>();
  #silent = false;

  constructor(options: FakeServerOptions) {
    this.#options = options;
    const { messages } = options.process;
    this.#awaited = messages.filter(({ from }) => from === "client");
    this.#waiting = messages.filter(({ from }) => from === "server");
    this.#causes = causesOf(messages);
    this.#release();
  }

  /** Client messages of the recording that have not come. */
  get missing(): readonly Message[] {
    return this.#awaited;
  }

  /** What was recorded and not said yet. */
  get unsaid(): readonly Message[] {
    return this.#waiting;
  }

  /** A message of the client. */
  receive(message: object): void {
    if (this.#silent) return;
    const said: ClientMessage = message;
    try {
      const found = said.method === undefined ? this.#answered(said) : this.#asked(said);
      this.#awaited.splice(this.#awaited.indexOf(found), 1);
      this.#matched.add(found);
      if (found.kind === "request") this.#ids.set(found, said.id!);
    } catch (thrown) {
      if (!(thrown instanceof ReplayMismatchError)) throw thrown;
      // A recording that ends before its process did (one turn of many) does not say what came then.
      const ended = !this.#options.process.exit && (this.#isOver || this.#isBeyond(said));
      if (ended) this.#refuse(said, "the recording ends here");
      else this.#fail(said, thrown);
      return;
    }
    this.#release();
  }

  /** The client closes the connection. @returns what it should have said before */
  end(): ReplayMismatchError | undefined {
    const [first] = this.#awaited;
    if (!first || this.#silent) return undefined;
    this.#silent = true;
    return mismatch(first, `${nameOf(first)} never came`, "The client stopped earlier than the recorded one.");
  }

  #asked(said: ClientMessage): Message {
    const method = said.method!;
    const params = said.params;
    const kind = said.id === undefined ? "notification" : "request";
    const same = this.#awaited.filter((each) => each.kind === kind && each.method === method);
    const lane = threadOf({ body: params });
    const known = this.#recordedName(lane);
    const inLane = same.filter((each) => threadOf(each) === known);
    const candidates = inLane.length > 0 || known === undefined ? inLane : same.filter((each) => !this.#isTaken(each));
    const differences = candidates.map((each) => this.#differs(each, params, lane));
    const at = differences.indexOf(undefined);
    if (at >= 0) return this.#take(candidates[at]!, lane);
    const [nearest] = candidates;
    if (nearest) throw mismatch(nearest, `${method} differs from it at ${differences[0]}`, differs);
    throw this.#unexpected(method, known);
  }

  #answered(said: ClientMessage): Message {
    const request = (each: Message): Message => each.request!;
    const open = this.#awaited.filter((each) => each.kind === "answer" && each.id === said.id);
    const found = open.find((each) => !this.#waiting.includes(request(each)));
    if (!found) throw this.#unexpected(`an answer to request ${JSON.stringify(said.id)}`, undefined);
    const refused = said.error !== undefined;
    const at =
      refused === found.refused ? difference(found.body, refused ? said.error : said.result, policyOf(found)) : "$";
    if (at) throw mismatch(found, `the answer to ${found.method} differs from it at ${at}`, differs);
    return found;
  }

  #differs(recorded: Message, params: unknown, lane: string | undefined): string | undefined {
    const threadId = threadOf(recorded);
    const same = (a: string, b: string): boolean => a === threadId && b === lane;
    return difference(recorded.body, params, policyOf(recorded), (a, b) => same(a, b) || this.#threads.get(b) === a);
  }

  /** A thread the client knows by another name is called by it from now on. */
  #take(found: Message, lane: string | undefined): Message {
    const threadId = threadOf(found);
    if (threadId !== undefined && lane !== undefined && lane !== threadId) {
      this.#threads.set(lane, threadId);
      this.#names.set(threadId, lane);
    }
    return found;
  }

  /** What a thread of the client is called in the recording. */
  #recordedName(threadId: string | undefined): string | undefined {
    return threadId === undefined ? undefined : (this.#threads.get(threadId) ?? threadId);
  }

  #isTaken(each: Message): boolean {
    const threadId = threadOf(each);
    return threadId === undefined || this.#names.has(threadId);
  }

  #unexpected(what: string, lane: string | undefined): ReplayMismatchError {
    const before = [...this.#matched].findLast((each) => nameOf(each) === what && (!lane || each.lane === lane));
    if (before) return mismatch(before, `${what} came once more than it was recorded`, "Nothing is ever said twice.");
    const [next] = this.#awaited.filter((each) => !lane || each.lane === lane);
    const at = next ?? [...this.#matched].at(-1);
    return mismatch(at, `${what} came, which was not recorded`, next ? `Recorded is ${nameOf(next)}.` : differs);
  }

  #release(): void {
    // What comes later in a thread has at least the causes of what comes before it: the order stays.
    const isDue = (each: Message): boolean => this.#causes.get(each)!.every((cause) => this.#matched.has(cause));
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((each) => !isDue(each));
    for (const each of due) this.#options.send(this.#lineOf(each), each);
    const { exit } = this.#options.process;
    if (exit && !exit.wanted && this.#isOver) this.#die(exit);
  }

  get #isOver(): boolean {
    return this.#waiting.length === 0 && this.#awaited.length === 0;
  }

  /**
   * What its thread has not said when it has said all that was recorded: it came after the recording's end, and here the
   * other threads are not there yet.
   */
  #isBeyond({ method, params }: ClientMessage): boolean {
    const lane = this.#recordedName(threadOf({ body: params }));
    if (lane === undefined) return false;
    const isOwn = (each: Message): boolean => each.lane === lane;
    if (this.#awaited.some(isOwn) || this.#waiting.some(isOwn)) return false;
    const said = [...this.#matched].filter(isOwn);
    return said.length > 0 && !said.some((each) => each.method === method);
  }

  #die(exit: NonNullable<RecordedProcess["exit"]>): void {
    if (this.#silent) return;
    this.#silent = true;
    this.#options.exit(exit);
  }

  #lineOf(message: Message): string {
    const { line, kind, from, request } = message;
    const id = kind === "answer" && from === "server" ? { id: this.#ids.get(request!) } : {};
    const text = JSON.stringify({ ...line, ...id });
    if (this.#names.size === 0) return text;
    let named = text;
    for (const [recorded, name] of this.#names)
      named = named.replaceAll(JSON.stringify(recorded), JSON.stringify(name));
    return named;
  }

  #fail(said: ClientMessage, error: ReplayMismatchError): void {
    this.#silent = true;
    this.#refuse(said, error.message, error.facts);
    this.#options.onMismatch(error);
  }

  #refuse({ id, method }: ClientMessage, why: string, data?: object): void {
    if (id === undefined || method === undefined) return;
    const line = JSON.stringify({ error: { code: -32600, message: `replay: ${why}`, data }, id });
    this.#options.send(line, this.#options.process.messages[0]!);
  }
}

const differs = "The client does something else than the recorded one; if that is meant, record it again.";

function mismatch(at: Message | undefined, found: string, remedy: string): ReplayMismatchError {
  const facts = at ? { line: at.seq + 1, method: at.method, thread: at.lane } : {};
  return new ReplayMismatchError("replay_mismatch", `${at ? lineName(at.seq) : "wire.jsonl"}: ${found}.`, {
    remedy,
    facts,
  });
}

function nameOf({ kind, method }: Message): string {
  return kind === "answer" ? `the answer to ${method}` : method;
}

function threadOf({ body }: Pick<Message, "body">): string | undefined {
  const { threadId } = (body ?? {}) as { threadId?: unknown };
  return typeof threadId === "string" ? threadId : undefined;
}

/** What the client has to have said before each message of the server. */
function causesOf(messages: readonly Message[]): Map<Message, readonly Message[]> {
  const causes = new Map<Message, readonly Message[]>();
  const all: Message[] = [];
  const byLane = new Map<string, Message[]>();
  for (const each of messages) {
    if (each.from === "client") {
      all.push(each);
      byLane.set(each.lane, [...(byLane.get(each.lane) ?? []), each]);
      continue;
    }
    // What is about no thread may be about anything said so far; an answer is only about its request.
    const before = each.lane === "" && each.kind !== "answer" ? all : (byLane.get(each.lane) ?? []);
    const begun = before.length > 0 ? before : all.slice(-1);
    causes.set(each, each.kind === "answer" ? [...new Set([...begun, each.request!])] : [...begun]);
  }
  return causes;
}
