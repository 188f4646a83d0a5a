import { appendFileSync, readFileSync, statSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { TranscriptFile } from "../../src/host/transcript-file.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("transcript");
afterAll(() => folder.remove());
const entry = (id: string): TranscriptEntry => ({
  id,
  kind: "assistant",
  threadId: "T",
  turnId: "U",
  itemId: id,
  text: `text ${id}`,
});

it("writes an id once, whoever writes it and how often", async () => {
  const first = new TranscriptFile(folder.path, "once");
  await Promise.all([first.append([entry("a"), entry("b")]), first.append([entry("b"), entry("c")])]);
  const second = new TranscriptFile(folder.path, "once");
  await second.append([entry("a"), entry("d")]);
  expect((await second.read()).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
});

it("writes again what a crash cut off, on a line of its own", async () => {
  const before = new TranscriptFile(folder.path, "torn");
  await before.append([entry("a")]);
  appendFileSync(before.file, JSON.stringify(entry("b")).slice(0, 20));
  const after = new TranscriptFile(folder.path, "torn");
  await after.append([entry("b")]);
  expect((await after.read()).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(readFileSync(after.file, "utf8").split("\n")).toHaveLength(4);
});

it("gives every session key a file of its own inside the folder", () => {
  const file = (key: string) => new TranscriptFile(folder.path, key).file;
  expect(file("../../etc/passwd").startsWith(folder.path)).toBe(true);
  expect(file("a/b")).not.toBe(file("a-b"));
});
