import path from "node:path";
import { describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { replayHosted } from "../../src/replay/play/replay-hosted.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import { openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";
import { type Fixture, fixtures, linesOf, plainRows, sample } from "./corpus-fixtures.ts";

/* Today's harness on the recorded app-server, which is a process of its own: what it says has to be what was recorded. */

const command = path.resolve(import.meta.dirname, "../../bin/codex-replay.js");

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Scenarios whose host does what no host event tells of. */
const notAlone: Readonly<Record<string, string>> = {
  "lost-thread": "it edits the record of its sessions by hand",
  "lost-record": "it takes the record of its sessions away",
};

function hasHost(lines: readonly RecordedLine[]): boolean {
  return lines.some(({ dir, message }) => dir === "host" && (message as { event?: unknown }).event === "attempt");
}

async function hosted(fixture: Fixture, framing?: string) {
  const lines = await linesOf(fixture);
  if (!hasHost(lines)) return undefined;
  const folder = testFolder(`hosted-${fixture.version}-${fixture.scenario}`);
  try {
    const options = { lines, dir: fixture.dir, stateDir: folder.path, command, ...(framing ? { framing } : {}) };
    return { lines, ...(await replayHosted(options)) };
  } finally {
    folder.remove();
  }
}

/** How much of its budget was left to a turn, and what a server said last, is another thing every time. */
const steady = (rows: unknown): string =>
  JSON.stringify(rows)
    .replaceAll(/budget of [\d.]+ ms/g, "budget")
    .replaceAll(/ It said: (?:[^"\\]|\\.)*/g, "");

const chosen = sample(
  fixtures.filter(({ scenario }) => notAlone[scenario] === undefined),
  17,
);

describe("a recording in place of codex", () => {
  it.each(chosen.map((fixture) => [fixture.name, fixture] as const))("%s", async (_, fixture) => {
    const again = await hosted(fixture);
    if (!again) return;
    expect(again.problems.map(({ message }) => message)).toEqual([]);
    const golden = replayed(again.lines).entries.map(({ entry }) => entry);
    expect(steady(plainRows(again.entries))).toBe(steady(plainRows(golden)));
  });

  it("is asked again for a history that the host kept, or did not", async () => {
    const folder = testFolder("hosted-reset");
    try {
      const recorder = recordTo({ dir: path.join(folder.path, "recording"), mode: "keep" });
      const test = await openTestHost("hosted-reset-live", { recorder, reply: () => [{ say: "walnut" }] });
      const session = { key: "s", id: "s" };
      await test.turn("s", "the secret is walnut");
      await test.harness.reset(session, "rewound", { keepHistory: true });
      await test.turn("s", "what was it?");
      await test.harness.reset(session, "enough");
      await test.turn("s", "and now?");
      await test.close();
      const { dir } = await recorder.finish();
      const { lines } = await readRecording(dir);
      const again = await replayHosted({ lines, dir, stateDir: path.join(folder.path, "state"), command });
      expect(again.problems.map(({ message }) => message)).toEqual([]);
      expect(plainRows(again.entries)).toEqual(plainRows(replayed(lines).entries.map(({ entry }) => entry)));
      const told = lines.filter(
        ({ dir: from, message }) => from === "c2s" && JSON.stringify(message).includes("the secret"),
      );
      expect(told.map(({ message }) => (message as { method: string }).method)).toHaveLength(2);
    } finally {
      folder.remove();
    }
  });

  it("is told again what a turn knew besides its prompt", async () => {
    const folder = testFolder("hosted-context");
    try {
      const recorder = recordTo({ dir: path.join(folder.path, "recording") });
      const test = await openTestHost("hosted-context", { recorder, reply: () => [{ say: "hello" }] });
      const context = [
        { key: "sender", text: "from Anna", source: "untrusted" },
        { key: "clock", text: "it is noon", source: "host" },
      ] as const;
      const images = [`data:image/png;base64,${pixel}`];
      await test.turn("s", "look", { context, images, serviceTier: "fast", nativeExecution: "off" });
      await test.close();
      const { dir } = await recorder.finish();
      const { lines } = await readRecording(dir);
      const again = await replayHosted({ lines, dir, stateDir: path.join(folder.path, "state"), command });
      expect(again.problems.map(({ message }) => message)).toEqual([]);
      const sent = lines.find(({ message }) => (message as { method?: string }).method === "turn/start");
      expect(sent?.message).toMatchObject({ params: { serviceTier: "fast", additionalContext: expect.anything() } });
    } finally {
      folder.remove();
    }
  });

  it("is a process that writes as unkindly as a pipe may", async () => {
    const fixture = fixtures.find(({ scenario }) => scenario === "commentary")!;
    for (const framing of ["utf8", "noise", "long"]) {
      const again = await hosted(fixture, framing);
      const golden = replayed(again!.lines).entries.map(({ entry }) => entry);
      expect(plainRows(again!.entries)).toEqual(plainRows(golden));
    }
  });
});
