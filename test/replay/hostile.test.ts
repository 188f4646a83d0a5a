import { describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { type PlayedAgain, playClient } from "../../src/replay/play/against.ts";
import { type Framing, framings } from "../../src/replay/play/fake-server-framing.ts";
import { fakeLink } from "../../src/replay/play/fake-server-link.ts";
import { processesOf } from "../../src/replay/play/lanes.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { fixtures, linesOf, plainRows, sample } from "./corpus-fixtures.ts";

/* The recorded client and the recorded server talk to each other over the bridge's own wire, as unkindly as a pipe may. */

async function played(lines: readonly RecordedLine[], framing: Framing, endsInLine?: number) {
  const served: ReturnType<typeof fakeLink>["served"][] = [];
  const again: PlayedAgain = await playClient({
    lines,
    patience: { mode: "exact", timeoutMs: 5000 },
    start: (process) => {
      // What happens to the first process is enough: the others are read in the same way.
      const first = process.server === 0 ? { framing, ...(endsInLine === undefined ? {} : { endsInLine }) } : {};
      const link = fakeLink(process, first);
      served.push(link.served);
      return link;
    },
  });
  const mismatches = (await Promise.all(served)).flatMap(({ mismatch }) => mismatch?.message ?? []);
  return { lines: again.lines, problems: [...again.problems.map(({ message }) => message), ...mismatches] };
}

/** A message that old servers number, because nobody heard it live, is known by its words. */
const asKnown = ({ id, itemId, ...row }: TranscriptEntry): string =>
  JSON.stringify(row.kind === "user" || row.kind === "assistant" ? row : { id, itemId, ...row });

const rowsOf = (lines: readonly RecordedLine[]) => replayed(lines).entries.map(({ entry }) => entry);

describe.each(framings.filter((framing) => framing !== "eof"))("over a pipe with framing %s", (framing) => {
  // Eight megabytes take their time.
  const chosen = framing === "long" ? sample(fixtures, 15) : fixtures;
  it.each(chosen.map((fixture) => [fixture.name, fixture] as const))("%s", async (_, fixture) => {
    const lines = await linesOf(fixture);
    const again = await played(lines, framing);
    expect(again.problems).toEqual([]);
    expect(plainRows(rowsOf(again.lines))).toEqual(plainRows(rowsOf(lines)));
  });
});

describe("a pipe that ends in the middle of a line", () => {
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("%s", async (_, fixture) => {
    const lines = await linesOf(fixture);
    const [first] = processesOf(lines);
    const said = first!.messages.filter(({ from }) => from === "server").length;
    const again = replayed((await played(lines, "eof", said >> 1)).lines);
    // Every turn has its end, and what was complete by then is as it was.
    expect(again.reduced.turns.filter(({ settled }) => !settled)).toEqual([]);
    const whole = new Set(rowsOf(lines).map(asKnown));
    const cut = again.entries.filter(({ entry }) => !entry.incomplete && entry.kind !== "error");
    expect(cut.filter(({ entry }) => !whole.has(asKnown(entry)))).toEqual([]);
  });
});
