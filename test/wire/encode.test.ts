import { expect, test } from "vitest";
import { encodeLine } from "../../src/wire/encode.ts";

test.each([
  ["plain", "plain"],
  ["emoji 👩‍💻 stays", "emoji 👩‍💻 stays"],
  ["high \ud83d end", "high \ufffd end"],
  ["low \ude00", "low \ufffd"],
  ["text that looks like it: \\ud83d", "text that looks like it: \\ud83d"],
  ["both \\\ud83d \\\\udc00 \ud800", "both \\\ufffd \\\\udc00 \ufffd"],
  ['quotes " \n \u0001 \udfff', 'quotes " \n \u0001 \ufffd'],
])("lone surrogates never reach the wire: %j", (text, expected) => {
  const line = encodeLine({ [text]: text });
  expect(line.endsWith("\n")).toBe(true);
  expect(line.slice(0, -1)).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({ [expected]: expected });
  expect(expected).toBe(text.toWellFormed());
});
