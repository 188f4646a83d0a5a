/* Two recorded turns each on a disk of its own (argv: folder of the disk, state folder); says what became of them. */
import path from "node:path";
import { recordTurns } from "../../src/replay/record/record-turns.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import type { RecordingOutcome } from "../../src/replay/record/writer.ts";
import { openHost } from "../conformance/host.ts";

const [disk = "", name = ""] = process.argv.slice(2);
const outcomes: RecordingOutcome[] = [];
const texts: string[] = [];
const one = recordTo({ dir: path.join(disk, "below", "one") });
const turns = recordTurns({ dir: path.join(disk, "turns"), onSaved: (outcome) => outcomes.push(outcome) });
for (const recorder of [one, turns]) {
  const test = await openHost(process.env.CODEX_UNDER_TEST || undefined, name, {
    recorder,
    reply: () => [{ deltas: 5000, text: "word " }],
  });
  for (const prompt of ["one", "two"]) texts.push((await test.turn("s", prompt)).text);
  await test.close();
}
outcomes.unshift(await one.finish());
const told = outcomes.map((outcome) => ({
  ...outcome,
  ...(outcome.saved ? {} : { code: outcome.error.code, message: outcome.error.message }),
}));
process.stdout.write(JSON.stringify({ chars: texts.map((text) => text.length), outcomes: told }));
