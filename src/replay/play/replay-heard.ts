import type { IncomingRequest } from "../../wire/connection.ts";
import type { Message, RecordedProcess } from "./lanes.ts";
import type { Names } from "./replay-ids.ts";

/** Something a server said, as a client gets it. */
export interface Said {
  readonly kind: Message["kind"];
  readonly method: string;
  readonly body: unknown;
  /** Of an answer: the recorded request it was asked with, when that is known; else its words tell. */
  readonly asked?: Message;
  /** Of a request: how to answer it. */
  readonly incoming?: IncomingRequest;
}

/** How long what was recorded is waited for. */
export interface Patience {
  /** `exact`: a replayed server, which says what was recorded. `like`: a real one, which says as much as it means. */
  readonly mode: "exact" | "like";
  readonly timeoutMs: number;
}

/** What a client has heard of one recorded process, and whether it may say its next words. */
export class Heard {
  readonly #process: RecordedProcess;
  readonly #names: Names;
  readonly #mode: Patience["mode"];
  readonly #missing: Message[];
  readonly #requests = new Map<Message, IncomingRequest>();
  readonly #counts = new Map<string, number>();
  #wake = Promise.withResolvers<void>();

  constructor(process: RecordedProcess, names: Names, mode: Patience["mode"]) {
    this.#process = process;
    this.#names = names;
    this.#mode = mode;
    this.#missing = process.messages.filter(({ from }) => from === "server");
  }

  /** @returns false when it is nothing of the recording */
  note(said: Said): boolean {
    const at = this.#missing.findIndex((each) => this.#isIt(each, said));
    const found = at < 0 ? undefined : this.#missing.splice(at, 1)[0];
    if (found && said.incoming) this.#requests.set(found, said.incoming);
    if (found) this.#names.learn(found.body, said.body);
    for (const key of keysOf(said.method, said.body, said.kind))
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    return found !== undefined;
  }

  /** The request of the server that a recorded answer answers. */
  request(answer: Message): IncomingRequest | undefined {
    return this.#requests.get(answer.request!);
  }

  /** Waits for everything the client had heard when it said this. @returns what is still missing after all patience */
  async before(
    message: Pick<Message, "seq" | "lane" | "kind" | "request">,
    timeoutMs: number,
  ): Promise<Message | undefined> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, timeoutMs);
    let timedOut = false;
    void late.promise.then(() => {
      timedOut = true;
    });
    try {
      for (;;) {
        const missing = this.#missingBefore(message);
        if (!missing || timedOut || this.#isOver(message)) return missing;
        await Promise.race([this.#wake.promise, late.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #isIt(recorded: Message, { kind, method, body, asked }: Said): boolean {
    if (recorded.kind !== kind || recorded.method !== method) return false;
    if (kind === "answer" && asked) return recorded.request === asked;
    if (this.#mode === "exact") return JSON.stringify(recorded.body) === JSON.stringify(body);
    return this.#names.of(threadOf(recorded.body)) === threadOf(body) && itemType(recorded.body) === itemType(body);
  }

  #missingBefore({
    seq,
    lane,
    kind,
    request,
  }: Pick<Message, "seq" | "lane" | "kind" | "request">): Message | undefined {
    if (kind === "answer" && !this.#requests.has(request!)) return request;
    // A thread has a name only once the answer that made it is there, whatever lane that was asked in.
    const due = this.#missing.filter((each) => each.seq < seq && (each.lane === lane || makes(each) === lane));
    return this.#mode === "exact" ? due[0] : this.#milestone(due, seq, lane);
  }

  /** Of a real server only what carries the conversation is waited for: answers, ends of turns, and the last sign before. */
  #milestone(due: readonly Message[], seq: number, lane: string): Message | undefined {
    const must = due.find(({ kind, method, request }) => (kind === "answer" && request) || method === "turn/completed");
    if (must) return must;
    const last = this.#process.messages.findLast(
      (each) => each.seq < seq && each.from === "server" && each.lane === lane,
    );
    if (!last || !due.includes(last) || last.kind !== "notification" || !isSign(last.method)) return undefined;
    const seen = keysOf(last.method, this.#names.translate(last.body), last.kind).every((key) => this.#counts.has(key));
    return seen ? undefined : last;
  }

  /** The turn in which the client said this is over already: nothing more will come of it. */
  #isOver({ seq, lane }: Pick<Message, "seq" | "lane">): boolean {
    if (this.#mode === "exact") return false;
    const ends = (messages: readonly Message[]): number =>
      messages.filter((each) => each.seq < seq && each.lane === lane && each.method === "turn/completed").length;
    const heard = this.#counts.get(`turn/completed ${this.#names.of(lane)}`) ?? 0;
    return heard > ends(this.#process.messages);
  }
}

/** What a client waits for before it interrupts, steers or is killed. */
function isSign(method: string): boolean {
  return method.startsWith("item/") || method === "turn/started";
}

function keysOf(method: string, body: unknown, kind: Message["kind"]): string[] {
  return kind === "answer" ? [] : [`${method} ${threadOf(body)}`, `${method} ${threadOf(body)} ${itemType(body)}`];
}

/** The thread that an answer is the first to name. */
function makes({ kind, body }: Message): string | undefined {
  const { thread } = (body ?? {}) as { thread?: { id?: unknown } | null };
  return kind === "answer" && typeof thread?.id === "string" ? thread.id : undefined;
}

function threadOf(body: unknown): string {
  const { threadId } = (body ?? {}) as { threadId?: unknown };
  return typeof threadId === "string" ? threadId : "";
}

function itemType(body: unknown): string {
  const { item } = (body ?? {}) as { item?: { type?: unknown } };
  return typeof item?.type === "string" ? item.type : "";
}
