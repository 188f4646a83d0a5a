import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { clis } from "../../scripts/harness-capture/clis.ts";
import { codexRequestFile, readSkeletons, skeletonFolder } from "../../scripts/harness-capture/files.ts";
import { prompt, said, thought } from "../../scripts/harness-capture/play.ts";
import { skeletonOf } from "../../scripts/harness-capture/skeleton.ts";
import { differences } from "./support/skeleton-diff.ts";

/* What is kept of other people's CLIs is their form. Their words are theirs. */

const mostWords = 4;
const prose = "Never do this unless the user says so, and if you must: tell them first.";

/** Every key and every line of every string. */
function linesIn(value: unknown): string[] {
  if (typeof value === "string") return value.split("\n");
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...linesIn(inner)]);
}

const isLong = (line: string): boolean => line.split(/\s+/).length > mostWords || line.length > 100;

describe("fixtures/harness", () => {
  it.each(readdirSync(skeletonFolder).filter((name) => name.endsWith(".json")))("%s has no sentence in it", (name) => {
    const text = readFileSync(path.join(skeletonFolder, name), "utf8");
    expect(linesIn(JSON.parse(text)).filter(isLong)).toEqual([]);
    // Nothing of the machine or the run it was made on either.
    expect(text).not.toMatch(/\/(tmp|root|home|Users|var)\/|[0-9a-f]{20}|\b20\d\d-\d\d-\d\dT|dummy/);
  });

  it("has every CLI that is captured, at its version, through three requests", () => {
    const found = readSkeletons();
    for (const { id, package: name, version } of clis) {
      expect(found.get(id)).toMatchObject({ source: "capture", of: `${name} ${version}` });
      expect(found.get(id)?.requests).toHaveLength(3);
    }
    expect(readFileSync(codexRequestFile, "utf8")).toContain("{prompt}");
  });
});

describe("a skeleton", () => {
  it("keeps no words, wherever they stand", () => {
    const schema = {
      type: "object",
      description: prose,
      title: prose,
      examples: [prose],
      properties: { at: { type: "string", description: prose, default: prose, enum: [prose, "word"], x: prose } },
      anyOf: [{ description: prose, pattern: prose }],
      required: ["at"],
    };
    const body = {
      model: "m-1",
      type: prose,
      system: [{ type: "text", text: prose, name: prose }],
      messages: [
        { role: "user", content: `${prose}\n${prompt}` },
        { role: "user", content: prompt },
        { role: "user", content: `<system-reminder>${prose}` },
        {
          role: "assistant",
          content: said[0],
          reasoning_content: thought[0],
          tool_calls: [{ id: prose, function: { name: "t", arguments: JSON.stringify({ at: prose }) } }],
        },
        { role: "tool", tool_call_id: prose, content: `Output: ${prose}\n${prose}\n 7\t${prose}\n<system>${prose}` },
        {
          role: "user",
          content: [{ type: "tool_result", content: [{ type: "text", text: prose }], signature: prose }],
        },
        { role: "user", content: [{ type: "tool_use", input: { at: prose } }] },
      ],
      tools: [{ name: "t", description: prose, input_schema: schema, extra: { more: [prose] } }],
      metadata: { user_id: JSON.stringify({ id: prose }), session: `session_019a0000-0000-7000-8000-000000000001` },
      temperature: 0.5,
    };
    const [first, second] = skeletonOf([
      { method: "POST", path: "/x", headers: { b: prose, a: prose }, body },
      { method: "POST", path: "/x", headers: {}, body },
    ]);
    expect(linesIn(first).filter(isLong)).toEqual([]);
    expect(JSON.stringify(first)).not.toMatch(/Never|unless|tell/);
    expect(first).toMatchObject({
      headers: ["a", "b"],
      body: {
        model: "m-1",
        messages: [
          { content: "{text with prompt}" },
          { content: "{prompt}" },
          { content: "{reminder}" },
          {
            content: "{said 1}",
            reasoning_content: "{thought 1}",
            tool_calls: [{ id: "{id 1}", function: { name: "t", arguments: { written: "compact", keys: ["at"] } } }],
          },
          { tool_call_id: "{id 1}", content: "Output:\n{text}\nN\t\n<system>" },
          {},
          { content: [{ input: ["at"] }] },
        ],
        tools: [
          { input_schema: { properties: { at: { type: "string", default: "{text}", enum: ["{text}", "word"] } } } },
        ],
        metadata: { user_id: "{json}", session: "session_{id}" },
        temperature: 0.5,
      },
    });
    expect(second?.body.tools).toBe("as before");
  });
});

describe("differences of skeletons", () => {
  it("are told with their place, in lists by name, and with the order of fields where it is known", () => {
    const theirs = { a: 1, keys: ["x", "y"], tools: [{ name: "t", p: { q: 1 } }, { name: "u" }], any: "{any}", s: "1" };
    const ours = {
      keys: ["y", "x", "z"],
      a: 2,
      tools: [{ name: "u" }, { name: "t", p: {} }],
      any: [1],
      more: {},
      s: 1,
    };
    const told = (ordered: boolean) => differences(theirs, ours, ordered).map(({ at, is }) => `${is} ${at}`);
    expect(told(false)).toEqual([
      "changed a",
      "added keys/z",
      "changed keys/(order)",
      "left out tools/t/p/q",
      "changed tools/(order)",
      "changed s",
      "added more",
    ]);
    expect(told(true).at(-1)).toBe("changed (order)");
    expect(differences(theirs, structuredClone(theirs), true)).toEqual([]);
  });
});
