import { requestKind } from "../../protocol/server-requests.ts";
import type { RecordedLine } from "../format/format.ts";
import { BarBook, type DraftBar } from "./bar-book.ts";
import { answerLabel, endState, hostLabel, itemLabel, laneOfItem } from "./bar-labels.ts";
import { brief, numberOf, partOf, textOf, threadOf } from "./message-parts.ts";
import { ModelCalls } from "./model-calls.ts";
import type { TraceLane } from "./trace-model.ts";

export interface Bars {
  readonly bars: DraftBar[];
  /** For each line, by `seq`: index of the bar it belongs to. */
  readonly barOf: readonly number[];
  /** `seq` of the lines that are pieces of a stream. */
  readonly streamed: readonly number[];
}

/**
 * Sorts every line of a recording into bars. Nothing is refused: a recording somebody has to look at may well be one
 * that makes no sense.
 */
export function barsOf(lines: readonly RecordedLine[]): Bars {
  const walk = new Walk();
  for (const line of lines) walk.line(line);
  walk.book.abandon(lines.at(-1)?.tUs ?? 0);
  return { bars: walk.book.bars, barOf: walk.book.barOf, streamed: walk.streamed };
}

const personLane: Readonly<Record<string, TraceLane>> = { person: "approvals", tool: "tools", bridge: "bridge" };
const warnings = new Set(["configWarning", "warning", "deprecationNotice", "model/rerouted"]);

class Walk {
  readonly book = new BarBook();
  readonly streamed: number[] = [];
  readonly #calls = new ModelCalls(this.book);

  line(line: RecordedLine): void {
    const { dir, message } = line;
    if (dir === "host") this.#host(line);
    else if (dir === "proc") this.#process(line);
    else if (textOf(message, "$noise") !== undefined) {
      this.book.mark(line, { lane: "app-server", kind: "mark", label: "no message", state: "failed" });
    } else if (textOf(message, "method") === undefined) this.#answer(line);
    else if (partOf(message, "id") !== undefined) this.#request(line);
    else this.#notification(line);
  }

