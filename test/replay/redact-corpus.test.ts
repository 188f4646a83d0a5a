import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { LineMaker } from "../../src/replay/record/lines.ts";
import type { TapeEvent } from "../../src/replay/record/tape.ts";
import { blankError, blankText } from "../../src/replay/redact/redact-text.ts";
import { secretKinds } from "../../src/replay/redact/secrets.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";

const fixtures = path.resolve(import.meta.dirname, "../../fixtures");
const versions = readdirSync(fixtures).filter((name) => /^\d/.test(name));

/** The recording as it would have been without its texts. */
function blanked(lines: readonly RecordedLine[]): RecordedLine[] {
  const maker = new LineMaker("blank");
  return lines.map(({ tUs, dir, server = 0, message }) => {
    const wire = dir === "c2s" || dir === "s2c";
    const content = wire ? JSON.stringify(message) : (message as Exclude<TapeEvent["content"], string>);
    const { line } = maker.line({ tUs, dir, server, content }, () => undefined)!;
    expect(secretKinds(line)).toEqual([]);
    return JSON.parse(line);
  });
}

/** An entry by its form alone; an error keeps the protocol's own words, which are blanked here, too. */
function form({ kind, text, phase, incomplete, tool }: TranscriptEntry) {
  const clean = text === undefined || kind === "notice" ? undefined : blankText(blankError(text, () => undefined));
  return { kind, text: clean, phase, incomplete, status: tool?.status, lines: tool?.output?.split("\n").length };
}

describe.each(versions)("the corpus of %s without its texts", (version) => {
  it("replays to the same transcripts, without the texts", async () => {
    for (const scenario of readdirSync(path.join(fixtures, version))) {
      const { lines } = await readRecording(path.join(fixtures, version, scenario));
      const forms = (recorded: readonly RecordedLine[]) => replayed(recorded).entries.map(({ entry }) => form(entry));
      expect([scenario, forms(blanked(lines))]).toEqual([scenario, forms(lines)]);
    }
  });
});
