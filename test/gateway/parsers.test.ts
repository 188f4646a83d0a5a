import { createParser } from "eventsource-parser";
import { describe, expect, it } from "vitest";
import { ChatParser } from "../../src/gateway/upstream/chat.ts";
import { MessagesParser } from "../../src/gateway/upstream/messages.ts";
import type { AnswerParser } from "../../src/gateway/upstream/parser.ts";
import type { ModelEvent } from "../../src/gateway/upstream/types.ts";
import { chatEvents, messagesEvents, type ScriptedAnswer } from "./support/upstream.ts";

const options = { provider: "Up", taken: new Set<string>() };
const chat = (): AnswerParser => new ChatParser(options);
const messages = (): AnswerParser => new MessagesParser(options);

/** Everything an answer tells, its deltas put together. */
function heard(parser: AnswerParser, bytes: Uint8Array, cuts: readonly number[] = []) {
  const events: ModelEvent[] = [];
  const decoder = new TextDecoder();
  const sse = createParser({ onEvent: ({ data }) => events.push(...parser.take(data)) });
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    sse.feed(decoder.decode(bytes.subarray(from, to), { stream: true }));
    from = to;
  }
  sse.feed("\n\n");
  events.push(...parser.end());
  return summary(events);
}

function summary(events: readonly ModelEvent[]) {
  const text = events.map((event) => (event.type === "text" ? event.delta : "")).join("");
  const thinking = events.map((event) => (event.type === "thinking" ? event.delta : "")).join("");
  const thoughts = events.flatMap((event) => (event.type === "thought" ? [event.thinking] : []));
  const calls = events.flatMap((event) => (event.type === "call" ? [event.call] : []));
  const lost = events.flatMap((event) => (event.type === "call.lost" ? [event.call.name] : []));
  const usage = events.findLast((event) => event.type === "usage")?.usage;
  return { text, thinking, thoughts, calls, lost, usage, stop: events.find((event) => event.type === "stop")?.reason };
}

const rich: ScriptedAnswer = {
  think: "考🤔",
  say: "Ä😀",
  calls: [
    { id: "a", name: "one", args: { t: '"😀' } },
    { id: "b", name: "two", args: {} },
  ],
  chunk: 2,
};
const wires = [
  ["chat", chat, chatEvents, { input: 100, cacheRead: 0, cacheWrite: 0, output: 20, reasoning: 0 }, {}],
  [
    "messages",
    messages,
    messagesEvents,
    { input: 100, cacheRead: 10, cacheWrite: 0, output: 20, reasoning: 0 },
    { signature: "sig" },
  ],
] as const;

describe.each(wires)("the %s stream", (_wire, parser, eventsOf, usage, signed) => {
  const bytes = new TextEncoder().encode(eventsOf(rich).join(""));
  const whole = {
    text: "Ä😀",
    thinking: "考🤔",
    thoughts: [{ text: "考🤔", ...signed }],
    calls: [
      { id: "a", name: "one", text: '{"t":"\\"😀"}', input: { t: '"😀' } },
      { id: "b", name: "two", text: "{}", input: {} },
    ],
    lost: [],
    usage,
    stop: "calls",
  };

  it("says the same wherever it is split", () => {
    expect(heard(parser(), bytes)).toEqual(whole);
    for (let cut = 1; cut < bytes.length; cut += 1) expect(heard(parser(), bytes, [cut])).toEqual(whole);
    const every = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    expect(heard(parser(), bytes, every)).toEqual(whole);
  });

  it("is never taken for complete when it ends early, at whatever byte", () => {
    let complete = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      try {
        const told = heard(parser(), bytes.subarray(0, end));
        complete += 1;
        expect({ ...told, usage }).toEqual(whole);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: expect.stringMatching(/^upstream_(cut|malformed)$/) });
      }
    }
    // What comes after the reason to stop are counts, and the word that it was all.
    expect(complete).toBeLessThan(250);
  });

  it("tells what the provider says went wrong in the middle", () => {
    const events = eventsOf(rich).slice(0, 4);
    const error = `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "too busy" } })}\n\n`;
    const bad = new TextEncoder().encode([...events, error].join(""));
    expect(() => heard(parser(), bad)).toThrow(expect.objectContaining({ fault: "unavailable" }));
  });

  it("drops a call that the limit of tokens cut off, and says so", () => {
    const events = eventsOf({
      ...rich,
      stop: _wire === "chat" ? "length" : "max_tokens",
      calls: [{ id: "a", name: "one", args: '{"text":"half' }],
    });
    const told = heard(parser(), new TextEncoder().encode(events.join("")));
    expect(told).toMatchObject({ calls: [], lost: ["one"], stop: "max_tokens" });
  });

  it("keeps malformed arguments as they were written", () => {
    const events = eventsOf({ calls: [{ id: "a", name: "one", args: "{oops" }] });
    const [call] = heard(parser(), new TextEncoder().encode(events.join(""))).calls;
    expect(call).toMatchObject({ text: "{oops", input: {}, problem: expect.any(String) });
  });
});

