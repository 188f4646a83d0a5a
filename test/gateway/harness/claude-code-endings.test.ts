import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGatewayHost } from "../support/host.ts";
import { resultTexts, unmarked } from "../support/play.ts";
import { messagesEvents, type ScriptedAnswer, type UpstreamRequest } from "../support/upstream.ts";

/* How answers of the Messages API end badly, and what a real Codex makes of it. */

let bridge: Awaited<ReturnType<typeof openGatewayHost>>;
beforeAll(async () => {
  bridge = await openGatewayHost("claude-endings", {
    harness: "claude-code",
    wire: "messages",
    model: "claude-opus-5",
  });
});
afterAll(() => bridge.close());

/** One turn of a fresh thread; its answers follow each other, and the last one stays. */
async function turn(session: string, ...answers: readonly ScriptedAnswer[]) {
  const before = bridge.upstream.requests.length;
  bridge.upstream.script = ({ index }) => answers[index - before] ?? answers.at(-1)!;
  const result = await bridge.turn(session, "please");
  return { result, requests: bridge.upstream.requests.slice(before) };
}

const touch = (id = "toolu_t") => ({ name: "Bash", args: { command: "echo ran >> touched" }, id });
const error = (type: string, message: string): string =>
  `event: error\ndata: ${JSON.stringify({ type: "error", error: { type, message } })}\n\n`;
/** The beginning of an answer, and then something else. */
const broken = (answer: ScriptedAnswer, events: number, rest: string): ScriptedAnswer => ({
  bytes: [...messagesEvents(answer).slice(0, events), rest].join(""),
});
const well = { say: "Well." };

/** What goes wrong first; the second time all is well. */
const transient: [string, ScriptedAnswer][] = [
  ["the stream is cut in the words", { say: "half of what was", cutAfter: 3 }],
  ["the stream ends in a call", broken({ calls: [touch()] }, 5, "")],
  ["overloaded in the middle of a call", broken({ calls: [touch()] }, 5, error("overloaded_error", "Overloaded"))],
  ["something that is no event", broken(well, 2, "data: {oops\n\n")],
  [
    "429",
    { status: 429, headers: { "retry-after": "1" }, body: { error: { type: "rate_limit_error", message: "slow" } } },
  ],
  ["529", { status: 529, body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } }],
];

/** What another attempt would not better. */
const final: [string, ScriptedAnswer, RegExp][] = [
  [
    "400",
    { status: 400, body: { type: "error", error: { type: "invalid_request_error", message: "tools.0: no" } } },
    /400: tools\.0: no/,
  ],
  [
    "401",
    { status: 401, body: { error: { message: "invalid x-api-key test-key-of-the-upstream" } } },
    /401: invalid x-api-key/,
  ],
  ["403", { status: 403, body: { error: { type: "permission_error", message: "not yours" } } }, /403: not yours/],
  ["404", { status: 404, body: { error: { type: "not_found_error", message: "model: x" } } }, /404: model: x/],
  [
    "a credit that is used up",
    { status: 400, body: { error: { message: "Your credit balance is too low" } } },
    /credit balance/,
  ],
  ["an invalid request in the stream", broken(well, 2, error("invalid_request_error", "bad block")), /bad block/],
  ["the limit of tokens in the words", { say: "and then", stop: "max_tokens" }, /limit of output tokens/],
];

