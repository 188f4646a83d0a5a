import type { Fault, FaultReport } from "../test/faults/fault.ts";
import { faults } from "../test/faults/faults.ts";
import { runFault } from "../test/faults/run-fault.ts";
import { installRelease } from "./codex-releases.ts";
import { type FaultOptions, parseFaultArguments } from "./faults/arguments.ts";
import { asJson, asTable, faultLine, isSound, type ReleaseFaults } from "./faults/report.ts";

/* Tries what can go wrong on real Codex releases; see `--help`. */

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** A promise nobody waits for, or a callback nobody guards: what no fault may come to. */
const escaped: string[] = [];
for (const event of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(event, (thrown: unknown) => {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    escaped.push(text);
    progress(`${event}: ${text}`);
  });
}

async function main(): Promise<number> {
  const options = parseFaultArguments();
  const chosen = faults.filter(({ id }) => options.ids.includes(id));
  if (options.list) {
    for (const { id, does, expects } of chosen)
      console.log(`${id.padEnd(34)} ${does}${expects ? ` (${expects})` : ""}`);
    console.log(`${chosen.length} faults`);
    return 0;
  }
  const releases: ReleaseFaults[] = [];
  for (const version of options.versions) {
    const { command } = await installRelease(version);
    progress(`${version}:`);
    releases.push({ version, faults: await runAll(command, chosen, options) });
  }
  console.log(options.json ? asJson(releases) : asTable(releases, false));
  for (const text of escaped) console.error(`escaped: ${text}`);
  return releases.every(isSound) && escaped.length === 0 ? 0 : 1;
}

/** In the order of the list, `lanes` at a time; those that change the whole process come last, one by one. */
async function runAll(command: string, chosen: readonly Fault[], { lanes }: FaultOptions): Promise<FaultReport[]> {
  const reports = new Map<string, FaultReport>();
  const inLanes = async (queue: Fault[], width: number): Promise<void> => {
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const report = await runFault(command, next);
        reports.set(next.id, report);
        progress(faultLine(report));
      }
    };
    await Promise.all(Array.from({ length: width }, lane));
  };
  await inLanes(
    chosen.filter(({ alone }) => !alone),
    lanes,
  );
  await inLanes(
    chosen.filter(({ alone }) => alone),
    1,
  );
  return chosen.map(({ id }) => reports.get(id)!);
}

try {
  process.exitCode = await main();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 2;
}
