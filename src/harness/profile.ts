import { meter } from "../server/meter.ts";
import type { TranscriptSink } from "../transcript/entry.ts";
import { changedAttempt } from "./changed-attempt.ts";
import type { Attempt, AttemptObserver, AttemptPhase, AttemptResult } from "./types.ts";

/** Where the time of one attempt went. Everything in milliseconds. */
export interface AttemptProfile {
  /** It began with the start of a server. */
  readonly cold: boolean;
  readonly totalMs: number;
  /** User and system time of this whole process meanwhile, other turns included. */
  readonly cpuMs: number;
  /** What followed on what; the sum is `totalMs`. A phase that was not reached is left out. */
  readonly phases: readonly ProfilePhase[];
  /** Every request, in the order in which they were answered. They are part of the phases. */
  readonly calls: readonly { readonly method: string; readonly atMs: number; readonly ms: number }[];
  /** Work that is spread over the phases: events worked into the turn's state, callbacks of the host, its transcript. */
  readonly projection: Spread;
  readonly delivery: Spread;
  readonly transcript: Spread;
}

export interface ProfilePhase {
  readonly name: (typeof phaseNames)[number];
  readonly ms: number;
}

interface Spread {
  readonly ms: number;
  readonly count: number;
}

/** Waiting for the session's turn; the server; the thread; `turn/start`; Codex and its model; writing and the result. */
const phaseNames = ["session", "server", "thread", "accepted", "first word", "answer", "result"] as const;
const endOf: Readonly<Partial<Record<AttemptPhase, (typeof phaseNames)[number]>>> = {
  server_ready: "server",
  thread_ready: "thread",
  turn_accepted: "accepted",
  first_token: "first word",
  settled: "answer",
};

class Sum {
  ms = 0;
  count = 0;

  /** Adds what this takes, also when it is a promise. */
  over<T>(work: () => T): T {
    const fromMs = performance.now();
    const add = (): void => {
      this.ms += performance.now() - fromMs;
      this.count += 1;
    };
    const done = work();
    if (typeof (done as { then?: unknown } | undefined)?.then === "function") {
      return Promise.resolve(done).finally(add) as T;
    }
    add();
    return done;
  }

  get spread(): Spread {
    return { ms: this.ms, count: this.count };
  }
}

/**
 * Runs an attempt and measures it, from the outside: by what its observer and its transcript are told, and by a meter that
 * goes along. An attempt that throws has no profile.
 */
export async function profiled(
  attempt: Attempt,
  run: (attempt: Attempt) => Promise<AttemptResult>,
): Promise<{ readonly result: AttemptResult; readonly profile: AttemptProfile }> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const [projection, delivery, transcript] = [new Sum(), new Sum(), new Sum()];
  const calls: { method: string; atMs: number; ms: number }[] = [];
  const marks: { name: (typeof phaseNames)[number]; atMs: number }[] = [];
  const onPhase = ({ phase, atMs }: { phase: AttemptPhase; atMs: number }): void => {
    const now = performance.now() - startedAt;
    // Its own time begins when the session is free.
    if (marks.length === 0) marks.push({ name: "session", atMs: Math.max(0, now - atMs) });
    const name = endOf[phase];
    // Of an attempt that was begun twice the last one counts.
    if (name !== undefined) marks.splice(indexFrom(marks, name), marks.length, { name, atMs: now });
  };
  const watched = changedAttempt(attempt, {
    observer: timedObserver(attempt.observer ?? {}, delivery, onPhase),
    transcript: timedSink(attempt.transcript, transcript),
  });
  const told = {
    call: (method: string, fromMs: number, ms: number) => void calls.push({ method, atMs: fromMs - startedAt, ms }),
    reduced: (ms: number) => {
      projection.ms += ms;
      projection.count += 1;
    },
  };
  const result = await meter.run(told, () => run(watched));
  const totalMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  marks.push({ name: "result", atMs: totalMs });
  return {
    result,
    profile: {
      cold: result.phases.spawnMs !== undefined,
      totalMs,
      cpuMs: (user + system) / 1000,
      phases: marks.map(({ name, atMs }, index) => ({ name, ms: atMs - (marks[index - 1]?.atMs ?? 0) })),
      calls,
      projection: projection.spread,
      delivery: delivery.spread,
      transcript: transcript.spread,
    },
  };
}

function indexFrom(marks: readonly { name: string }[], name: string): number {
  const found = marks.findIndex((mark) => mark.name === name);
  return found < 0 ? marks.length : found;
}

/** The host's observer as it is, with every call counted, and the phases told as well. */
function timedObserver(
  observer: AttemptObserver,
  delivery: Sum,
  onPhase: NonNullable<AttemptObserver["onPhase"]>,
): AttemptObserver {
  return new Proxy(observer, {
    get(target, name) {
      const callback: unknown = Reflect.get(target, name);
      if (name === "onPhase") {
        return (phase: Parameters<typeof onPhase>[0]) => {
          void onPhase(phase);
          return typeof callback === "function" ? delivery.over(() => callback.call(target, phase)) : undefined;
        };
      }
      if (typeof callback !== "function") return callback;
      return (...given: unknown[]) => delivery.over(() => callback.apply(target, given));
    },
  });
}

function timedSink(sink: TranscriptSink, transcript: Sum): TranscriptSink {
  return { append: (entries) => transcript.over(() => sink.append(entries)) };
}

/** For people: one line for each phase, then what is spread over them. */
export function profileText(
  { cold, totalMs, cpuMs, ...profile }: AttemptProfile,
  before: readonly Lead[] = [],
  after: readonly Lead[] = [],
): string {
  const line = (name: string, ms: number, about = ""): string =>
    `  ${name.padEnd(18)}${ms.toFixed(1).padStart(9)} ms${about && `   ${about}`}`;
  const { phases, calls, projection, delivery, transcript } = profile;
  const asked = calls.map(({ method, ms }) => `${method} ${ms.toFixed(1)} ms`);
  return [
    `${cold ? "cold" : "warm"} turn: ${totalMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU in this process`,
    ...before.map(({ name, ms }) => line(name, ms)),
    ...phases.map(({ name, ms }) => line(name, ms, meaning[name])),
    ...after.map(({ name, ms }) => line(name, ms)),
    `  requests: ${asked.join(", ") || "none"}`,
    line("projection", projection.ms, `${projection.count} events`),
    line("delivery", delivery.ms, `${delivery.count} calls of the host`),
    line("transcript", transcript.ms, `${transcript.count} writes`),
  ].join("\n");
}

/** What came before the attempt, or after it. */
export interface Lead {
  readonly name: string;
  readonly ms: number;
}

const meaning: Readonly<Record<ProfilePhase["name"], string>> = {
  session: "queue, lease, what is known of the session, loading what a turn needs",
  server: "spawn and handshake, when there is none",
  thread: "started or resumed, where needed",
  accepted: "turn/start",
  "first word": "Codex and its model",
  answer: "Codex and its model",
  result: "what is left to write, and the result",
};
