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
  readonly #ends = new Map<string, number>();
  /** Signs of the turn that runs in each thread, or of the last one. */
  readonly #signs = new Map<string, Set<string>>();
  #wake = Promise.withResolvers<void>();

  constructor(process: RecordedProcess, names: Names, mode: Patience["mode"]) {
    this.#process = process;
    this.#names = names;
    this.#mode = mode;
    this.#missing = process.messages.filter(({ from }) => from === "server");
  }

  /** @returns false when it is nothing of the recording */
  note(said: Said): boolean {
    const found = this.#match(said);
    if (found) this.#missing.splice(this.#missing.indexOf(found), 1);
    if (found && said.incoming) this.#requests.set(found, said.incoming);
    if (found) this.#names.learn(found.body, said.body);
    this.#noteSign(said);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    return found !== undefined;
  }

  #match(said: Said): Message | undefined {
    const first = this.#missing.find((each) => this.#isIt(each, said));
    if (this.#mode === "exact" || said.kind !== "request") return first;
    // Of calls side by side, each is to get its own answer, in whatever order they come.
    const words = wordsOf(said.body);
    const same = (each: Message): boolean => wordsOf(this.#names.translate(each.body)) === words;
    return this.#missing.find((each) => this.#isIt(each, said) && same(each)) ?? first;
  }

  #noteSign({ kind, method, body }: Said): void {
    if (kind === "answer") return;
    const thread = threadOf(body);
    // What was a sign in one turn is none in the next.
    const signs = method === "turn/started" ? new Set<string>() : (this.#signs.get(thread) ?? new Set<string>());
    this.#signs.set(thread, signs.add(`${method} ${subjectOf(body)}`));
    if (method === "turn/completed") this.#ends.set(thread, (this.#ends.get(thread) ?? 0) + 1);
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
    return this.#names.of(threadOf(recorded.body)) === threadOf(body) && subjectOf(recorded.body) === subjectOf(body);
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
    if (!last || !due.includes(last) || last.kind !== "notification" || !isSign(last)) return undefined;
    if (isRest(last)) return last;
    const seen = this.#signs.get(this.#names.of(threadOf(last.body)));
    return seen?.has(`${last.method} ${subjectOf(last.body)}`) ? undefined : last;
  }

  /** The turn in which the client said this is over already: nothing more will come of it. */
  #isOver({ seq, lane }: Pick<Message, "seq" | "lane">): boolean {
    if (this.#mode === "exact") return false;
    const ends = (messages: readonly Message[]): number =>
      messages.filter((each) => each.seq < seq && each.lane === lane && each.method === "turn/completed").length;
    const heard = this.#ends.get(this.#names.of(lane)) ?? 0;
    return heard > ends(this.#process.messages);
  }
}

/** What a client waits for before it interrupts, steers, takes a thread up again or is killed. */
function isSign(message: Message): boolean {
  return message.method.startsWith("item/") || message.method === "turn/started" || isRest(message);
}

/** All that who left a thread still hears of its turn: that the thread rests again. */
function isRest({ method, body }: Message): boolean {
  return method === "thread/status/changed" && subjectOf(body) === "idle";
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

/** What is said, without the names that differ each time. */
function wordsOf(body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) => (/(?:^i|I)d$/.test(key) ? undefined : value)) ?? "";
}

/** Of which type the item is that is spoken of, or the status. */
function subjectOf(body: unknown): string {
  const { item, status } = (body ?? {}) as { item?: { type?: unknown }; status?: { type?: unknown } | null };
  const type = item?.type ?? status?.type;
  return typeof type === "string" ? type : "";
}
