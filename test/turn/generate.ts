import fc from "fast-check";
import type { ServerEvent } from "../../src/protocol/events.ts";
import type { ThreadItem } from "../../src/protocol/items.ts";
import type { TurnEvent } from "../../src/turn/state.ts";
import { type Act, act, perform, scope, tools } from "./acts.ts";

/** What happens next to the client: something the server did (heard of or not), or something on the client's side. */
export type Step =
  | { readonly do: "server"; readonly at: number; readonly event: ServerEvent; readonly heard: boolean }
  | { readonly do: "client"; readonly event: TurnEvent }
  /** One of the clocks that are armed by then fires. */
  | { readonly do: "fire"; readonly nth: number };

export interface History {
  /** What the server really did, in order; `end` is the index of the turn's end. */
  readonly truth: readonly ServerEvent[];
  readonly end: number;
  /** Old servers keep only messages and reasoning, and number them. */
  readonly positional: boolean;
  /** Deadlines of ours do not fire before everything else has had its time. */
  readonly patient: boolean;
  readonly steps: readonly Step[];
  /** For how many steps the answer to the n-th question is under way; an odd one is as old as the question. */
  readonly delays: readonly number[];
  /** How the first questions fail; later ones are answered. */
  readonly faults: readonly ("none" | "refused" | "unanswered")[];
  readonly steersAccepted: readonly boolean[];
}

export interface Temper {
  /** No process death, no failing questions, no deadline before its time: then nothing may be lost. */
  readonly patient?: boolean;
  /** Events keep their order, as they do on one connection. */
  readonly ordered?: boolean;
  readonly positional?: boolean;
}

type Op = "keep" | "drop" | "twice" | "echo" | "swap";
/** `at`: in percent of the whole. */
type Extra = { readonly at: number; readonly steps: readonly Step[] };
type Start = { readonly how: "named" | "unnamed" | "failed" | "unanswered"; readonly at: number };

const none = new Error("constructed") as never;
const client = (event: TurnEvent): Step => ({ do: "client", event });
const words = fc.constantFrom("go", "stop", "ab");

/** Things that come from outside the turn, at any time. */
function extras({ patient }: Temper): fc.Arbitrary<Extra[]> {
  const person = fc.nat(3).map((id) => [client({ type: "request.opened", id, kind: id < 2 ? "person" : "tool" })]);
  const answered = fc.nat(3).map((id) => [client({ type: "request.closed", id })]);
  const steer = fc
    .tuple(fc.nat(2), words)
    .map(([id, text]) => [client({ type: "steer", message: { id: `extra${id}`, text } })]);
  const fires = fc.nat(3).map((nth): Step[] => [{ do: "fire", nth }]);
  const foreign = fc
    .tuple(fc.constantFrom("X", scope.threadId), fc.constantFrom("V", scope.turnId), fc.nat(3))
    .filter(([threadId, turnId]) => threadId === "X" || turnId === "V")
    .map(([threadId, turnId, n]) => [client(foreignEvents(threadId, turnId)[n]!)]);
  const gone = fc.constant([client({ type: "server.gone", error: none })]);
  const budget = fc.constant([client({ type: "clock", clock: "run_budget", error: none })]);
  const quiet = fc.constant([client({ type: "quiet" })]);
  const calm = [quiet, quiet, quiet, person, answered, steer, foreign, fires];
  const rough = [fc.constant([client({ type: "abort" })]), budget, gone];
  const steps = fc.oneof(...(patient ? calm : [...calm, ...calm, ...rough]));
  return fc.array(fc.record({ at: fc.nat(100), steps }), { maxLength: 6 });
}

function foreignEvents(threadId: string, turnId: string): ServerEvent[] {
  const item: ThreadItem = { type: "agentMessage", id: "m1", text: "not ours", phase: "final_answer" };
  return [
    { type: "item.started", threadId, turnId, item },
    { type: "item.completed", threadId, turnId, item },
    { type: "turn.completed", threadId, turn: { id: turnId, status: "completed", items: [item] } },
    { type: "item.delta", threadId, turnId, itemId: "m1", channel: "text", delta: "not ours" },
  ];
}

