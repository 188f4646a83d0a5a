import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRecording } from "../../src/replay/format/read.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { replayHosted } from "../../src/replay/play/replay-hosted.ts";
import { findingsIn } from "../../src/replay/play/replay-invariants.ts";
import { recordTurns, type TurnRecordingOptions } from "../../src/replay/record/record-turns.ts";
import { Ring } from "../../src/replay/record/ring.ts";
import type { RecordingOutcome } from "../../src/replay/record/writer.ts";
import { killServers, openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("record-turns");
afterAll(() => folder.remove());

const event = (tUs: number, text = "x", server = 0) => ({ tUs, dir: "s2c", server, content: text }) as const;

describe("the ring", () => {
  it("keeps the last minutes, and how their servers began", () => {
    const ring = new Ring({ maxUs: 100, maxBytes: 1e6 });
    ring.push(event(1, "hello"));
    ring.push(event(2, "ready"));
    ring.closeHead(0);
    for (let tUs = 3; tUs < 400; tUs += 1) ring.push(event(tUs, `${tUs}`));
    const { events, dropped } = ring.snapshot();
    expect(events.map(({ content }) => content).slice(0, 3)).toEqual(["hello", "ready", "299"]);
    expect(events.at(-1)!.content).toBe("399");
    expect(dropped).toBe(298);
  });

  it("never holds more than it may", () => {
    const ring = new Ring({ maxUs: Number.POSITIVE_INFINITY, maxBytes: 100_000 });
    for (let tUs = 0; tUs < 20_000; tUs += 1) ring.push(event(tUs, "x".repeat(100)));
    // Also of a server whose handshake never ends.
    expect(ring.snapshot().events.length).toBeLessThan(100_000 / 260 + 1 + 50);
  });

  it("forgets what it is told to, but not how its servers began", () => {
    const ring = new Ring({ maxUs: Number.POSITIVE_INFINITY, maxBytes: 1e6 });
    ring.push(event(1, "hello"));
    ring.closeHead(0);
    for (let tUs = 2; tUs < 5000; tUs += 1) ring.push(event(tUs, `${tUs}`));
    ring.forget(4999);
    expect(ring.snapshot()).toMatchObject({ events: [{ content: "hello" }, { content: "4999" }], dropped: 4998 });
    ring.forget(6000);
    ring.push(event(6001, "next"));
    expect(ring.snapshot()).toMatchObject({ events: [{ content: "hello" }, { content: "next" }], dropped: 4999 });
  });

  it("leaves out servers of which it has nothing else, and repeats no line", () => {
    const ring = new Ring({ maxUs: 10, maxBytes: 1e6 });
    ring.push(event(0, "old", 0));
    ring.closeHead(0);
    ring.push(event(50, "new", 1));
    expect(ring.snapshot().events.map(({ content }) => content)).toEqual(["new"]);
  });
});

describe("turns", () => {
  const outcomes: RecordingOutcome[] = [];
  type Reply = NonNullable<NonNullable<Parameters<typeof openTestHost>[1]>["reply"]>;
  const host = (name: string, { reply, ...options }: Partial<TurnRecordingOptions> & { reply?: Reply }) =>
    openTestHost(name, {
      recorder: recordTurns({
        dir: path.join(folder.path, name),
        onSaved: (outcome) => outcomes.push(outcome),
        ...options,
      }),
      reply:
        reply ?? (({ lastUserText }) => (lastUserText === "fail" ? { status: 400, body: {} } : [{ say: "hello" }])),
    });

  it("are saved only when they end badly, with what was before", async () => {
    const test = await host("bad", { lastMinutes: 5, mode: "keep" });
    await test.turn("s", "fine");
    expect(existsSync(path.join(folder.path, "bad"))).toBe(false);
    const failed = await test.turn("s", "fail");
    expect(failed.ok).toBe(false);
    await test.close();
    const names = readdirSync(path.join(folder.path, "bad"));
    expect(names).toEqual([expect.stringMatching(/-failed$/)]);
    const { manifest, lines } = await readRecording(path.join(folder.path, "bad", names[0]!));
    expect(manifest.incomplete).toBeUndefined();
    expect(lines[1]).toMatchObject({ dir: "proc", message: { event: "spawn" } });
    expect(lines.at(-1)).toMatchObject({ dir: "host", message: { event: "result", outcome: { kind: "failed" } } });
    expect(outcomes.splice(0)).toMatchObject([{ saved: true }]);
  });

  it("are all saved when nobody asked for the last minutes; the oldest go", async () => {
    const dir = path.join(folder.path, "all");
    mkdirSync(path.join(dir, "20200101T000000000Z-1-1-failed"), { recursive: true });
    mkdirSync(path.join(dir, "20200101T000000000Z-1-2-failed.partial"));
    utimesSync(path.join(dir, "20200101T000000000Z-1-2-failed.partial"), 1, 1);
    mkdirSync(path.join(dir, "somebody else's"));
    const test = await host("all", { keep: 2 });
    for (const prompt of ["one", "two", "three"]) await test.turn("s", prompt);
    await test.close();
    const names = readdirSync(dir).sort();
    expect(names).toEqual([
      expect.stringMatching(/-2-completed$/),
      expect.stringMatching(/-3-completed$/),
      "somebody else's",
    ]);
    // One turn each, after the handshake without which nothing can be replayed.
    const { manifest, lines } = await readRecording(path.join(dir, names[1]!));
    const started = lines.filter(({ message }) => (message as { method?: string }).method === "turn/start");
    expect(started).toHaveLength(1);
    expect(lines[0]).toMatchObject({ dir: "proc", message: { event: "spawn" } });
    expect(manifest.incomplete?.reason).toBe("window");
  });

  it("leave what was asked aside out of the transcript, as the host does", async () => {
    const test = await host("aside", { lastMinutes: 5 });
    const asked = { cwd: folder.path, model: "gpt-5.5", modelProvider: "scripted", timeoutMs: 60_000 };
    await test.turn("s", "fine");
    expect(await test.harness.aside({ question: "a title for it", ...asked })).toMatchObject({ text: "hello" });
    await test.turn("s", "fail");
    await test.close();
    const dir = path.join(folder.path, "aside");
    const { lines } = await readRecording(path.join(dir, readdirSync(dir)[0]!));
    const again = replayed(lines);
    expect(again.reduced.turns).toHaveLength(3);
    expect(findingsIn(lines, again)).toEqual([]);
    expect(again.entries.filter(({ entry }) => entry.kind === "user")).toHaveLength(2);
    // A recording may also end while the question is open.
    const begins = lines.filter(({ message }) => (message as { method?: string }).method === "turn/started");
    const cut = lines.slice(0, lines.indexOf(begins[1]!) + 1);
    expect(findingsIn(cut, replayed(cut))).toEqual([]);
    const command = path.resolve(import.meta.dirname, "../../bin/codex-replay.js");
    const stateDir = path.join(folder.path, "aside-state");
    const hosted = await replayHosted({ lines, dir: path.join(dir, readdirSync(dir)[0]!), stateDir, command });
    expect(hosted.problems.map(({ message }) => message)).toEqual([]);
  });

  it("hold all of a question on the side that was asked before them", async () => {
    // The question is answered while the turn runs: what is being said of it where the recording ends cannot be compared.
    const test = await host("aside-first", {
      reply: ({ lastUserText }) => [...(lastUserText === "one" ? [{ waitMs: 800 }] : []), { say: "hello" }],
    });
    const asked = { cwd: folder.path, model: "gpt-5.5", modelProvider: "scripted", timeoutMs: 60_000 };
    const title = test.harness.aside({ question: "a title for it", ...asked });
    await test.turn("s", "one");
    await title;
    await test.turn("s", "two");
    await test.close();
    const [first, second] = readdirSync(path.join(folder.path, "aside-first")).sort();
    const dir = path.join(folder.path, "aside-first", first!);
    const { lines } = await readRecording(dir);
    const command = path.resolve(import.meta.dirname, "../../bin/codex-replay.js");
    const stateDir = path.join(folder.path, "aside-first-state");
    const again = await replayHosted({ lines, dir, stateDir, command });
    expect(again.problems.map(({ message }) => message)).toEqual([]);
    const later = await readRecording(path.join(folder.path, "aside-first", second!));
    expect(later.lines.map(({ message }) => (message as { event?: string }).event)).not.toContain("aside");
  });

  it("are played alone, too: what comes after the recorded turn is not in its recording", async () => {
    const test = await host("alone", {});
    await test.turn("s", "one");
    await test.close();
    const dir = path.join(folder.path, "alone", readdirSync(path.join(folder.path, "alone"))[0]!);
    const { lines } = await readRecording(dir);
    const command = path.resolve(import.meta.dirname, "../../bin/codex-replay.js");
    const again = await replayHosted({ lines, dir, stateDir: path.join(folder.path, "state"), command });
    expect(again.problems.map(({ message }) => message)).toEqual([]);
    expect(again.entries.map(({ kind }) => kind)).toEqual(["user", "assistant"]);
  });

  it("leave out the answer to what was asked before the turn", async () => {
    const dir = path.join(folder.path, "late");
    const recorder = recordTurns({ dir, mode: "off" });
    const server = recorder.spawned(["app-server"], "managed");
    const client = (message: object): void => server.line("out", JSON.stringify(message));
    const heard = (message: object): void => server.line("in", JSON.stringify(message));
    client({ id: 1, method: "initialize", params: { capabilities: null } });
    heard({ id: 1, result: {} });
    server.ready({ version: "0.169.0", userAgent: "codex/0.169.0" } as never);
    client({ id: 2, method: "account/login/start", params: {} });
    heard({ id: 7, method: "item/tool/call", params: {} });
    recorder.host({ event: "attempt", session: "s", prompt: "go", settings: {}, files: [] } as never);
    heard({ id: 2, result: { type: "apiKey" } });
    client({ id: 7, result: {} });
    client({ id: 3, method: "config/read", params: {} });
    heard({ id: 3, method: "item/tool/call", params: {} });
    heard({ id: 3, result: {} });
    client({ id: 3, result: {} });
    recorder.host({ event: "result", session: "s", outcome: { kind: "completed" } } as never);
    await recorder.close();
    const { manifest, lines } = await readRecording(path.join(dir, readdirSync(dir)[0]!));
    const ids = lines.map(({ dir: from, message }) => `${from} ${(message as { id?: number }).id ?? ""}`);
    expect(ids).toEqual(["proc ", "c2s 1", "s2c 1", "host ", "c2s 3", "s2c 3", "s2c 3", "c2s 3", "host "]);
    expect(manifest.incomplete?.reason).toBe("window");
  });

  it("come to what their host was told when the server died, too", async () => {
    const test = await host("died", {
      reply: () => [{ say: "half an answer", phase: "final_answer" }, { stall: true }],
    });
    const shown = Promise.withResolvers<void>();
    const turn = test.turn("s", "go", { observer: { onPartialReply: () => shown.resolve() } });
    await shown.promise;
    killServers();
    expect((await turn).outcome.kind).toBe("server_exit");
    await test.close();
    const dir = path.join(folder.path, "died");
    const { lines } = await readRecording(path.join(dir, readdirSync(dir)[0]!));
    expect(findingsIn(lines, replayed(lines))).toEqual([]);
    // Its end may be noted after the turn's result, with which a recording of one turn ends.
    const early = lines.filter(
      ({ dir: from, message }) => from !== "proc" || (message as { event: string }).event !== "exit",
    );
    expect(findingsIn(early, replayed(early))).toEqual([]);
  });

  it("go on when they cannot be saved", async () => {
    outcomes.length = 0;
    writeFileSync(path.join(folder.path, "a-file"), "");
    const test = await host("unsaved", { dir: path.join(folder.path, "a-file", "below") });
    expect(await test.turn("s", "fine")).toMatchObject({ ok: true });
    await test.close();
    expect(outcomes).toMatchObject([{ saved: false, error: { code: "recording_unwritable" } }]);
  });
});
