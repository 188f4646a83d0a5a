import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace } from "../../src/wire/pace.ts";
import { LineReader } from "../../src/wire/reader.ts";

describe("a pipe", () => {
  /** Fake: says how often it was stopped and started. */
  const handle = { stopped: 0, started: 0, readStop: () => ++handle.stopped, readStart: () => ++handle.started };
  const pace = (): Pace => new Pace(Object.assign(new PassThrough(), { _handle: handle }));
  const word = 200;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.advanceTimersByTime(1000);
    Object.assign(handle, { stopped: 0, started: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function flooded(): Pace {
    const one = pace();
    for (let n = 0; n < 32; n += 1) one.block(word);
    expect(handle).toMatchObject({ stopped: 1, started: 0 });
    return one;
  }

  it("is read word by word as long as words come slower than a flood", () => {
    const one = pace();
    for (let n = 0; n < 1000; n += 1) {
      one.block(word);
      vi.advanceTimersByTime(1);
    }
    expect(handle).toMatchObject({ stopped: 0, started: 0 });
  });

  it("is left alone in a flood, and read again two milliseconds later", () => {
    flooded();
    vi.advanceTimersByTime(1);
    expect(handle.started).toBe(0);
    vi.advanceTimersByTime(1);
    expect(handle.started).toBe(1);
  });

  it("is left alone after each read until four in a row were not worth it", () => {
    const one = flooded();
    const read = (bytes: number): void => {
      vi.advanceTimersByTime(2);
      one.block(bytes);
    };
    for (const bytes of [word, word, word, 50 * word, word, word, word]) read(bytes);
    expect(handle.stopped).toBe(8);
    read(word);
    vi.advanceTimersByTime(2);
    for (let n = 0; n < 10; n += 1) one.block(word);
    expect(handle).toMatchObject({ stopped: 8, started: 8 });
  });

  it("that is full is emptied before it is left alone", () => {
    const one = flooded();
    vi.advanceTimersByTime(2);
    for (let n = 0; n < 100; n += 1) one.block(65_536);
    expect(handle.stopped).toBe(1);
    one.block(4000);
    expect(handle.stopped).toBe(2);
  });

  it("is not left alone when nobody wants to read it any more", () => {
    flooded().end();
    expect(handle.started).toBe(1);
    vi.advanceTimersByTime(100);
    expect(handle.started).toBe(1);
  });

  it("that was closed meanwhile stays so", () => {
    const stream = Object.assign(new PassThrough(), { _handle: handle as typeof handle | null });
    const one = new Pace(stream);
    for (let n = 0; n < 32; n += 1) one.block(word);
    stream._handle = null;
    vi.advanceTimersByTime(2);
    one.block(word);
    expect(handle).toMatchObject({ stopped: 1, started: 0 });
  });
});

// If this goes red, Node's streams have changed: without what Pace looks for, a flood is read word by word.
it("takes the words of a real process in far fewer blocks, and all of them", async () => {
  const words = 20_000;
  const script = `
    const { writeSync } = require("node:fs");
    for (let n = 0; n < ${words}; n += 1) {
      writeSync(1, n + " ".repeat(200) + "\\n");
      for (const until = process.hrtime.bigint() + 20_000n; process.hrtime.bigint() < until; );
    }`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: number[] = [];
  let blocks = 0;
  await new Promise<void>((resolve) => {
    new LineReader({
      readable: child.stdout,
      maxLineBytes: 1000,
      onLine: (line) => void lines.push(Number(line)),
      onOversized: () => undefined,
      onBytes: () => {
        blocks += 1;
      },
      onPause: () => undefined,
      onEnd: () => resolve(),
    });
  });
  expect(lines).toEqual(Array.from({ length: words }, (_, n) => n));
  expect(blocks).toBeLessThan(words / 5);
});