/** A plausible turn, and what a hostile world lets the client see of it. */
export function histories(temper: Temper = {}): fc.Arbitrary<History> {
  const { patient, ordered } = temper;
  // A bug is easier to read when what shrinking ends at is a world that does no harm.
  const ops: Op[] = [
    "keep",
    "keep",
    "keep",
    "keep",
    "keep",
    "drop",
    "drop",
    "twice",
    "echo",
    ...(ordered ? [] : ["swap" as const]),
  ];
  return fc
    .record({
      acts: fc.array(act, { maxLength: 6, size: "max" }),
      late: fc.array<Act>(patient ? tools : act, { maxLength: 2 }),
      status: patient
        ? fc.constant("completed")
        : fc.constantFrom("completed", "completed", "interrupted", "failed", "unheard-of"),
      repeatsLast: fc.boolean(),
      ops: fc.array(fc.constantFrom(...ops), { maxLength: 80, size: "max" }),
      cut: fc.option(fc.nat(60), { freq: 4 }),
      extras: extras(temper),
      start: fc.record({
        how: patient
          ? fc.constant("named" as const)
          : fc.constantFrom("named", "named", "named", "unnamed", "failed", "unanswered"),
        at: fc.oneof(fc.constant(0), fc.nat(12)),
      }),
      delays: fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }),
      faults: patient
        ? fc.constant([])
        : fc.array(fc.constantFrom("none" as const, "refused" as const, "unanswered" as const), { maxLength: 4 }),
      steersAccepted: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    })
    .map((world) => {
      const { truth, end, asides } = perform(world.acts, world.late, world.status, world.repeatsLast);
      const seen = distort(truth, world.ops, world.cut ?? Number.POSITIVE_INFINITY);
      const steps = mix(seen, asides, world.extras, world.start);
      const { delays, faults, steersAccepted } = world;
      const manner = { positional: temper.positional ?? false, patient: patient ?? false };
      return { truth, end, ...manner, steps, delays, faults, steersAccepted };
    });
}

/** Lets a client miss, hear twice, hear late or hear in another order what the server said. */
function distort(truth: readonly ServerEvent[], ops: readonly Op[], cut: number): Extract<Step, { do: "server" }>[] {
  const steps: Extract<Step, { do: "server" }>[] = [];
  const echoes: { due: number; step: Extract<Step, { do: "server" }> }[] = [];
  for (const [at, event] of truth.entries()) {
    const op = ops[at] ?? "keep";
    const step = { do: "server" as const, at, event, heard: op !== "drop" && at < cut };
    const last = steps.length - 1;
    if (op === "swap" && last >= 0) steps.splice(last, 0, step);
    else steps.push(step);
    if (op === "twice") steps.push(step);
    if (op === "echo") echoes.push({ due: at + 7, step });
    for (const echo of echoes) if (echo.due === at) steps.push(echo.step);
  }
  return steps;
}

/** Puts the client's own doings between the server's. `asides` belong before the server event of their index. */
function mix(
  seen: readonly Extract<Step, { do: "server" }>[],
  asides: ReadonlyMap<number, TurnEvent>,
  extra: readonly Extra[],
  start: Start,
): Step[] {
  const steps: Step[] = [];
  const told = new Set<number>();
  const startAt = Math.min(start.at, seen.length);
  for (let index = 0; index <= seen.length; index += 1) {
    if (index === startAt) steps.push(client(startEvent(start.how)));
    for (const { at, steps: more } of extra) if (Math.floor((at * seen.length) / 100) === index) steps.push(...more);
    const step = seen[index];
    if (!step) continue;
    const aside = asides.get(step.at);
    if (aside && !told.has(step.at)) steps.push(client(aside));
    told.add(step.at);
    steps.push(step);
  }
  return steps;
}

function startEvent(how: Start["how"]): TurnEvent {
  if (how === "named") return { type: "start.accepted", turnId: scope.turnId };
  if (how === "unnamed") return { type: "start.accepted" };
  return { type: "start.failed", error: none, unanswered: how === "unanswered" };
}
