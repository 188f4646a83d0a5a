import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chain } from "../../src/replay/format/chain.ts";
import { chainedBytes } from "../../src/replay/record/chained-bytes.ts";
import "../support/same-cases.ts";

const lines = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme", maxLength: 400 }),
    fc.constantFrom("", "{}", "文\ud800x"),
  ),
);

describe("the bytes of lines", () => {
  it("and the link behind them are those that every reader finds, wherever they are cut into writes", () => {
    fc.assert(
      fc.property(fc.array(lines), (writes) => {
        let link = "";
        const parts = writes.map((each) => {
          const written = chainedBytes(each, link);
          link = written.link;
          return written.bytes;
        });
        const all = writes.flat();
        expect(Buffer.concat(parts)).toEqual(Buffer.from(all.map((line) => `${line}\n`).join("")));
        expect(link).toBe(all.reduce(chain, ""));
      }),
    );
  });
});
