import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRecording } from "../../src/replay/format/read.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import { several } from "../../src/replay/record/several.ts";
import { blankText } from "../../src/replay/redact/redact-text.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("redact-replay");
afterAll(() => folder.remove());

const patch = "*** Begin Patch\n*** Add File: notes/grüße.txt\n+line one 🚀\n+line two\n*** End Patch";
const tool = {
  name: "weather",
  description: "Tells the weather.",
  inputSchema: { type: "object", properties: { town: { type: "string" } }, required: ["town"] },
  execute: () => "Sunny in 東京, 31 °C",
};

describe("a session without its texts", () => {
  const at = (mode: string) => path.join(folder.path, mode);

  it("replays to the transcript it had, without the texts", async () => {
    const recordings = [recordTo({ dir: at("blank") }), recordTo({ dir: at("keep"), mode: "keep" })];
    const test = await openTestHost("redact-replay", { recorder: several(...recordings) });
    test.reply = ({ step, lastUserText }) => {
      if (lastUserText.startsWith("again"))
        return [{ say: "Über 🚀🚀 and out.", chunkChars: 1, phase: "final_answer" }];
      const steps = [
        [
          { think: "**Thinking** of Ann" },
          { say: "One moment…", phase: "commentary" },
          { shell: "printf 'a\\nb\\n'; exit 3" },
        ],
        [{ patch }, { call: "weather", args: { town: "Kyōto", days: 12345 } }],
        [{ say: "Done: Ann's 42 files.", phase: "final_answer" }],
      ] as const;
      return steps[step] ?? [];
    };
    const live: TranscriptEntry[] = [];
    for (const prompt of ["Look after Ann's files, größte zuerst", "again"]) {
      live.push(...(await test.turn("s", prompt, { tools: [tool] })).entries);
    }
    await test.close();
    for (const recording of recordings) expect(await recording.finish()).toMatchObject({ saved: true });

    const kept = replayed((await readRecording(at("keep"))).lines).entries.map(({ entry }) => entry);
    expect(kept.map(({ kind, text }) => [kind, text])).toEqual(live.map(({ kind, text }) => [kind, text]));

    const blank = replayed((await readRecording(at("blank"))).lines).entries.map(({ entry }) => entry);
    expect(blank.map(seen)).toEqual(live.map((entry) => seen(blanked(entry))));
    // Ids stand for ids, one for one, and entry ids are still made of them.
    expect(new Set(blank.map(({ id }) => id)).size).toBe(new Set(live.map(({ id }) => id)).size);
    for (const { id, threadId, turnId, itemId, kind } of blank)
      expect(id).toBe(`${threadId}/${turnId}/${itemId}/${kind}`);
    // Of the same recording, both ways of writing it down agree on every placeholder.
    expect(blank.map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
  });
});

function seen({ kind, text, phase, tool: call }: TranscriptEntry) {
  return { kind, text, phase, status: call?.status, output: call?.output };
}

function blanked(entry: TranscriptEntry): TranscriptEntry {
  const { text, tool: call } = entry;
  return {
    ...entry,
    ...(text === undefined ? {} : { text: blankText(text) }),
    ...(call?.output === undefined ? {} : { tool: { ...call, output: blankText(call.output) } }),
  };
}
