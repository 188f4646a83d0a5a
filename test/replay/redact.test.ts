import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineMaker } from "../../src/replay/record/lines.ts";
import type { TapeEvent } from "../../src/replay/record/tape.ts";
import { Placeholders } from "../../src/replay/redact/placeholders.ts";
import { Redactor } from "../../src/replay/redact/redact.ts";
import { blankError, blankText } from "../../src/replay/redact/redact-text.ts";
import "../support/same-cases.ts";

/** Strings of any code units, also halves of surrogate pairs. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
const people = fc.oneof(fc.string({ unit: "grapheme" }), anyText);
const threadId = "019b2f4e-7c1d-7a20-9f6e-3d1c2b4a5f60";
const turnId = "019b2f4e-9c1d-7a20-9f6e-3d1c2b4a5f61";

const redactor = () => new Redactor(new Placeholders());
const delta = (text: string, itemId = "msg_0a1b2c3d") => ({
  method: "item/agentMessage/delta",
  params: { threadId, turnId, itemId, delta: text },
});

describe("a blanked text", () => {
  it("adds up from its parts wherever it is cut", () => {
    fc.assert(
      fc.property(people, people, (a, b) => {
        expect(blankText(a) + blankText(b)).toBe(blankText(a + b));
      }),
    );
  });

  it("adds up when a surrogate pair is cut", () => {
    const [high, low] = ["\ud83d\ude80".charAt(0), "\ud83d\ude80".charAt(1)];
    expect(blankText(high) + blankText(low)).toBe(blankText("🚀"));
    expect(blankText("🚀𝒜")).toBe("😀😀");
  });

  it("keeps length, bytes, lines and blankness, and blanking it again changes nothing", () => {
    fc.assert(
      fc.property(people, (text) => {
        const blank = blankText(text);
        expect(blank).toHaveLength(text.length);
        expect(Buffer.byteLength(blank)).toBe(Buffer.byteLength(text));
        expect(blank.split("\n").map((line) => line.length)).toEqual(text.split("\n").map((line) => line.length));
        expect(blank.trim() === "").toBe(text.trim() === "");
        expect(blank.isWellFormed()).toBe(text.isWellFormed());
        expect(blankText(blank)).toBe(blank);
      }),
    );
  });

  it("has no letter or digit of the original", () => {
    fc.assert(
      fc.property(people, (text) => {
        expect(blankText(text)).toMatch(/^(?:[^\p{L}\p{N}]|[xX0é文])*$/u);
      }),
    );
    expect(blankText("Grüße, 東京 42: O'Neill <a@b.io>")).toBe(
      "Xxéée, 文文 00: X'Xxxxx <x@x.xx>".replace("éée", "ééx"),
    );
  });
});

describe("the text of an error", () => {
  it("keeps what refusals are told apart by, ids as they are elsewhere, and nothing else", () => {
    const known = (word: string) => (word === threadId ? "00000000-0000-7000-8000-000000000001" : undefined);
    expect(blankError(`no rollout found for thread id ${threadId}`, known)).toBe(
      "no rollout found xxx thread id 00000000-0000-7000-8000-000000000001",
    );
    expect(blankError("failed to read /home/ann/rollout: Ann's café", known)).toBe(
      "failed to read /xxxx/xxx/rollout: Xxx'x xxxé",
    );
  });
});

describe("a redacted message", () => {
  it("keeps an id equal to itself, wherever it stands", () => {
    const clean = redactor();
    const first = clean.message(delta("one", "item-3")) as ReturnType<typeof delta>;
    const done = clean.message({
      method: "item/completed",
      params: {
        threadId,
        turnId,
        item: {
          type: "collabAgentToolCall",
          id: "call_XyZ",
          tool: "spawnAgent",
          status: "completed",
          receiverThreadIds: [turnId],
          agentsStates: { [turnId]: { status: "running", message: "Ann waits" } },
        },
      },
    }) as { params: { item: Record<string, unknown>; threadId: string } };
    const [thread, turn] = ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"];
    expect(first.params).toEqual({ threadId: thread, turnId: turn, itemId: "item-3", delta: "xxx" });
    expect(done.params).toEqual({
      threadId: thread,
      turnId: turn,
      item: {
        type: "collabAgentToolCall",
        id: "call_1",
        tool: "spawnAgent",
        status: "completed",
        receiverThreadIds: [turn],
        agentsStates: { [turn]: { status: "running", message: "Xxx xxxxx" } },
      },
    });
  });

  it("keeps what lies in a folder in that folder", () => {
    const clean = redactor().message({
      params: {
        cwd: "/home/ann/shop",
        codexHome: "/home/ann/.codex",
        item: { type: "fileChange", path: "../shop/a.ts" },
      },
    });
    expect(clean).toEqual({
      params: { cwd: "/p1/p2/p3", codexHome: "/p1/p2/p4", item: { type: "fileChange", path: "../p3/p5" } },
    });
  });

  it("keeps of a tool's data and schema only their form", () => {
    const tool = {
      name: "lookUp",
      inputSchema: { type: "object", properties: { town: { type: "string" } }, required: ["town"] },
    };
    const call = { tool: "lookUp", arguments: { town: "Ann Arbor", zip: 48104, near: true } };
    const clean = redactor();
    expect(clean.message({ params: { dynamicTools: [tool] } })).toEqual({
      params: {
        dynamicTools: [
          {
            name: "name_1",
            inputSchema: { type: "object", properties: { name_2: { type: "string" } }, required: ["name_2"] },
          },
        ],
      },
    });
    expect(clean.message({ params: call })).toEqual({
      params: { tool: "name_1", arguments: { name_2: "Xxx Xxxxx", name_3: 11101, name_4: true } },
    });
  });

  it("does not take a tool's data for the protocol's, however it looks", () => {
    const call = {
      tool: "t",
      arguments: { status: "completed", type: "userMessage", id: "msg_1", tokens: 4810, text: "Ann" },
    };
    expect(redactor().message({ params: call })).toEqual({
      params: {
        tool: "name_1",
        arguments: { status: "xxxxxxxxx", type: "xxxxXxxxxxx", id: "xxx_0", tokens: 1110, text: "Xxx" },
      },
    });
  });

  it("keeps what a server says it is, and of a renamed one the version", () => {
    const agent = (userAgent: string) => redactor().message({ id: 1, result: { userAgent } });
    const plain = "codex-bridge/0.169.0 (Debian 12.0.0; x86_64) xterm (codex-bridge; 0.1.0)";
    expect(agent(plain)).toEqual({ id: 1, result: { userAgent: plain } });
    expect(agent("Ann's app/0.169.0-beta.1 (Mac)")).toEqual({
      id: 1,
      result: { userAgent: "Xxx'x xxx/0.169.0-beta.1 (Xxx)" },
    });
  });

  it("keeps the name of a message nobody knows yet, but only as its name", () => {
    const message = {
      method: "thread/dream",
      params: { method: "secret/dream", model: "gpt-5.5-codex", version: "1.2.3" },
    };
    expect(redactor().message(message)).toEqual({ ...message, params: { ...message.params, method: "xxxxxx/xxxxx" } });
    const own = { params: { model: "gpt-ann", version: "1.2.3-ann", modelProvider: "ann", platformOs: "annux" } };
    expect(redactor().message(own)).toEqual({
      params: { model: "name_1", version: "0.0.0-xxx", modelProvider: "name_2", platformOs: "xxxxx" },
    });
  });

  it("never keeps a credential, in no mode", () => {
    const login = { method: "account/login/start", params: { type: "apiKey", apiKey: "hunter2 hunter2" } };
    for (const mode of ["blank", "keep"] as const) {
      expect(messageOf(new LineMaker(mode), login)).toEqual({
        ...login,
        params: { type: "apiKey", apiKey: "[redacted]" },
      });
    }
  });

  it("lets nothing through that is not a word of the protocol", () => {
    const marker = "Zq7 planted";
    const planted = fc.oneof(
      fc.constant(marker),
      fc.string().map((text) => text + marker),
    );
    const words = fc.constantFrom(
      ...["id", "type", "status", "text", "path", "cwd", "name", "model", "userAgent", "version", "command", "method"],
      ...["message", "error", "arguments", "config", "item", "params", "result", "thread", "delta", "kind", "title"],
      ...["__proto__", "constructor", "$payload", "tool", "required", "optOutNotificationMethods", "mode", "apiKey"],
    );
    const message = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        planted,
        fc.integer(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        tie("object"),
      ),
      object: fc.dictionary(fc.oneof(words, planted), tie("value"), { maxKeys: 4 }),
    })).object;
    fc.assert(
      fc.property(message, (value) => {
        expect(JSON.stringify(redactor().message(value))).not.toMatch(/Zq7|planted/);
      }),
      { numRuns: 500 },
    );
  });

  it("is not overwhelmed by depth", () => {
    let deep: unknown = "bottom";
    for (let level = 0; level < 50_000; level += 1) deep = { item: deep };
    expect(JSON.stringify(redactor().message(deep))).toContain("null");
  });
});

describe("lines", () => {
  it("make deltas add up to the final text, also through JSON", () => {
    fc.assert(
      fc.property(fc.array(people, { maxLength: 8 }), (pieces) => {
        const maker = new LineMaker("blank");
        const streamed = pieces.map(
          (piece) => (messageOf(maker, delta(piece)) as ReturnType<typeof delta>).params.delta,
        );
        const item = { type: "agentMessage", id: "msg_0a1b2c3d", text: pieces.join("") };
        const done = messageOf(maker, { method: "item/completed", params: { threadId, turnId, item } });
        expect(done).toMatchObject({ params: { item: { text: streamed.join(""), id: "msg_1" } } });
      }),
    );
  });

  it.each(["blank", "keep"] as const)("keep answers under the ids of their questions (%s)", (mode) => {
    const maker = new LineMaker(mode);
    const asked = messageOf(maker, {
      id: 1,
      method: "item/tool/requestUserInput",
      params: { questions: [{ id: "q1" }] },
    });
    const answered = messageOf(maker, { id: 1, result: { answers: { q1: { answers: ["Blue"] } } } });
    const [question] = (asked as { params: { questions: { id: string }[] } }).params.questions;
    const text = mode === "keep" ? "Blue" : "Xxxx";
    expect(answered).toEqual({ id: 1, result: { answers: { [question!.id]: { answers: [text] } } } });
  });

  it("keep a prompt equal to the user message it becomes", () => {
    const maker = new LineMaker("blank");
    const prompt = "Ask Ann\tabout 42";
    const host: TapeEvent = {
      tUs: 0,
      dir: "host",
      server: 0,
      content: { event: "attempt", session: "s", prompt, settings: {}, clocks: { toolMs: 5 } },
    };
    expect(JSON.parse(maker.line(host, () => undefined)!.line).message).toEqual({
      event: "attempt",
      session: "id_1",
      prompt: "Xxx Xxx\txxxxx 00",
      settings: {},
      clocks: { toolMs: 5 },
    });
    const start = { method: "turn/start", id: 3, params: { threadId, input: [{ type: "text", text: prompt }] } };
    expect(messageOf(maker, start)).toMatchObject({
      id: 3,
      params: { input: [{ type: "text", text: "Xxx Xxx\txxxxx 00" }] },
    });
  });

  it("rebuild entry ids from the placeholders", () => {
    const maker = new LineMaker("blank");
    messageOf(maker, delta("a"));
    const content = {
      event: "entry",
      threadId,
      id: `${threadId}/${turnId}/msg_0a1b2c3d/assistant`,
      kind: "assistant",
    } as const;
    const line = maker.line({ tUs: 1, dir: "host", server: 0, content }, () => undefined)!.line;
    const [thread, turn] = ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"];
    expect(JSON.parse(line).message).toEqual({
      event: "entry",
      threadId: thread,
      id: `${thread}/${turn}/msg_1/assistant`,
      kind: "assistant",
    });
  });
});

function messageOf(maker: LineMaker, message: object): unknown {
  const event: TapeEvent = { tUs: 0, dir: "s2c", server: 0, content: JSON.stringify(message) };
  return JSON.parse(maker.line(event, () => undefined)!.line).message;
}
