import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { RecordedHostEvent } from "../../src/harness/recorder.ts";
import type { HostEvent, RecordedLine } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import type { ReplayTurn } from "../../src/replay/play/replay-turn.ts";
import { evidenceText, sealed } from "../../src/replay/prove/evidence.ts";
import { proved } from "../../src/replay/prove/prove.ts";
import { toldInRecording } from "../../src/replay/prove/prove-recorded.ts";
import { toldBy } from "../../src/replay/prove/prove-told.ts";
import { verifyEvidence } from "../../src/replay/prove/prove-verify.ts";
import { recordTurns } from "../../src/replay/record/record-turns.ts";
import { taping } from "../../src/replay/record/taping.ts";
import { Placeholders } from "../../src/replay/redact/placeholders.ts";
import { Redactor } from "../../src/replay/redact/redact.ts";
import { binarySha256 } from "../../src/server/binary.ts";
import { openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("prove-recorded");
afterAll(() => folder.remove());

const runtime = {
  harness: "codex",
  binary: "managed",
  sha256: "5".repeat(64),
  version: "0.169.0",
  userAgent: "codex-bridge/0.169.0 (Debian 12.0.0; x86_64) xterm (codex-bridge; 0.1.0)",
};
const selection = "pinned to codex";

const attempt = (session: string, extra: object = { selection }): HostEvent =>
  ({ event: "attempt", session, prompt: "", settings: {}, clocks: {}, ...extra }) as HostEvent;
const result = (session: string, extra: object = { runtime }, kind = "completed"): HostEvent =>
  ({ event: "result", session, threadId: `thread-${session}`, turnId: "t", outcome: { kind }, ...extra }) as HostEvent;
const linesOf = (...events: HostEvent[]): RecordedLine[] =>
  events.map((message, seq) => ({ seq, tUs: seq, dir: "host", message }));
const turn = (session: string, server: number): ReplayTurn =>
  ({ server, state: { threadId: `thread-${session}` } }) as ReplayTurn;

describe("a recording by itself", () => {
  it("proves a real turn, with the executable's hash, which no turn waited for", async () => {
    const dir = path.join(folder.path, "turns");
    const recorder = recordTurns({ dir });
    const test = await openTestHost("prove-recorded", { recorder, pinnedHarness: "codex" });
    test.reply = () => [{ say: "done" }];
    const first = await test.turn("s", "look", { serverHash: "if_known" });
    expect(first.server.sha256).toBe("");
    const second = await test.turn("s", "again");
    const transcript = readFileSync(second.transcriptFile);
    await test.close();
    const [one, two] = readdirSync(dir).sort();
    const evidence = await proved({ dir: path.join(dir, one!), told: null });
    expect(evidence.gaps).toEqual([]);
    const sha256 = await binarySha256(first.server.binary);
    expect(evidence).toMatchObject({ shown: true, told: { source: "recording", fallback: "disabled", sha256 } });
    expect(evidenceText(evidence)).not.toContain(folder.path);
    const check = (value: unknown) =>
      verifyEvidence({ evidence: Buffer.from(evidenceText(value)), dir: path.join(dir, one!) });
    expect(await check(evidence)).toMatchObject({ ok: true, shown: true });
    const { sha256: _, told, ...fields } = evidence;
    const forge = (changed: object) => sealed({ ...fields, told: { ...told!, ...changed } });
    expect((await check(forge({ sha256: "6".repeat(64) }))).mismatches.join()).toContain("told.sha256");
    expect(await check(forge({ sha256: "6".repeat(64), source: undefined }))).toMatchObject({ ok: false });

    // What the run said of itself agrees, and finds its rows; what it did not say is a gap.
    const run = { dir: path.join(dir, two!), transcript };
    const later = await proved({ dir: run.dir, told: null });
    // What came before the turn is left out, and is no part of it.
    expect(later).toMatchObject({ shown: true, gaps: [], recording: { incomplete: "window" } });
    expect((await proved({ ...run, told: toldBy(second) })).gaps).toEqual([]);
    const server = { ...second.server, sha256: "6".repeat(64) };
    expect((await proved({ ...run, told: toldBy({ ...second, server }) })).gaps).toEqual([
      "the run and its recording do not tell the same: sha256",
    ]);
    const { lines } = await readRecording(run.dir);
    expect(lines.filter(({ message }) => (message as { selection?: string }).selection === selection)).toHaveLength(1);
  });

  it("has to tell the same of every attempt", () => {
    const of = (events: HostEvent[], turns: ReplayTurn[] = []) => toldInRecording(linesOf(...events), turns);
    const good = [attempt("a"), result("a")];
    expect(of(good, [turn("a", 0)])).toMatchObject({ told: { ...runtime, selection, fallback: "disabled" }, gaps: [] });
    const other = { runtime: { ...runtime, sha256: "6".repeat(64), binary: "path" } };
    expect(of([...good, attempt("b"), result("b", other)]).gaps).toEqual([
      "the attempt of line 3 ran otherwise: binary, sha256",
    ]);
    expect(of([...good, attempt("b", {}), result("b")]).gaps).toEqual([
      "the attempt of line 3 ran otherwise: selection",
    ]);
    expect(of([...good, attempt("b"), result("b", {})]).gaps).toEqual([
      "nothing is known of what ran the attempt of line 3",
    ]);
    // One that threw began no turn; one that still runs has a server that others tell of, or not.
    expect(
      of([...good, attempt("b"), result("b", {}, "thrown"), attempt("c")], [turn("a", 0), turn("c", 0)]).gaps,
    ).toEqual([]);
    expect(of([...good, attempt("c", {})]).gaps).toEqual(["the attempt of line 3 ran otherwise: selection"]);
    expect(of([...good, attempt("c")], [turn("a", 0), turn("c", 1)]).gaps).toEqual([
      "nothing is known of the executable of server 1",
    ]);
    expect(of([attempt("a", {}), result("a", {})])).toEqual({ told: null, whole: false, gaps: [] });
    expect([of(good).whole, of([...good, result("b")]).whole]).toEqual([true, false]);
  });

  it("keeps only the bridge's own words of it", () => {
    const redactor = new Redactor(new Placeholders());
    expect(redactor.host(result("a"))).toMatchObject({ runtime });
    expect(redactor.host(attempt("a"))).toMatchObject({ selection });
    const theirs = {
      ...runtime,
      harness: "acme",
      binary: "/home/ann/codex",
      sha256: "ann",
      userAgent: "ann/1.2.3 (ann)",
    };
    const clean = [redactor.host(result("a", { runtime: theirs })), redactor.host(attempt("a", { selection: "ann" }))];
    expect(JSON.stringify(clean)).not.toMatch(/ann|acme/);
    expect(clean).toMatchObject([{ runtime: { userAgent: expect.stringContaining("1.2.3") } }, {}]);
  });

  it("takes an executable's hash for as long as the line is not written", async () => {
    const kept: { content: unknown }[] = [];
    const tape = taping((event) => kept.push(event));
    const hash = Promise.withResolvers<string>();
    tape.host(result("a", { runtime: { ...runtime, sha256: "" } }) as RecordedHostEvent, hash.promise);
    expect(kept[0]!.content).toMatchObject({ runtime: { sha256: "" } });
    hash.resolve(runtime.sha256);
    await tape.known();
    expect(kept[0]!.content).toMatchObject({ runtime });
  });
});