describe("an answer that ends badly", () => {
  it.each(transient)("is asked for again: %s", async (name, wrong) => {
    const { result, requests } = await turn(`again ${name}`, wrong, well);
    expect(result).toMatchObject({ ok: true, text: "Well." });
    // What broke off is no answer: neither the transcript nor the model has it.
    expect(result.entries.map(({ kind }) => kind)).toEqual(["user", "assistant"]);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.raw).toBe(requests[0]?.raw);
  });

  it("is asked for again a few times and no more", async () => {
    const { result, requests } = await turn("always", { status: 529, body: {} });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result.outcome)).toContain("529");
    expect(requests.length).toBeLessThanOrEqual(6);
  });

  it.each(final)("fails at once and says why: %s", async (name, wrong, words) => {
    const { result, requests } = await turn(`once ${name}`, wrong);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result.outcome)).toMatch(words);
    expect(JSON.stringify(result)).not.toContain(bridge.key);
    expect(requests).toHaveLength(1);
  });

  it("is shown when the model declines, and what it called by then does not happen", async () => {
    const silent = await turn("declines", { stop: "refusal" });
    expect(silent.result).toMatchObject({ ok: true, text: "The model declined to answer." });
    const { result, requests } = await turn("declines late", { say: "So,", calls: [touch()], stop: "refusal" });
    expect(result).toMatchObject({
      ok: true,
      text: expect.stringMatching(/^So,\s+\(The model declined to go on\.\)$/),
    });
    expect(requests).toHaveLength(1);
    // Our own words are not told to the model as its own.
    const next = await turn("declines late", well);
    expect(JSON.stringify(next.requests[0]?.body.messages)).not.toContain("The model declined");
  });

  it("is told to the model when the limit of tokens or bad JSON spoilt a call, in the same words ever after", async () => {
    const cut = {
      calls: [touch("toolu_0"), { ...touch("toolu_1"), args: '{"command":"echo ran >> tou' }],
      stop: "max_tokens",
    };
    const unsaid = { calls: [{ ...touch("toolu_2"), args: "" }], stop: "max_tokens" };
    const bad = { calls: [{ ...touch("toolu_3"), args: '{"command": echo}' }] };
    const { result, requests } = await turn("spoilt", cut, unsaid, bad, well);
    expect(result).toMatchObject({ ok: true, text: "Well." });
    const lost = expect.stringContaining("cut off by the limit of output tokens");
    const told = ["(The command completed with no output)", lost, lost, expect.stringContaining('{"command": echo}')];
    expect(resultTexts(requests.at(-1)!)).toEqual(told);
    const [later] = (await turn("spoilt", well)).requests;
    expect(unmarked(later?.body.messages).startsWith(unmarked(requests.at(-1)?.body.messages).slice(0, -3))).toBe(true);
  });
});

describe("blocks of an answer", () => {
  const at = (index: number, content_block: object, ...deltas: object[]): string =>
    [
      { type: "content_block_start", index, content_block },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join("");
  const thinking = (index: number, text: string, signature: string): string =>
    at(
      index,
      { type: "thinking", thinking: "", signature: "" },
      { type: "thinking_delta", thinking: text },
      { type: "signature_delta", signature },
    );
  const text = (index: number, words: string): string =>
    at(index, { type: "text", text: "" }, { type: "text_delta", text: words });
  const call = (index: number, file: string): string =>
    at(
      index,
      { type: "tool_use", id: `toolu_${index}`, name: "Read", input: {} },
      {
        type: "input_json_delta",
        partial_json: JSON.stringify({ file_path: file }),
      },
    );

  it("go back signed and in their places; those nobody knows are left out and lose nothing", async () => {
    const file = path.join(bridge.work, "seen.txt");
    writeFileSync(file, "seen\n");
    const bytes = [
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}\n\n',
      thinking(0, "Hm. é", "sig/+0="),
      text(1, "First. "),
      at(2, { type: "redacted_thinking", data: "b3BhcXVl" }),
      'event: ping\ndata: {"type":"ping"}\n\n',
      at(
        3,
        { type: "server_tool_use", id: "s", name: "web", input: {} },
        { type: "input_json_delta", partial_json: "{" },
      ),
      text(4, "Second."),
      thinking(5, "So.", "sig/+5="),
      call(6, file),
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}\n\n',
      'event: message_stop\ndata: {"type":"message_stop"}\n\ndata: [DONE]\n\n',
    ];
    const { result, requests } = await turn("blocks", { bytes: bytes.join("") }, well);
    expect(result).toMatchObject({ ok: true, text: "Well." });
    expect(result.entries.flatMap(({ kind, text: words }) => (kind === "user" ? [] : [words?.trim() ?? kind]))).toEqual(
      ["Hm. é", "First. Second.", "So.", expect.anything(), "Well."],
    );
    const blocks = ({ body }: UpstreamRequest) => body.messages.slice(1, 3).map(({ content }) => content);
    const told = [
      [
        { type: "thinking", thinking: "Hm. é", signature: "sig/+0=" },
        { type: "text", text: "First." },
        { type: "redacted_thinking", data: "b3BhcXVl" },
        { type: "text", text: "Second." },
        { type: "thinking", thinking: "So.", signature: "sig/+5=" },
        { type: "tool_use", id: "toolu_6", name: "Read", input: { file_path: file } },
      ],
      [expect.objectContaining({ tool_use_id: "toolu_6", content: "1\tseen\n2\t" })],
    ];
    expect(blocks(requests[1]!)).toEqual(told);
    await bridge.restart();
    const [later] = (await turn("blocks", well)).requests;
    expect(blocks(later!)).toEqual(told);
  });
});
