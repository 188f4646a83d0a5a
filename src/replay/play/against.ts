import type { Readable, Writable } from "node:stream";
import type { ErrorCode } from "../../error-codes.ts";
import { BridgeError, toBridgeError } from "../../errors.ts";
import { connectWire, type WireConnection } from "../../wire/connection.ts";
import { RpcError } from "../../wire/errors.ts";
import type { HostEvent, ProcessEvent, RecordedLine } from "../format/format.ts";
import { lineName, type Message, processesOf, type RecordedProcess } from "./lanes.ts";
import { Heard, type Patience } from "./replay-heard.ts";
import { Names } from "./replay-ids.ts";

/** A started server, from its client's side. */
export interface Link {
  readonly readable: Readable;
  readonly writable: Writable;
  /** Closes its input and waits until it is gone; @returns how it went */
  stop(): Promise<{ code: number | null; signal: string | null }>;
  kill(): void;
}

export interface AgainstOptions {
  readonly lines: readonly RecordedLine[];
  /** Starts the server that takes the place of a recorded process. */
  start(process: RecordedProcess): Link | Promise<Link>;
  readonly patience?: Patience;
  /** Recorded folders and what takes their place. */
  readonly folders?: Readonly<Record<string, string>>;
}

export interface PlayedAgain {
  /** What went over the wire this time, as a recording. */
  readonly lines: readonly RecordedLine[];
  /** What did not go as recorded, each naming its line. */
  readonly problems: readonly BridgeError[];
}

/** Plays the client of a recording: says what it said, when it has heard what it had heard, and writes down all of it. */
export async function playClient(options: AgainstOptions): Promise<PlayedAgain> {
  const play = new Play(options);
  await play.run();
  return { lines: play.lines, problems: play.problems };
}

interface Running {
  readonly process: RecordedProcess;
  readonly link: Link;
  readonly wire: WireConnection;
  readonly heard: Heard;
  readonly bySeq: ReadonlyMap<number, Message>;
}

class Play {
  readonly lines: RecordedLine[] = [];
  readonly problems: BridgeError[] = [];
  readonly #options: AgainstOptions;
  readonly #patience: Patience;
  readonly #names: Names;
  readonly #running = new Map<number, Running>();
  readonly #startedAt = performance.now();

  constructor(options: AgainstOptions) {
    this.#options = options;
    this.#patience = options.patience ?? { mode: "exact", timeoutMs: 10_000 };
    this.#names = new Names(options.folders);
  }