const delta = (tool_calls: unknown): string => JSON.stringify({ choices: [{ delta: { tool_calls } }] });
const finish = JSON.stringify({ choices: [{ delta: {}, finish_reason: "tool_calls" }] });

const shapes: [string, unknown[], [string | RegExp, string, unknown][]][] = [
  [
    "no index, ids tell them apart",
    [
      [{ id: "a", function: { name: "x", arguments: '{"n":' } }],
      [{ function: { arguments: "1}" } }],
      [{ id: "b", function: { name: "y", arguments: "{}" } }],
    ],
    [
      ["a", "x", { n: 1 }],
      ["b", "y", {}],
    ],
  ],
  [
    "all of index 0, ids tell them apart",
    [
      [{ index: 0, id: "a", function: { name: "x", arguments: "{}" } }],
      [{ index: 0, id: "b", function: { name: "y", arguments: '{"k":2}' } }],
    ],
    [
      ["a", "x", {}],
      ["b", "y", { k: 2 }],
    ],
  ],
  [
    "no id and no index, a name after whole arguments begins another",
    [[{ function: { name: "x", arguments: '{"n":1}' } }], [{ function: { name: "x", arguments: '{"n":2}' } }]],
    [
      [/call_/, "x", { n: 1 }],
      [/call_/, "x", { n: 2 }],
    ],
  ],
  [
    "the name and id in every piece",
    [
      [{ index: 0, id: "a", function: { name: "x", arguments: '{"n"' } }],
      [{ index: 0, id: "a", function: { name: "x", arguments: ":1}" } }],
    ],
    [["a", "x", { n: 1 }]],
  ],
  [
    "arguments as an object",
    [[{ index: 0, id: "a", function: { name: "x", arguments: { n: 1 } } }]],
    [["a", "x", { n: 1 }]],
  ],
  ["empty arguments", [[{ index: 0, id: "a", function: { name: "x", arguments: "" } }]], [["a", "x", {}]]],
  ["arguments that are null", [[{ index: 0, id: "a", function: { name: "x", arguments: null } }]], [["a", "x", {}]]],
  [
    "two calls in one piece",
    [
      [
        { index: 0, id: "a", function: { name: "x", arguments: "{}" } },
        { index: 1, id: "b", function: { name: "y", arguments: "{}" } },
      ],
    ],
    [
      ["a", "x", {}],
      ["b", "y", {}],
    ],
  ],
  [
    "pieces of two calls in turns",
    [
      [{ index: 0, id: "a", function: { name: "x", arguments: "{" } }],
      [{ index: 1, id: "b", function: { name: "y", arguments: "{" } }],
      [{ index: 0, function: { arguments: "}" } }],
      [{ index: 1, function: { arguments: "}" } }],
    ],
    [
      ["a", "x", {}],
      ["b", "y", {}],
    ],
  ],
  [
    "the same id twice",
    [
      [{ index: 0, id: "a", function: { name: "x", arguments: "{}" } }],
      [{ index: 1, id: "a", function: { name: "y", arguments: "{}" } }],
    ],
    [
      ["a", "x", {}],
      ["a_2", "y", {}],
    ],
  ],
];

