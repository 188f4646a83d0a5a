import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsIn, shapeOf } from "../../src/replay/format/delta-shape.ts";
import { LineMaker, type RedactionMode } from "../../src/replay/record/lines.ts";
import { Placeholders } from "../../src/replay/redact/placeholders.ts";
import { blankingRules, Redactor } from "../../src/replay/redact/redact.ts";
import { keepingRules } from "../../src/replay/redact/scrub.ts";
import "../support/same-cases.ts";

/** The message of every line, redacted the long way: parsed, walked through, written again. */
function theLongWay(lines: readonly string[], mode: RedactionMode): string[] {
  const placeholders = new Placeholders();
  const rules = mode === "keep" ? keepingRules([], placeholders) : blankingRules(placeholders);
  const redactor = new Redactor(placeholders, rules);
  return lines.map((line) => JSON.stringify(redactor.message(JSON.parse(line))));
}

function asRecorded(lines: readonly string[], mode: RedactionMode): string[] {
  const maker = new LineMaker(mode);
  return lines.map((content, tUs) => {
    const { line } = maker.line({ tUs, dir: "s2c", server: 0, content }, () => undefined)!;
    return JSON.stringify(JSON.parse(line).message) === line.slice(line.indexOf('"message":') + 10, -1)
      ? line.slice(line.indexOf('"message":') + 10, -1)
      : `not as JSON.stringify writes it: ${line}`;
  });
}

const words = fc.oneof(
  fc.constantFrom(
    "word ",
    '"',
    "\\",
    "\\\\",
    "\n",
    '"delta":"',
    ',"delta":"',
    '"},"emittedAtMs":7}',
    "$payload",
    "/home/ann",
  ),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
);
const extras = fc.constantFrom<Record<string, unknown>>(
  {},
  {},
  {},
  { contentIndex: 3, phase: null },
  { message: "thread/start msg_0a1b2c3d" },
  { "somebody's": "own" },
  { item: { delta: "within" } },
  { config: { delta: "of nobody's schema" } },
);
const notification = fc.record({
  method: fc.constantFrom("item/agentMessage/delta", "item/reasoning/textDelta", "not/known/at all"),
  itemId: fc.constantFrom("msg_0a1b2c3d", "rs_0a1b2c3d", "item-3", 'with "quotes"'),
  delta: words,
  extras,
  after: fc.constantFrom({}, { status: "inProgress" }),
  stamp: fc.constantFrom(undefined, 0, 7, 1795290151098, 1e20, -1, 1.5),
});

describe("a delta", () => {
  it.each(["blank", "keep"] as const)("is recorded as if its line were parsed: %s", (mode) => {
    const lines = fc
      .array(notification, { minLength: 2, maxLength: 40 })
      .map((all) =>
        all.map(({ method, itemId, delta, extras: more, after, stamp }) =>
          JSON.stringify({ method, params: { itemId, ...more, delta, ...after }, emittedAtMs: stamp }),
        ),
      );
    fc.assert(
      fc.property(lines, (each) => {
        expect(asRecorded(each, mode)).toEqual(theLongWay(each, mode));
      }),
      { numRuns: 300 },
    );
  });

  it("is recorded as if its line were parsed, also when a server writes JSON otherwise", () => {
    const spaced = (delta: string) =>
      `{ "method":"item/agentMessage/delta", "params":{"itemId":"\\u006dsg_1", "delta":"${delta}"} }`;
    const twice = (delta: string) =>
      `{"method":"a/b","params":{"itemId":"x","itemId":"y","delta":"${delta}"},"emittedAtMs":5}`;
    const lines = ["one", "tw\\u006f", "\\/", "three"].flatMap((delta) => [spaced(delta), twice(delta)]);
    expect(asRecorded(lines, "keep")).toEqual(theLongWay(lines, "keep"));
  });

  it.each(["blank", "keep"] as const)("is recorded anew where it depends on what came before: %s", (mode) => {
    const line = (params: object) => JSON.stringify({ method: "a/b", params: { ...params, delta: "one" } });
    const refusal = line({ message: "no rollout msg_0a1b2c3d" });
    const answer = line({ msg_9z8y7x6w: "yes" });
    const later = [line({ itemId: "msg_0a1b2c3d" }), line({ itemId: "msg_9z8y7x6w" })];
    const lines = [refusal, answer, ...later, refusal, answer];
    const recorded = asRecorded(lines, mode);
    expect(recorded).toEqual(theLongWay(lines, mode));
    if (mode === "blank") expect(recorded[4]).not.toBe(recorded[0]);
    else expect(recorded[5]).not.toBe(recorded[1]);
  });

  it("that makes its line no JSON makes it noise", () => {
    const line = (delta: string) => `{"method":"item/agentMessage/delta","params":{"itemId":"m","delta":"${delta}"}}`;
    const recorded = asRecorded([line("fine"), line("a\tb"), line("\\x"), line("fine")], "blank");
    expect(recorded.map((text) => text.includes("$noise"))).toEqual([false, true, true, false]);
  });

  it("that stands in another shape is not taken for one of this", () => {
    const shape = shapeOf('{"params":{"delta":"one"},"emittedAtMs":17}')!;
    expect(shape).toEqual({ head: '{"params":{"delta":"', tail: '"},"emittedAtMs":', stamped: true });
    expect(partsIn('{"params":{"delta":"\\"two"},"emittedAtMs":0}', shape)).toEqual({ delta: '\\"two', stamp: "0" });
    for (const other of [
      '{"params":{"delta":"two"},"emittedAtMs":017}',
      '{"params":{"delta":"two"},"emittedAtMs":}',
      '{"params":{"delta":"two"},"emittedAtMs":1}}',
      '{"params":{"delta":"two"},"emittedAtMs":1,"a":2}',
      '{"params":{"delta":"two","emittedAtMs":1}',
      '{"params":{"delta":"two\\"},"emittedAtMs":1}',
      '{"Params":{"delta":"two"},"emittedAtMs":1}',
    ]) {
      expect([other, partsIn(other, shape)]).toEqual([other, undefined]);
    }
    expect(shapeOf('{"a":"\\"delta":"b"}')).toBeUndefined();
    expect(shapeOf('{"delta":"a","b":{"delta":"c"}}')).toBeUndefined();
  });
});

describe("the words of the protocol", () => {
  it("are none for a delta: it is always a text", () => {
    const file = new URL("../../src/replay/redact/vocabulary.json", import.meta.url);
    const { literals } = JSON.parse(readFileSync(file, "utf8")) as { literals: Record<string, unknown> };
    expect(literals.delta).toBeUndefined();
  });
});
