import { BridgeError } from "../../errors.ts";
import { decodeNotification, type ServerEvent } from "../../protocol/events.ts";
import { requestKind } from "../../protocol/server-requests.ts";
import type { HostEvent, ProcessEvent, RecordedLine } from "../format/format.ts";
import { type Message, processesOf, type RecordedProcess } from "./lanes.ts";
import { RecordedHost } from "./replay-host.ts";
import { Reading, refusal } from "./replay-reading.ts";
import { ReplayTurn } from "./replay-turn.ts";

/** A recording as the reducer sees it. */
export interface ReducedRecording {
  readonly processes: readonly RecordedProcess[];
  readonly turns: readonly ReplayTurn[];
  readonly host: RecordedHost;
  /** Turns whose end nobody saw, and what Codex was later found to have of them. */
  readonly caughtUp: readonly { readonly turn: ReplayTurn; readonly event: ReadEvent; readonly seq: number }[];
  /** Threads that are kept nowhere: what is asked aside in them stands in no transcript. */
  readonly ephemeral: ReadonlySet<string>;
}

export type ReadEvent = Extract<Parameters<ReplayTurn["dispatch"]>[0], { type: "read" }>;

const begins = new Set(["turn/start", "thread/compact/start"]);
const opens = new Set(["thread/start", "thread/fork"]);
const reads = new Set(["thread/read", "thread/turns/list"]);

/** Feeds a recording straight into the reducer, in the order of its lines: no process, no pipe, no waiting. */
export function throughReducer(lines: readonly RecordedLine[]): ReducedRecording {
  const walk = new Walk(lines);
  for (const line of lines) walk.line(line);
  walk.end();
  return walk;
}

class Walk implements ReducedRecording {
  readonly processes: readonly RecordedProcess[];
  readonly turns: ReplayTurn[] = [];
  readonly host: RecordedHost;
  readonly caughtUp: { turn: ReplayTurn; event: ReadEvent; seq: number }[] = [];
  readonly ephemeral = new Set<string>();
  readonly #messages = new Map<number, { message: Message; server: number }>();
  readonly #starts = new Map<Message, ReplayTurn>();
  readonly #readings = new Map<string, Reading>();
  #seq = 0;
  #tUs = 0;
  #readback = false;

  constructor(lines: readonly RecordedLine[]) {
    this.processes = processesOf(lines);
    this.host = new RecordedHost(lines);
    for (const { server, messages } of this.processes)
      for (const message of messages) this.#messages.set(message.seq, { message, server });
  }

  line({ seq, tUs, dir, message, server = 0 }: RecordedLine): void {
    this.#seq = seq;
    this.#tUs = tUs;
    for (const turn of this.turns) if (!turn.settled) turn.elapse(seq, tUs);
    if (dir === "host") this.#host(message as HostEvent);
    else if (dir === "proc") this.#process(message as ProcessEvent, server);
    else {
      const known = this.#messages.get(seq);
      if (known && !this.#readback) this.#message(known.message, server);
    }
  }

  end(): void {
    const error = new BridgeError("wire_closed", "The recording ends here.");
    for (const turn of this.turns) turn.runOut(this.#seq, this.#tUs, error);
  }

  #dispatch(turn: ReplayTurn, event: Parameters<ReplayTurn["dispatch"]>[0]): void {
    turn.dispatch(event, this.#seq, this.#tUs);
  }

  #host(event: HostEvent): void {
    if (event.event === "readback") this.#readback = true;
    if (event.event === "result") this.#lost(event);
    if (event.event !== "abort" && event.event !== "release" && event.event !== "steer") return;
    for (const turn of this.turns) {
      if (turn.settled || this.host.sessionOf(turn.state.threadId) !== event.session) continue;
      if (event.event === "abort") this.#dispatch(turn, { type: "abort" });
      else if (event.event === "steer")
        this.#dispatch(turn, { type: "steer", message: { id: event.id, text: event.text } });
      else this.#dispatch(turn, { type: "release", reason: event.reason ?? "" });
    }
  }

  /** A recording of one turn ends with its result, which comes before the end of a process that died is noted. */
  #lost({ threadId, turnId, outcome }: Extract<HostEvent, { event: "result" }>): void {
    if ((outcome as { kind?: unknown } | null)?.kind !== "server_exit") return;
    const turn = this.turns.find(({ state, settled }) => !settled && state.threadId === threadId);
    if (!turn) return;
    const gone = new BridgeError("server_exited", "The Codex app-server ended.");
    this.#dispatch(turn, { type: "server.gone", error: this.host.errorOf(turnId, gone) });
  }

