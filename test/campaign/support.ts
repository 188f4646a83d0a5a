import { randomInt } from "node:crypto";
import { expect } from "vitest";
import type { Part } from "../../src/scripted-model/script.ts";
import type { AppServer } from "../../src/server/app-server.ts";
import { settlesWithin } from "../../src/server/child-process.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { projectTurn } from "../../src/transcript/project.ts";
import type { openTestHost } from "../harness/fixture.ts";
import { type Dice, seededDice } from "../support/dice.ts";
import { runningBelow } from "../support/processes.ts";

export type Campaign = Awaited<ReturnType<typeof openTestHost>>;

/** Everything that was started is gone. */
export function expectNothingLeft(): void {
  expect(runningBelow(process.pid)).toEqual([]);
}

/** Random numbers that come again with `CAMPAIGN_SEED`; the seed of a run is printed, so that a red run can be repeated. */
export function dice(name: string): Dice {
  const seed = Number(process.env.CAMPAIGN_SEED ?? randomInt(2 ** 31));
  console.log(`${name}: CAMPAIGN_SEED=${seed}`);
  return seededDice(seed);
}

/**
 * Runs `work` on all cases, `width` at a time. All of them run, so that a report shows whether one failed or all did.
 * @throws with the first failures, each with its case
 */
export async function forAll<T>(cases: readonly T[], width: number, work: (each: T, lane: number) => Promise<void>) {
  const queue = [...cases];
  const failures: string[] = [];
  const lane = async (_: unknown, index: number): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const each = next;
      await inTime(work(each, index)).catch((thrown: unknown) => {
        failures.push(`${JSON.stringify(each)}: ${explain(thrown)}`);
      });
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length === 0) return;
  throw new Error(`${failures.length} of ${cases.length} failed:\n\n${failures.slice(0, 5).join("\n\n")}`);
}

/** No case takes this long by itself: a turn that is stuck is named instead of ending the whole test. */
const caseMs = 30_000;

async function inTime(work: Promise<void>): Promise<void> {
  if (!(await settlesWithin(work, caseMs))) throw new Error(`did not end within ${caseMs} ms`);
}

/** An assertion's message without its values says little once it is one of many. */
function explain(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { actual, expected } = thrown as { actual?: unknown; expected?: unknown };
  const line = /test\/campaign\/\w+\.test\.ts:\d+/.exec(thrown.stack ?? "")?.[0] ?? "";
  if (actual === undefined && expected === undefined) return `${thrown.message} ${line}`;
  return `${thrown.message} ${line}\n  found    ${JSON.stringify(actual)}\n  expected ${JSON.stringify(expected)}`;
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A tool-heavy turn of about 0.7 s: five model requests, with words before, between and after. `name` is a file's. */
export function toolHeavy(step: number, name: string): Part[] {
  const steps: Part[][] = [
    [
      { say: `Looking into ${name} first.`, phase: "commentary", chunkChars: 4, delayMs: 8 },
      { shell: `echo one-${name}` },
    ],
    [{ think: `**Thinking** about ${name}` }, { shell: `sleep 0.1; echo two-${name}` }],
    [{ waitMs: 40 }, { shell: `echo three-${name}; exit 3` }],
    [{ waitMs: 30 }, { patch: `*** Begin Patch\n*** Add File: ${name}.txt\n+content\n*** End Patch` }],
    [{ say: `Everything about ${name} is done now.`, phase: "final_answer", chunkChars: 4, delayMs: 8 }],
  ];
  return steps[step] ?? [];
}

export function doubledIds(entries: readonly TranscriptEntry[]): string[] {
  const seen = new Set<string>();
  return entries.map(({ id }) => id).filter((id) => seen.has(id) || !seen.add(id));
}

/**
 * What the server itself has on file of a turn, asked through a server of its own, and what of that is not in the
 * transcript: missing, or there with less text, another status or without its output.
 */
export async function lostOf(server: AppServer, own: readonly TranscriptEntry[], threadId: string, turnId: string) {
  const { data } = await server.call("thread/turns/list", { threadId, limit: 8, itemsView: "full" });
  const turn = data.find(({ id }) => id === turnId);
  // A server that was killed may not even have written down that the turn began.
  const recorded = turn ? projectTurn(threadId, turn) : [];
  return recorded.filter((entry) => !own.some((mine) => holds(mine, entry)));
}

function holds(mine: TranscriptEntry, recorded: TranscriptEntry): boolean {
  return (
    mine.id === recorded.id &&
    mine.text === recorded.text &&
    mine.tool?.status === recorded.tool?.status &&
    mine.tool?.output === recorded.tool?.output
  );
}

/** A transcript in a few words, for comparing and for reading in a report. */
export function brief(entries: readonly TranscriptEntry[]): string[] {
  return entries.map(({ kind, text, tool, incomplete }) => {
    const what = tool ? `${tool.name} ${tool.status}` : (text ?? "");
    return `${kind}: ${what}${incomplete ? " (incomplete)" : ""}`;
  });
}