  #host(line: RecordedLine): void {
    const { message } = line;
    const event = textOf(message, "event");
    const key = `attempt ${textOf(message, "session")}`;
    const label = hostLabel(message);
    if (event === "attempt") this.book.begin(key, line, { lane: "host", kind: "attempt", label });
    else if (event === "result") {
      const outcome = textOf(message, "outcome", "kind") ?? "result";
      const bar = this.book.end(key, line, endState(outcome));
      if (bar) Object.assign(bar, { label: `${bar.label} → ${outcome}` }, threaded(threadOf(message)));
      else this.#mark(line, "host", `result: ${outcome}`, endState(outcome) === "failed");
    } else this.#mark(line, "host", label, event === "entry" && textOf(message, "kind") === "error");
  }

  #process(line: RecordedLine): void {
    const { message, server = 0, tUs } = line;
    const key = `process ${server}`;
    const event = textOf(message, "event");
    if (event === "spawn") {
      const version = textOf(message, "version");
      const label = `codex app-server${version ? ` ${version}` : ""}`;
      this.book.begin(key, line, { lane: "app-server", kind: "process", label });
    } else if (event === "exit") {
      const how = textOf(message, "signal") ?? numberOf(message, "code") ?? "?";
      const bar = this.book.end(key, line, how === 0 ? "done" : "failed");
      if (bar) bar.label += ` → exit ${how}`;
      else this.#mark(line, "app-server", `exit ${how}`, how !== 0);
      this.book.abandon(tUs, (name) => name.startsWith(`${server} `));
    } else if (!this.book.touch(key, line)) this.#mark(line, "app-server", event ?? "process");
  }

  #request(line: RecordedLine): void {
    const { message, dir } = line;
    const method = textOf(message, "method")!;
    const kind = dir === "c2s" ? "bridge" : requestKind(method);
    const lane = personLane[kind]!;
    const tool = textOf(message, "params", "tool") ?? textOf(message, "params", "command");
    this.book.begin(requestKey(line, dir === "c2s" ? "c2s" : "s2c"), line, {
      lane,
      kind: lane === "tools" ? "tool" : lane === "approvals" ? "approval" : "request",
      label: tool === undefined ? method : `${method}: ${brief(tool)}`,
      ...threaded(threadOf(message)),
    });
  }

  #answer(line: RecordedLine): void {
    const { message, dir } = line;
    const failed = partOf(message, "error") !== undefined || partOf(message, "result", "success") === false;
    const bar = this.book.end(requestKey(line, dir === "c2s" ? "s2c" : "c2s"), line, failed ? "failed" : "done");
    const said = answerLabel(message);
    if (!bar) this.#mark(line, "bridge", `an answer to nothing${said ? `: ${said}` : ""}`, true);
    else if (said) bar.label += ` → ${said}`;
    const thread = threadOf(message);
    if (bar && thread !== undefined) bar.thread ??= thread;
  }

  #notification(line: RecordedLine): void {
    const { message, dir, server = 0 } = line;
    const method = textOf(message, "method")!;
    const thread = threadOf(message);
    const scope = `${server} ${thread}`;
    const item = partOf(message, "params", "item");
    const itemId = textOf(item, "id") ?? textOf(message, "params", "itemId");
    const turnId = textOf(message, "params", "turn", "id");
    const calls = () => dir === "s2c" && thread !== undefined && this.#calls.note(line, thread, method);
    if (method === "item/started" && itemId !== undefined) this.#item(line, `${scope} item ${itemId}`, item);
    else if (method === "item/completed" && itemId !== undefined) this.#itemEnd(line, `${scope} item ${itemId}`, item);
    else if (method === "turn/started" && turnId !== undefined) {
      const bar = { lane: "app-server", kind: "turn", label: "turn", ...threaded(thread) } as const;
      this.book.begin(`${scope} turn ${turnId}`, line, bar);
    } else if (method === "turn/completed") this.#turnEnd(line, `${scope} turn ${turnId}`);
    else if (itemId !== undefined && this.book.touch(`${scope} item ${itemId}`, line)) this.streamed.push(line.seq);
    else {
      const state = method === "error" ? "failed" : warnings.has(method) ? "warned" : "done";
      const lane = dir === "c2s" ? "bridge" : "app-server";
      this.book.mark(line, { lane, kind: "mark", label: method, state, ...threaded(thread) });
    }
    calls();
  }

  #item(line: RecordedLine, key: string, item: unknown): void {
    const lane = laneOfItem(textOf(item, "type") ?? "");
    this.book.begin(key, line, { lane, kind: "item", label: itemLabel(item), ...threaded(threadOf(line.message)) });
  }

  /** The finished item knows best what it was. */
  #itemEnd(line: RecordedLine, key: string, item: unknown): void {
    if (!this.book.find(key)) this.#item(line, key, item);
    const bar = this.book.end(key, line, endState(textOf(item, "status")));
    if (bar) bar.label = itemLabel(item);
  }

  #turnEnd(line: RecordedLine, key: string): void {
    const status = textOf(line.message, "params", "turn", "status");
    const bar = this.book.end(key, line, endState(status));
    if (bar) bar.label = `turn → ${status ?? "completed"}`;
    else this.#mark(line, "app-server", `turn/completed: ${status}`, endState(status) === "failed");
  }

  #mark(line: RecordedLine, lane: TraceLane, label: string, failed = false): void {
    const state = failed ? "failed" : "done";
    this.book.mark(line, { lane, kind: "mark", label, state, ...threaded(threadOf(line.message)) });
  }
}

function requestKey({ server = 0, message }: RecordedLine, asked: "c2s" | "s2c"): string {
  return `${server} ${asked} ${JSON.stringify(partOf(message, "id"))}`;
}

/** Nothing is said about the thread of what has none. */
function threaded(thread: string | undefined): { thread?: string } {
  return thread === undefined ? {} : { thread };
}