  #process(event: ProcessEvent, server: number): void {
    if (event.event !== "exit") return;
    const how = event.signal ? `by ${event.signal}` : `with code ${event.code ?? "unknown"}`;
    const gone = new BridgeError("server_exited", `The Codex app-server ended ${how}.`);
    for (const turn of this.turns) {
      if (turn.settled || turn.server !== server) continue;
      const error = this.host.errorOf(turn.state.turnId ?? begunTurn(turn), gone);
      this.#dispatch(turn, { type: "server.gone", error });
    }
  }

  #message(message: Message, server: number): void {
    if (message.from === "client") this.#fromClient(message, server);
    else if (message.kind === "answer") this.#answered(message, server);
    else if (message.kind === "request") {
      const kind = requestKind(message.method);
      for (const turn of this.#of(message, server))
        this.#dispatch(turn, { type: "request.opened", id: message.id!, kind });
    } else this.#notified(message, server);
  }

  #fromClient(message: Message, server: number): void {
    const { method, kind, lane } = message;
    if (kind === "answer") {
      for (const turn of this.#of(message, server)) this.#dispatch(turn, { type: "request.closed", id: message.id! });
      return;
    }
    if (begins.has(method)) {
      const turn = new ReplayTurn({ threadId: lane, server, seq: this.#seq, compaction: method !== "turn/start" });
      this.turns.push(turn);
      this.#starts.set(message, turn);
      return;
    }
    const turn = this.#running(lane, server);
    if (!turn) return;
    if (method === "thread/read") turn.question(this.#seq, this.#tUs);
    if (method === "turn/interrupt" && !turn.state.stop) this.#interrupted(turn);
    if (method === "turn/steer") this.#steered(turn, message);
  }

  /** Without a word of the host the request itself shows that somebody wanted the turn to end. */
  #interrupted(turn: ReplayTurn): void {
    const { turnId, release } = turn.state;
    const clock = this.host.resultOf(turnId)?.clock;
    if (release) this.#dispatch(turn, { type: "clock", clock: "release_grace" });
    else if (clock === "run_budget" || clock === "compaction") {
      const error = this.host.errorOf(
        turnId,
        new BridgeError("turn_timeout", "The turn did not end within its budget."),
      );
      this.#dispatch(turn, { type: "clock", clock, error });
    } else this.#dispatch(turn, { type: "abort" });
  }

  #steered(turn: ReplayTurn, { body }: Message): void {
    const { clientUserMessageId: id, input } = body as { clientUserMessageId: string; input: { text: string }[] };
    this.#dispatch(turn, { type: "steer", message: { id, text: input.map(({ text }) => text).join("\n") } });
  }

  #answered(message: Message, server: number): void {
    const { method, request, refused, body, lane } = message;
    const begun = this.#starts.get(request!);
    if (begun) {
      const turnId = (body as { turn?: { id?: string } }).turn?.id;
      if (refused) this.#dispatch(begun, { type: "start.failed", error: refusal(message) });
      else this.#dispatch(begun, { type: "start.accepted", ...(turnId === undefined ? {} : { turnId }) });
      return;
    }
    if (opens.has(method) && (request!.body as { ephemeral?: unknown }).ephemeral === true) {
      const id = (body as { thread?: { id?: string } } | undefined)?.thread?.id;
      if (id !== undefined) this.ephemeral.add(id);
      return;
    }
    if (reads.has(method)) {
      this.#wasRead(message, server);
      return;
    }
    const turn = this.#running(lane, server);
    if (!turn || method !== "turn/steer") return;
    const { clientUserMessageId: id } = request!.body as { clientUserMessageId: string };
    this.#dispatch(turn, { type: refused ? "steer.refused" : "steer.accepted", id });
  }

  #wasRead(message: Message, server: number): void {
    const { lane } = message;
    const turn = this.#running(lane, server) ?? this.turns.findLast(({ state }) => state.threadId === lane);
    if (!turn) return;
    const reading = this.#readings.get(lane) ?? new Reading();
    this.#readings.set(lane, reading);
    const event = reading.answer(message, turn.state.turnId);
    if (!event) return;
    this.#readings.delete(lane);
    if (turn.isReading) this.#dispatch(turn, event);
    else if (turn.settled && event.type === "read") this.caughtUp.push({ turn, event, seq: this.#seq });
  }

  #notified({ method, body }: Message, server: number): void {
    const event = decodeNotification(method, body);
    for (const turn of this.#hearing(event, server)) this.#dispatch(turn, event);
  }

  #hearing(event: ServerEvent, server: number): ReplayTurn[] {
    const running = this.turns.filter((turn) => !turn.settled && turn.server === server);
    if (event.type === "limits") return running;
    const threadId = "threadId" in event ? event.threadId : undefined;
    return threadId === undefined ? [] : running.filter(({ followed }) => followed.has(threadId));
  }

  /** Whom a request of the server concerns, and so the answer to it. */
  #of({ body, request }: Message, server: number): ReplayTurn[] {
    const { threadId } = ((request?.body ?? body) as { threadId?: string } | undefined) ?? {};
    const running = this.turns.filter((turn) => !turn.settled && turn.server === server);
    return threadId === undefined ? [] : running.filter(({ followed }) => followed.has(threadId));
  }

  #running(threadId: string, server: number): ReplayTurn | undefined {
    return this.turns.find((turn) => !turn.settled && turn.server === server && turn.state.threadId === threadId);
  }
}

/** A turn that never had an answer to its start may have been named by what came meanwhile. */
function begunTurn({ state }: ReplayTurn): string | undefined {
  const started = state.early.find((event) => event.type === "turn.started");
  return started?.type === "turn.started" ? started.turn.id : undefined;
}
