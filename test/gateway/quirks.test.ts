import { describe, expect, it } from "vitest";
import { quirkFor, withQuirk } from "../../src/gateway/upstream/quirks.ts";

const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { format: { description: "a field of that name" }, at: { type: "string", format: "uri" } },
};
const plain = {
  type: "object",
  properties: { format: { type: "string", description: "a field of that name" }, at: { type: "string" } },
};

describe("what a provider does not take", () => {
  it("is taken out of schemas, in the form of both APIs", () => {
    const quirk = quirkFor("https://api.moonshot.ai/anthropic");
    const told = withQuirk(
      {
        tools: [
          { name: "a", input_schema: schema },
          { type: "function", function: { name: "b", parameters: schema } },
          { type: "other" },
        ],
      },
      quirk,
    );
    expect(told.tools).toEqual([
      { name: "a", input_schema: plain },
      { type: "function", function: { name: "b", parameters: plain } },
      { type: "other" },
    ]);
  });

  it("is taken out of bodies and messages", () => {
    const body = {
      max_tokens: 90_000,
      thinking: {},
      messages: [{ role: "assistant", content: "x", reasoning_content: "y" }],
    };
    expect(withQuirk(body, quirkFor("https://api.groq.com/openai/v1"))).toEqual({
      max_tokens: 32_768,
      messages: [{ role: "assistant", content: "x" }],
    });
    const developer = { messages: [{ role: "developer", content: "x" }] };
    expect(withQuirk(developer, quirkFor("https://api.deepseek.com"))).toEqual({
      messages: [{ role: "user", content: "x" }],
    });
    expect(withQuirk(body, quirkFor("https://api.anthropic.com"))).toEqual(body);
  });
});
