import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { type Recording, recordTo } from "../../src/replay/record/recorder.ts";
import { killServers, openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("record");
afterAll(() => folder.remove());
let count = 0;
const freshDir = () => path.join(folder.path, `recording-${count++}`);
const src = path.resolve(import.meta.dirname, "../../src");

const warning = (text: string) => JSON.stringify({ method: "warning", params: { message: text } });
const hosts = (lines: readonly RecordedLine[], event: string) =>
  lines.filter(({ dir, message }) => dir === "host" && (message as { event: string }).event === event);

describe("a recorded session", () => {
  it("has what went over the pipe, what became of the process, and what the host did", async () => {
    const recorder = recordTo({ dir: freshDir(), mode: "keep", scenario: "steer" });
    const test = await openTestHost("record-session", { recorder });
    const steered = Promise.withResolvers<void>();
    test.reply = ({ step }) =>
      step === 0
        ? [{ until: steered.promise }, { say: "one", phase: "commentary" }, { shell: "true" }]
        : [{ say: "two" }];
    const result = await test.turn("s", "go", {
      onControl: (control) => void control.steer({ id: "st-1", text: "faster" }).then(() => steered.resolve()),
    });
    await test.close();
    const { manifest, lines } = await readRecording((await recorder.finish()).dir);
    expect(result.ok).toBe(true);
    expect(result.server.origin).toBe(process.env.CODEX_UNDER_TEST ? "explicit" : "managed");
    expect(manifest).toMatchObject({
      scenario: "steer",
      codex: { version: result.server.version, origin: result.server.origin },
      lines: lines.length,
    });
    expect(manifest.incomplete).toBeUndefined();
    expect(lines.find(({ dir }) => dir === "proc")).toMatchObject({ message: { event: "spawn" } });
    expect(lines.slice(-2).map(({ dir, message }) => [dir, message])).toMatchObject([
      ["proc", { event: "eof" }],
      ["proc", { event: "exit", code: 0, signal: null }],
    ]);
    expect(hosts(lines, "attempt")).toMatchObject([{ message: { prompt: "go", settings: { model: "gpt-5.5" } } }]);
    expect(hosts(lines, "steer")).toMatchObject([{ message: { text: "faster" } }]);
    expect(hosts(lines, "entry")).toHaveLength(result.entries.length);
    expect(hosts(lines, "result")).toMatchObject([{ message: { outcome: { kind: "completed" } } }]);
    const methodsOf = (which: string) =>
      lines.flatMap(({ dir, message }) => (dir === which && (message as { method?: string }).method) || []);
    const methods = methodsOf("c2s");
    expect(methods.slice(0, 2)).toEqual(["initialize", "initialized"]);
    expect(methods).toContain("turn/steer");
    expect(methodsOf("s2c")).toContain("turn/completed");
  });

  it("tells the servers of one session apart", async () => {
    const recorder = recordTo({ dir: freshDir() });
    const test = await openTestHost("record-kill", { recorder, reply: () => [{ say: "hello" }] });
    await test.turn("s", "one");
    killServers();
    await sleep(200);
    await test.turn("s", "two");
    await test.close();
    const { lines } = await readRecording((await recorder.finish()).dir);
    const processes = lines.filter(({ dir }) => dir === "proc").map(({ server, message }) => [server ?? 0, message]);
    expect(processes).toMatchObject([
      [0, { event: "spawn" }],
      [0, { event: "exit", signal: "SIGKILL" }],
      [1, { event: "spawn" }],
      // The second one ended because we wished it.
      [1, { event: "eof" }],
      [1, { event: "exit", code: 0 }],
    ]);
  });

  it("has what else the host asked for", async () => {
    const recorder = recordTo({ dir: freshDir() });
    const test = await openTestHost("record-host", { recorder, reply: () => [{ say: "hello" }] });
    const [one, two] = ["one", "two"].map((key) => ({ key, id: key }));
    await test.turn("one", "hi");
    await test.harness.fork(one!, two!);
    await test.harness.reset(two!, "enough");
    await test.harness.reset(two!, "rewound", { keepHistory: true });
    await (await test.harness.prepareReset(one!, "again")).commit();
    await test.harness.compact(one!);
    await test.close();
    const { lines } = await readRecording((await recorder.finish()).dir);
    const asked = lines.filter(({ dir }) => dir === "host").map(({ message }) => message as Record<string, unknown>);
    const [session] = asked.map((message) => message.session);
    expect(asked.filter(({ event }) => !["attempt", "entry", "result"].includes(String(event)))).toEqual([
      { event: "fork", session: expect.not.stringMatching(String(session)), predecessorId: session },
      { event: "reset", session: expect.not.stringMatching(String(session)), reason: "xxxxxx", keepHistory: false },
      { event: "reset", session: expect.not.stringMatching(String(session)), reason: "xxxxxxx", keepHistory: true },
      { event: "reset", session, reason: "xxxxx", keepHistory: false },
      { event: "compact", session },
    ]);
  });

  it("that never began says why", async () => {
    const recorder = recordTo({ dir: freshDir(), mode: "keep" });
    const test = await openTestHost("record-refused", { recorder });
    await expect(test.turn("s", "")).rejects.toMatchObject({ code: "prompt_empty" });
    await test.close();
    const { manifest, lines } = await readRecording((await recorder.finish()).dir);
    expect(manifest.codex.version).toBe("unknown");
    expect(hosts(lines, "result")).toMatchObject([
      { message: { outcome: { kind: "thrown", error: { code: "prompt_empty" } } } },
    ]);
  });
});

describe("a disk", () => {
  it("that cannot be written to costs the recording, not the turn", async () => {
    const file = path.join(folder.path, "a-file");
    const recorder = recordTo({ dir: path.join(file, "recording") });
    writeFileSync(file, "");
    // What is known before anything runs is said before.
    expect(() => recordTo({ dir: path.join(file, "below/recording") })).toThrow(
      expect.objectContaining({ code: "recording_unwritable", message: expect.stringContaining(file) }),
    );
    const test = await openTestHost("record-unwritable", { recorder, reply: () => [{ say: "hello" }] });
    expect(await test.turn("s", "hi")).toMatchObject({ ok: true, text: "hello" });
    await test.close();
    const outcome = await recorder.finish();
    expect(outcome).toMatchObject({ saved: false, error: { code: "recording_unwritable" } });
    expect(String("error" in outcome && outcome.error.message)).toContain(`below ${file}`);
  });

  it("that is full ends the recording at its last whole line", async () => {
    const dir = freshDir();
    const script = path.join(import.meta.dirname, "record-burst.mjs");
    const recorderUrl = pathToFileURL(path.join(src, "replay/record/recorder.ts")).href;
    // The limit makes a write fail as a full disk does, in the middle of a line.
    const command = `trap '' XFSZ; ulimit -f 300; exec "$0" "$@"`;
    const child = await execa("bash", ["-c", command, process.execPath, script, recorderUrl, dir, "4000"]);
    const outcome = JSON.parse(child.stdout);
    expect(outcome).toMatchObject({ saved: true, incomplete: "disk" });
    const { manifest, lines } = await readRecording(dir);
    expect(manifest.incomplete).toEqual({ reason: "disk", dropped: 4001 - lines.length });
    expect(lines.length).toBeGreaterThan(100);
  });

  it("that already has something there is refused before anything runs", () => {
    const dir = freshDir();
    mkdirSync(dir);
    writeFileSync(path.join(dir, "mine"), "");
    expect(() => recordTo({ dir })).toThrow(expect.objectContaining({ code: "recording_exists" }));
    expect(readdirSync(dir)).toEqual(["mine"]);
  });

  it("leaves alone what another recording has begun there meanwhile", async () => {
    const dir = freshDir();
    const recorder = recordTo({ dir });
    mkdirSync(`${dir}.partial`);
    writeFileSync(path.join(`${dir}.partial`, "other"), "");
    talk(recorder, ["hello"]);
    expect(await recorder.finish()).toMatchObject({ saved: false, error: { code: "recording_exists" } });
    expect(readdirSync(`${dir}.partial`)).toEqual(["other"]);
  });

  it("gets private files only", async () => {
    const dir = freshDir();
    const recorder = recordTo({ dir });
    talk(recorder, ["hello"]);
    await recorder.finish();
    expect(statSync(dir).mode & 0o077).toBe(0);
    for (const name of readdirSync(dir)) expect(statSync(path.join(dir, name)).mode & 0o077).toBe(0);
  });
});

describe("limits", () => {
  it("of size end the recording and say so", async () => {
    const recorder = recordTo({ dir: freshDir(), maxBytes: 300_000 });
    talk(
      recorder,
      Array.from({ length: 4000 }, (_, index) => `line ${index} ${"word ".repeat(40)}`),
    );
    const outcome = await recorder.finish();
    expect(outcome).toMatchObject({ saved: true, incomplete: "size" });
    const { manifest, lines } = await readRecording(outcome.dir);
    expect(manifest.incomplete).toEqual({ reason: "size", dropped: 4001 - lines.length });
  });

  it("of memory drop what comes too fast, and nothing before it", async () => {
    const recorder = recordTo({ dir: freshDir(), maxWaitingBytes: 100_000 });
    talk(
      recorder,
      Array.from({ length: 1000 }, (_, index) => `line ${index} ${"word ".repeat(40)}`),
    );
    const outcome = await recorder.finish();
    const { manifest, lines } = await readRecording(outcome.dir);
    expect(manifest.incomplete).toEqual({ reason: "memory", dropped: 1001 - lines.length });
    expect(lines.length).toBeGreaterThan(100);
  });

  it("of patience: what waits is written while nothing comes, without being asked to", async () => {
    const dir = freshDir();
    const recorder = recordTo({ dir });
    talk(recorder, ["hello"]);
    await expect.poll(() => existsSync(path.join(`${dir}.partial`, "wire.jsonl")), { timeout: 5000 }).toBe(true);
    await recorder.finish();
  });

  it("of a host's data: what is no JSON, or changes later, harms nobody", async () => {
    const recorder = recordTo({ dir: freshDir(), mode: "keep" });
    const self: Record<string, unknown> = {};
    Object.assign(self, { a: self, b: self, c: 1n });
    const changing = { model: "before" };
    recorder.host({ event: "attempt", session: "s", prompt: "p", settings: self, clocks: {} });
    recorder.host({ event: "attempt", session: "s", prompt: "p", settings: changing, clocks: {} });
    changing.model = "after";
    const { lines } = await readRecording((await recorder.finish()).dir);
    expect(hosts(lines, "attempt")).toMatchObject([
      { message: { settings: null } },
      { message: { settings: { model: "before" } } },
    ]);
  });

  it("once it is saved, nothing more comes in", async () => {
    const recorder = recordTo({ dir: freshDir() });
    const say = talk(recorder, ["hello"]);
    const saved = recorder.finish();
    say("too late");
    expect(await saved).toMatchObject({ saved: true, lines: 2 });
    expect(await recorder.finish()).toBe(await saved);
  });
});

function talk(recorder: Recording, texts: readonly string[]): (text: string) => void {
  const server = recorder.spawned(["app-server"]);
  const say = (text: string): void => server.line("in", warning(text));
  for (const text of texts) say(text);
  return say;
}
