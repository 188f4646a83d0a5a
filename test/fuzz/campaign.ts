import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import "../support/same-cases.ts";

/** One case that failed once: fast-check makes it again from these. */
interface Seed {
  readonly seed: number;
  readonly path: string;
}

const file = path.resolve(import.meta.dirname, "seeds.json");
const kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, Seed[]>;

/** How many cases of each property; a long campaign is `FUZZ_RUNS=100000 vitest run test/fuzz`. */
const runs = Number(process.env.FUZZ_RUNS ?? 100);
/** A loaded machine does fewer of them, not the same in more time. */
const limitMs = Number(process.env.FUZZ_MS ?? (process.env.FUZZ_RUNS ? 3_600_000 : 4_000));

/**
 * What must hold for every case. Those that failed before come first (`seeds.json`); with FUZZ_KEEP=1 a new failure is
 * added to them.
 * @param name stays the same for good: seeds are kept under it
 */
export async function fuzz<Ts>(name: string, property: fc.IAsyncProperty<Ts>): Promise<void> {
  for (const { seed, path: at } of kept[name] ?? []) {
    await fc.assert(property, { seed, path: at, endOnFailure: true, numRuns: 1 });
  }
  const found = await fc.check(property, { numRuns: runs, interruptAfterTimeLimit: limitMs });
  if (!found.failed || (found.interrupted && found.counterexample === null)) return;
  const { seed, counterexamplePath } = found;
  if (process.env.FUZZ_KEEP === "1" && counterexamplePath !== null) keep(name, { seed, path: counterexamplePath });
  const report = (await fc.asyncDefaultReportMessage(found)) ?? "";
  throw new Error(`${name}: seed ${seed}, path ${counterexamplePath}\n${report.slice(0, 2000)}`, {
    cause: found.errorInstance,
  });
}

function keep(name: string, seed: Seed): void {
  const now = JSON.parse(readFileSync(file, "utf8")) as Record<string, Seed[]>;
  writeFileSync(file, `${JSON.stringify({ ...now, [name]: [...(now[name] ?? []), seed] }, null, 2)}\n`);
}

/** Any JSON, also with the keys that objects have by themselves and with texts that are not well-formed. */
export const anyJson: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.json({ maxDepth: 4 }),
    fc.json({ stringUnit: "binary", maxDepth: 3 }),
    fc.constantFrom(
      "null",
      "[]",
      "{}",
      '{"__proto__":{"a":1}}',
      '{"constructor":{"prototype":{"a":1}}}',
      "1e999",
      '"\\ud800"',
    ),
    // Deeper than anybody walks (200), and not deeper than fast-check prints.
    fc.integer({ min: 50, max: 400 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
  )
  .map((text) => JSON.parse(text) as unknown);

/** A change at one place of a value: where, counted over all its places, and what comes there. */
export interface Change {
  readonly at: number;
  readonly how: "replace" | "remove" | "rename" | "repeat";
  readonly by: unknown;
}
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    at: fc.nat(400),
    how: fc.constantFrom("replace", "replace", "remove", "rename", "repeat"),
    by: fc.oneof(
      anyJson,
      fc.constantFrom<unknown>(null, "", 0, -1, 1e21, true, [], {}, "turn", "__proto__", "x".repeat(5000)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

/** A copy of a JSON value with changes at some of its places. */
export function changed<T>(value: T, all: readonly Change[]): T {
  const copy = JSON.parse(JSON.stringify(value)) as T;
  for (const change of all) {
    const places = placesIn(copy);
    const place = places[change.at % Math.max(1, places.length)];
    if (place) apply(place.holder, place.key, change);
  }
  return copy;
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  const places: Place[] = [];
  const todo: unknown[] = [value];
  for (let each = todo.pop(); each !== undefined && places.length < 400; each = todo.pop()) {
    if (each === null || typeof each !== "object") continue;
    for (const [key, inner] of Object.entries(each)) {
      places.push({ holder: each as Record<string, unknown>, key });
      if (inner !== null && inner !== undefined) todo.push(inner);
    }
  }
  return places;
}

function apply(holder: Record<string, unknown>, key: string, { how, by }: Change): void {
  const before = holder[key];
  const set = (name: string, value: unknown): void =>
    void Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
  if (how === "replace") set(key, by);
  else if (how === "repeat") set(key, [before, before]);
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else {
    delete holder[key];
    if (how === "rename") set(typeof by === "string" ? by : `${key}_`, before);
  }
}
