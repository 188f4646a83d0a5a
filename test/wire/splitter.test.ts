import { expect, test } from "vitest";
import { LineSplitter } from "../../src/wire/splitter.ts";

const sample = 'a{"é":1}\r\n\n{"text":"日本語 👩‍💻 ü"}\nlast line ✓\n';
const expected = sample.split("\n").slice(0, -1);

function split(
  chunks: Buffer[],
  maxLineBytes = 1 << 20,
): { lines: string[]; oversized: string[]; rest: string | undefined } {
  const splitter = new LineSplitter(maxLineBytes);
  const lines: string[] = [];
  const oversized: string[] = [];
  for (const chunk of chunks) {
    for (const piece of splitter.push(chunk)) {
      if (typeof piece !== "string") oversized.push(piece.head);
      else {
        expect(piece.endsWith("\n")).toBe(true);
        lines.push(...piece.slice(0, -1).split("\n"));
      }
    }
  }
  return { lines, oversized, rest: splitter.flush() };
}

test("every pair of cut positions gives the same lines", () => {
  const bytes = Buffer.from(sample);
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) {
      const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      expect(split(chunks)).toEqual({ lines: expected, oversized: [], rest: undefined });
    }
  }
});

test("one byte at a time, also with the tightest limit", () => {
  const bytes = Buffer.from(sample);
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  const longest = Math.max(...expected.map((line) => Buffer.byteLength(line)));
  expect(split(chunks, longest).lines).toEqual(expected);
  expect(split([bytes], longest).lines).toEqual(expected);
  expect(split(chunks, longest - 1).oversized).toHaveLength(1);
  expect(split([bytes], longest - 1).oversized).toHaveLength(1);
});

test("the chunk may be overwritten after push", () => {
  const splitter = new LineSplitter(1000);
  const chunk = Buffer.from("abc");
  splitter.push(chunk);
  chunk.fill(0);
  expect(splitter.push(Buffer.from("d\n"))).toEqual(["abcd\n"]);
});

test("an oversized line is dropped at every cut, its neighbours survive", () => {
  const bytes = Buffer.from(`one\n${"x".repeat(40)}\ntwo\n`);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const { lines, oversized, rest } = split([bytes.subarray(0, cut), bytes.subarray(cut)], 10);
    expect(lines).toEqual(["one", "two"]);
    expect(oversized).toHaveLength(1);
    expect(oversized[0]).toMatch(/^x+$/);
    expect(rest).toBeUndefined();
  }
});

test("the head of an oversized line is at most 256 bytes, whatever the chunking", () => {
  const line = Buffer.from(`{"id":7,"result":"${"y".repeat(5000)}"}\n`);
  const bytewise = [...line].map((byte) => Buffer.from([byte]));
  for (const chunks of [[line], bytewise, [line.subarray(0, 100), line.subarray(100)]]) {
    expect(split(chunks, 1000).oversized).toEqual([line.toString("utf8", 0, 256)]);
  }
});

test("the incomplete last line is the rest; of a discarded one nothing is left", () => {
  expect(split([Buffer.from("a\nb")]).rest).toBe("b");
  expect(split([Buffer.from(`a\n${"b".repeat(20)}`)], 10).rest).toBeUndefined();
});

test("a 60 MiB line in 64 KiB chunks is linear and does not stay in memory", () => {
  const splitter = new LineSplitter(64 << 20);
  const chunk = Buffer.alloc(64 << 10, 0x61);
  const started = performance.now();
  for (let index = 0; index < 960; index += 1) expect(splitter.push(chunk)).toHaveLength(0);
  const [line] = splitter.push(Buffer.from("\n"));
  expect(line).toHaveLength((60 << 20) + 1);
  expect(performance.now() - started).toBeLessThan(3000);
});