describe("tool calls in chat streams", () => {
  it.each(shapes)("with %s", (_name, pieces, calls) => {
    const parser = chat();
    for (const piece of pieces) parser.take(delta(piece));
    parser.take(finish);
    const told = summary(parser.end()).calls;
    expect(told.map(({ name, input }) => [name, input])).toEqual(calls.map(([, name, input]) => [name, input]));
    for (const [index, [id]] of calls.entries()) {
      if (typeof id === "string") expect(told[index]?.id).toBe(id);
      else expect(told[index]?.id).toMatch(id);
    }
  });

  it("never have an id the conversation already has", () => {
    const parser = new ChatParser({ provider: "Up", taken: new Set(["call_0", "call_1"]) });
    parser.take(delta([{ index: 0, id: "call_0", function: { name: "x", arguments: "{}" } }]));
    parser.take(delta([{ index: 1, function: { name: "y", arguments: "{}" } }]));
    parser.take(finish);
    const ids = summary(parser.end()).calls.map(({ id }) => id);
    expect(new Set([...ids, "call_0", "call_1"]).size).toBe(4);
  });
});

describe("what is not streamed", () => {
  it("is read from a whole chat completion", () => {
    const parser = chat();
    const message = {
      role: "assistant",
      content: "hi",
      reasoning_content: "hm",
      tool_calls: [{ id: "a", function: { name: "x", arguments: "{}" } }],
    };
    const events = parser.take(
      JSON.stringify({
        choices: [{ message, finish_reason: "tool_calls" }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      }),
    );
    expect(summary([...events, ...parser.end()])).toMatchObject({
      text: "hi",
      thinking: "hm",
      calls: [{ id: "a" }],
      stop: "calls",
    });
  });

  it("is read from a whole message", () => {
    const parser = messages();
    const content = [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "text", text: "hi" },
      { type: "tool_use", id: "a", name: "x", input: { n: 1 } },
    ];
    const events = parser.take(
      JSON.stringify({
        type: "message",
        content,
        stop_reason: "tool_use",
        usage: { input_tokens: 3, output_tokens: 4 },
      }),
    );
    expect(summary([...events, ...parser.end()])).toMatchObject({
      text: "hi",
      thoughts: [{ text: "hm", signature: "s" }],
      calls: [{ id: "a", input: { n: 1 } }],
      stop: "calls",
      usage: { input: 3, output: 4 },
    });
  });
});

describe("blocks of a message stream", () => {
  const take = (parser: AnswerParser, event: object): ModelEvent[] => parser.take(JSON.stringify(event));

  it("of an unknown type lose nothing that comes after", () => {
    const parser = messages();
    const events = [
      ...take(parser, { type: "message_start", message: { usage: { input_tokens: 1 } } }),
      ...take(parser, {
        type: "content_block_start",
        index: 0,
        content_block: { type: "redacted_thinking", data: "opaque" },
      }),
      ...take(parser, { type: "content_block_stop", index: 0 }),
      ...take(parser, {
        type: "content_block_start",
        index: 1,
        content_block: { type: "server_tool_use", id: "s", name: "web", input: {} },
      }),
      ...take(parser, {
        type: "content_block_delta",
        index: 1,
        delta: { type: "input_json_delta", partial_json: "{}" },
      }),
      ...take(parser, { type: "content_block_stop", index: 1 }),
      ...take(parser, { type: "ping" }),
      ...take(parser, { type: "content_block_start", index: 2, content_block: { type: "text", text: "" } }),
      ...take(parser, { type: "content_block_delta", index: 2, delta: { type: "text_delta", text: "still here" } }),
      ...take(parser, {
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { output_tokens: 9, input_tokens: null },
      }),
      ...parser.end(),
    ];
    expect(summary(events)).toMatchObject({
      text: "still here",
      thoughts: [{ text: "", redacted: "opaque" }],
      calls: [],
      stop: "end",
      usage: { input: 1, output: 9 },
    });
  });

  it.each([
    ["refusal", "refusal"],
    ["pause_turn", "pause"],
    ["model_context_window_exceeded", "context_full"],
    ["stop_sequence", "end"],
    ["something_new", "other"],
  ])("end with %s as %s", (stop_reason, stop) => {
    const parser = messages();
    take(parser, { type: "message_delta", delta: { stop_reason } });
    expect(summary(parser.end()).stop).toBe(stop);
  });
});
