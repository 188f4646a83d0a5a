import { setImmediate as immediately } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { LineSplitter } from "../../src/wire/splitter.ts";
import { rig } from "../wire/harness.ts";
import { anyJson, fuzz } from "./campaign.ts";

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.constantFrom(0x0a, 0x0d, 0x22, 0x5c, 0x7b, 0x7d, 0xc3, 0xa9, 0xf0, 0x9f, 0x00), { maxLength: 200 })
    .map((each) => Uint8Array.from(each)),
);
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });

/** The same bytes, in pieces of these sizes in turn. */
function inPieces(whole: Uint8Array, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, n = 0; at < whole.length; n += 1) {
    const size = sizes[n % sizes.length]!;
    pieces.push(Buffer.from(whole.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

function linesOf(
  chunks: readonly Buffer[],
  maxLineBytes: number,
): { lines: string[]; oversized: number; rest: string | undefined } {
  const splitter = new LineSplitter(maxLineBytes);
  const lines: string[] = [];
  let oversized = 0;
  for (const chunk of chunks) {
    for (const piece of splitter.push(chunk)) {
      if (typeof piece === "string") lines.push(...piece.split("\n").slice(0, -1));
      else oversized += 1;
    }
  }
  return { lines, oversized, rest: splitter.flush() };
}

describe("bytes on the pipe", () => {
  it("are the same lines however they are cut", async () => {
    await fuzz(
      "wire.splitter",
      fc.asyncProperty(bytes, cuts, fc.constantFrom(1, 7, 64, 1 << 20), async (whole, sizes, maxLineBytes) => {
        const pieces = linesOf(inPieces(whole, sizes), maxLineBytes);
        expect(pieces).toEqual(linesOf([Buffer.from(whole)], maxLineBytes));
        const real = Buffer.from(whole).toString("latin1").split("\n").slice(0, -1);
        const fits = real.filter((line) => line.length <= maxLineBytes);
        expect(pieces.lines).toEqual(fits.map((line) => Buffer.from(line, "latin1").toString("utf8")));
        const last = whole.length - 1 - whole.lastIndexOf(0x0a);
        // An unfinished line counts as soon as it is too long.
        expect(pieces.oversized).toBe(real.length - fits.length + (last > maxLineBytes ? 1 : 0));
      }),
    );
  });

  const id = fc.oneof(fc.nat(3), fc.constantFrom<unknown>("1", "", null, 0.5, -1, [], {}, "__proto__"));
  const method = fc.constantFrom<unknown>("item/started", "x/y", "", "__proto__", 7, null, "constructor");
  const message = fc.oneof(
    anyJson,
    fc.record({ method, params: anyJson }),
    fc.record({ id, method, params: anyJson }),
    fc.record({ id, result: anyJson }),
    fc.record({ id, error: fc.oneof(anyJson, fc.record({ code: fc.integer(), message: fc.string(), data: anyJson })) }),
    fc.record({ id, method, params: anyJson, result: anyJson, error: anyJson }),
  );
  const line = fc.oneof(
    message.map((value) => Buffer.from(JSON.stringify(value))),
    bytes.map((each) => Buffer.from(each)),
  );

  it("whatever they are, never end the connection, and what is good among them arrives in order", async () => {
    await fuzz(
      "wire.connection",
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), cuts, async (lines, sizes) => {
        const peer = rig();
        const own = peer.wire.request("own/call", {}, { timeoutMs: 60_000 }).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        const marked = lines.flatMap((each, n) => [
          each,
          Buffer.from(JSON.stringify({ method: "mark", params: { n } })),
        ]);
        const whole = Buffer.concat(marked.flatMap((each) => [each, Buffer.from("\n")]));
        for (const piece of inPieces(whole, sizes)) peer.input.write(piece);
        const marks = () =>
          peer.notifications.filter((each) => each.method === "mark").map(({ params }) => (params as { n: number }).n);
        for (let round = 0; round < 2000 && marks().length < lines.length; round += 1) await immediately();
        expect(marks()).toEqual(lines.map((_, n) => n));
        expect(peer.wire.isClosed).toBe(false);
        // Every request has one answer at most, also when it is answered twice.
        const before = peer.sent().filter((sent) => sent.method === undefined).length;
        for (const request of peer.requests) {
          expect(request.respond({ ok: true })).toBe(true);
          expect(request.respond({ ok: false })).toBe(false);
        }
        for (let round = 0; round < 5; round += 1) await immediately();
        expect(peer.sent().filter((sent) => sent.method === undefined)).toHaveLength(before + peer.requests.length);
        peer.wire.close(new BridgeError("wire_closed", "over"));
        await own;
      }),
    );
  });
});