  async run(): Promise<void> {
    const processes = new Map(processesOf(this.#options.lines).map((process) => [process.server, process]));
    try {
      for (const line of this.#options.lines) {
        const server = line.server ?? 0;
        if (line.dir === "host") await this.#host(line.message as HostEvent, line.seq);
        else if (line.dir === "proc")
          await this.#process(line.message as ProcessEvent, processes.get(server)!, line.seq);
        else if (line.dir === "c2s") await this.#say(this.#running.get(server)!, line.seq);
      }
    } finally {
      for (const { link, wire } of this.#running.values()) {
        wire.close(new BridgeError("wire_closed", "The recording ends here."));
        await link.stop();
      }
    }
  }

  async #host(event: HostEvent, seq: number): Promise<void> {
    const exact = this.#patience.mode === "exact";
    // To a real server nothing happens at the recorded moment; what the host did then shows in what the client says.
    if (!exact && (event.event === "abort" || event.event === "steer" || event.event === "release")) return;
    // Only then it is known what the turn is called here.
    if (exact || event.event === "result") for (const running of this.#running.values()) await this.#wait(running, seq);
    this.#add("host", 0, this.#names.translate(event));
  }

  /** Waits for everything a process had said by then, in all its threads. */
  async #wait({ heard, wire, process }: Running, seq: number): Promise<void> {
    for (const lane of new Set(process.messages.map((each) => each.lane))) {
      const left = heard.before({ seq, lane, kind: "notification" }, this.#patience.timeoutMs);
      await Promise.race([left, wire.closed]);
    }
  }

  async #process(event: ProcessEvent, process: RecordedProcess, seq: number): Promise<void> {
    if (event.event === "spawn") {
      this.#add("proc", process.server, event);
      this.#running.set(process.server, await this.#start(process));
      return;
    }
    const running = this.#running.get(process.server);
    if (!running) return;
    if (this.#patience.mode === "exact" || event.event === "exit") await this.#wait(running, seq);
    if (event.event === "eof") {
      this.#add("proc", process.server, event);
      return;
    }
    this.#running.delete(process.server);
    if (!process.exit?.wanted) running.link.kill();
    const { code, signal } = await running.link.stop();
    await running.wire.closed;
    this.#add("proc", process.server, { event: "exit", code, signal, stderr: "" });
  }

  async #start(process: RecordedProcess): Promise<Running> {
    const link = await this.#options.start(process);
    const heard = new Heard(process, this.#names, this.#patience.mode);
    const { server } = process;
    const wire = connectWire({
      readable: link.readable,
      writable: link.writable,
      requestTimeoutMs: this.#patience.timeoutMs,
      onNotification: ({ method, params }) => void heard.note({ kind: "notification", method, body: params }),
      onRequest: (incoming) => {
        const { method, params } = incoming;
        if (heard.note({ kind: "request", method, body: params, incoming })) return;
        this.#problem("replay_unexpected", `The server asked for ${method}, which is not in the recording.`);
        incoming.reject({ code: -32601, message: "not in the recording" });
      },
      tap: (direction, line) => this.#add(direction === "in" ? "s2c" : "c2s", server, parsed(line)),
    });
    const bySeq = new Map(process.messages.map((message) => [message.seq, message]));
    return { process, link, wire, heard, bySeq };
  }

  async #say({ heard, wire, bySeq }: Running, seq: number): Promise<void> {
    const message = bySeq.get(seq);
    if (!message) return;
    if (wire.isClosed) {
      this.#problem("replay_gone", `${lineName(seq)}: ${message.method} has nobody to go to; the server is gone.`, seq);
      return;
    }
    const left = heard.before(message, this.#patience.timeoutMs);
    const missing = await Promise.race([left, wire.closed.then(() => undefined)]);
    if (missing) {
      const what = `${lineName(seq)}: ${message.method} waits for ${missing.method} of ${lineName(missing.seq)}, which did not come.`;
      this.#problem("replay_missing", what, seq);
      if (message.kind === "answer") return;
    }
    const body = this.#names.translate(message.body);
    if (message.kind === "notification") wire.notify(message.method, body);
    else if (message.kind === "answer") {
      const request = heard.request(message);
      if (message.refused) request?.reject(body as { code: number; message: string });
      else request?.respond(body);
    } else void this.#ask(wire, heard, message, body);
  }

  async #ask(wire: WireConnection, heard: Heard, message: Message, params: unknown): Promise<void> {
    const said = { kind: "answer", method: message.method, asked: message } as const;
    const answered = await wire.request(message.method, params).then(
      (body) => ({ body, refused: false }),
      (thrown: unknown) => ({ thrown: toBridgeError(thrown), refused: true }),
    );
    if ("thrown" in answered && !(answered.thrown instanceof RpcError)) return;
    const recorded = this.#answerTo(message);
    if (recorded && recorded.refused !== answered.refused) {
      const how = answered.refused ? "refused, and was not" : "granted, and was refused";
      this.#problem(
        "replay_answer",
        `${lineName(message.seq)}: ${message.method} is ${how} in the recording.`,
        message.seq,
      );
    }
    heard.note({ ...said, body: "body" in answered ? answered.body : undefined });
  }

  #answerTo(request: Message): Message | undefined {
    for (const { process } of this.#running.values()) {
      const found = process.messages.find((each) => each.kind === "answer" && each.request === request);
      if (found) return found;
    }
    return undefined;
  }

  #problem(code: ErrorCode, message: string, seq?: number): void {
    const facts = seq === undefined ? {} : { line: seq + 1 };
    this.problems.push(new BridgeError(code, message, { facts, remedy: "Compare the two with `codex-bridge drift`." }));
  }

  #add(dir: RecordedLine["dir"], server: number, message: unknown): void {
    const tUs = Math.round((performance.now() - this.#startedAt) * 1000);
    this.lines.push({ seq: this.lines.length, tUs, dir, ...(server > 0 ? { server } : {}), message });
  }
}

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  return { $noise: line };
}
