import { describe, expect, it, vi } from "vitest";
import { AnswerLog } from "../../src/requests/answer-log.ts";
import { ApprovalMemory, commandApproval } from "../../src/requests/approvals.ts";
import { RequestDesk } from "../../src/requests/desk.ts";
import { elicitation, formAnswer, questionAnswer, questionAsk } from "../../src/requests/questions.ts";
import { toolSet } from "../../src/requests/tool-set.ts";
import type { ApprovalDecision, FormAsk, FormField } from "../../src/requests/types.ts";

const turn = { threadId: "t", turnId: "u" };

describe("a question of Codex", () => {
  const ask = questionAsk({
    ...turn,
    questions: [
      { id: "a", header: "Head\u001b[2J", question: "q".repeat(5000), options: [{ label: "red" }], isSecret: true },
      { id: "b", isOther: false, options: null },
    ],
  });

  it("is shown bounded and clean, with what is absent filled in", () => {
    expect(ask.questions[0]).toEqual({
      id: "a",
      header: "Head\\u001b[2J",
      question: expect.stringMatching(/^q{1000}\n… 3000 characters left out …\nq{1000}$/),
      options: [{ label: "red", description: "" }],
      allowOther: true,
      secret: true,
    });
    expect(ask.questions[1]).toMatchObject({ id: "b", header: "", options: [], allowOther: false, secret: false });
  });

  it.each<[string, Record<string, readonly string[]> | undefined, object]>([
    ["everything", { a: ["red"], b: ["own", "words"] }, { a: { answers: ["red"] }, b: { answers: ["own", "words"] } }],
    ["a part", { b: [] }, { b: { answers: [] } }],
    ["questions nobody asked", { c: ["x"], __proto__: ["y"] as never, a: ["red"] }, { a: { answers: ["red"] } }],
    ["nothing", undefined, {}],
  ])("is answered with %s: only what was asked goes out", (_what, given, answers) => {
    expect(questionAnswer(ask, given)).toEqual({ answers });
  });

  it("with an id that every object has is not answered by what every object has", () => {
    const odd = questionAsk({ ...turn, questions: [{ id: "constructor" }, { id: "__proto__" }] });
    expect(questionAnswer(odd, {})).toEqual({ answers: {} });
  });

  it("goes out as texts, whatever the host gave", () => {
    expect(questionAnswer(ask, { a: [1, true] as never })).toEqual({ answers: { a: { answers: ["1", "true"] } } });
  });
});

describe("what an MCP server asks", () => {
  const asked = (params: object) => elicitation({ ...turn, serverName: "srv", message: "please", ...params });
  const toolCall = (meta: object) => asked({ mode: "form", _meta: { codex_approval_kind: "mcp_tool_call", ...meta } });

  it("leave to run a tool is an approval, for the session only where Codex offers it", () => {
    const once = toolCall({ tool_name: "x", tool_params: { a: 1 } });
    const kept = toolCall({ persist: ["session", "always"] });
    if (once.kind !== "approval" || kept.kind !== "approval") throw new Error("no approval");
    expect(once.ask).toMatchObject({ kind: "mcp_tool", title: "please", detail: '{"a":1}', ...turn });
    expect(once.ask.decisions).toEqual(["accept", "decline", "cancel"]);
    expect(kept.ask.decisions).toEqual(["accept", "accept_session", "decline", "cancel"]);
    expect(once.answer("accept")).toEqual({ action: "accept", content: {}, _meta: null });
    expect(once.answer("accept_session")).toEqual({ action: "accept", content: {}, _meta: { persist: "session" } });
    for (const no of ["decline", "cancel"] as const)
      expect(once.answer(no)).toEqual({ action: no, content: null, _meta: null });
  });

  it("is remembered for this very call only", () => {
    const keys = [
      toolCall({ tool_name: "x", tool_params: { a: 1 } }),
      toolCall({ tool_name: "x", tool_params: { a: 2 } }),
      toolCall({ tool_name: "y", tool_params: { a: 1 } }),
      asked({ serverName: "other", mode: "form", _meta: { codex_approval_kind: "mcp_tool_call", tool_name: "x" } }),
      toolCall({ tool_name: "x" }),
    ].map((each) => (each.kind === "approval" ? each.memoryKey : ""));
    expect(new Set(keys).size).toBe(5);
    const again = toolCall({ tool_name: "x", tool_params: { a: 1 } });
    expect(again.kind === "approval" && again.memoryKey).toBe(keys[0]);
  });

  it.each([
    ["https://example.org/a?b=c#d", true],
    ["HTTP://example.org", true],
    ["javascript:alert(1)", false],
    ["file:///etc/passwd", false],
    ["vscode://x", false],
    ["//example.org", false],
    ["", false],
    [undefined, false],
    [" https://example.org", false],
    ["https://example.org/\u001b[2J\u202egpj", false],
  ])("a page is shown only by http and https: %s", (url, taken) => {
    const found = asked({ mode: "url", url });
    if (taken) expect(found).toEqual({ kind: "form", ask: { mode: "url", server: "srv", message: "please", url } });
    else if (found.kind === "form" && found.ask.mode === "url")
      // Whatever is shown, nothing in it may hide where it leads.
      expect(found.ask.url).toMatch(/^https?:\/\/[\x21-\x7e]+$/);
    else expect(found.kind).toBe("unsupported");
  });

  it("a form is taken apart into fields", () => {
    const properties = {
      name: { type: "string", title: "Na\u0007me", description: "d".repeat(2000) },
      age: { type: "integer" },
      size: { type: "number" },
      ok: { type: "boolean" },
      colour: { type: "string", enum: ["red", "blue"] },
      many: { type: "array", items: { type: "string", enum: ["p", "q"] } },
      odd: {},
    };
    const found = asked({ mode: "form", requestedSchema: { type: "object", properties, required: ["age", "nobody"] } });
    if (found.kind !== "form" || found.ask.mode !== "form") throw new Error("no form");
    const { fields } = found.ask;
    expect(fields.map(({ type }) => type)).toEqual("string integer number boolean enum multi string".split(" "));
    expect(fields.filter(({ required }) => required).map(({ name }) => name)).toEqual(["age"]);
    expect(fields[0]).toMatchObject({
      title: "Na\\u0007me",
      description: expect.stringContaining("1500 characters left out"),
    });
    expect([fields[4]?.choices, fields[5]?.choices]).toEqual([
      ["red", "blue"],
      ["p", "q"],
    ]);
    expect(fields[1]).toMatchObject({ title: "age", description: "" });
  });

  it.each<[string, object]>([
    ["a mode nobody knows", { mode: "hologram" }],
    ["a form without a schema", { mode: "form" }],
    ["a schema that is none", { mode: "form", requestedSchema: { properties: { a: { type: 7 } } } }],
    [
      "25 fields",
      {
        mode: "form",
        requestedSchema: { properties: Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`f${n}`, {}])) },
      },
    ],
  ])("%s is not supported", (_what, params) => {
    expect(asked(params)).toEqual({ kind: "unsupported", why: expect.any(String) });
  });

  it("24 fields are a form", () => {
    const properties = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`f${n}`, {}]));
    expect(asked({ mode: "form", requestedSchema: { properties } }).kind).toBe("form");
  });
});

describe("a filled-in form", () => {
  const form = (...fields: Partial<FormField>[]): FormAsk => ({
    mode: "form",
    server: "s",
    message: "",
    fields: fields.map((field) => ({
      name: "f",
      title: "",
      description: "",
      type: "string",
      required: false,
      ...field,
    })),
  });
  const accepted = (ask: FormAsk, content: Record<string, unknown>) => formAnswer(ask, { action: "accept", content });

  it.each<[FormField["type"], unknown[], unknown[]]>([
    ["string", ["", "x"], [1, null, ["x"], {}]],
    ["number", [0, -1.5], ["1", Number.NaN, Number.POSITIVE_INFINITY, null]],
    ["integer", [0, -7], [1.5, "1", Number.NaN]],
    ["boolean", [true, false], ["true", 0, null]],
    ["enum", ["a"], ["c", 1, ["a"], "toString"]],
    ["multi", [[], ["a"], ["a", "b"]], ["a", ["c"], [1], null]],
  ])("takes for %s only what fits", (type, good, bad) => {
    const ask = form({ type, ...(type === "enum" || type === "multi" ? { choices: ["a", "b"] } : {}) });
    for (const value of good)
      expect(accepted(ask, { f: value })).toEqual({ action: "accept", content: { f: value }, _meta: null });
    for (const value of bad) expect(() => accepted(ask, { f: value })).toThrow(`f is not a ${type}`);
  });

  it("may leave out what is not required, and only that; what was not asked for stays here", () => {
    const ask = form({ name: "a", required: true }, { name: "b" });
    expect(accepted(ask, { a: "x", c: "secret" })).toEqual({ action: "accept", content: { a: "x" }, _meta: null });
    expect(() => accepted(ask, { b: "x" })).toThrow("a is required");
    expect(accepted(form({ type: "multi" }), { f: ["anything"] })).toMatchObject({ content: { f: ["anything"] } });
  });

  it("takes a field by a name that every object has as absent when it is", () => {
    expect(accepted(form({ name: "constructor" }), {})).toEqual({ action: "accept", content: {}, _meta: null });
    expect(() => accepted(form({ name: "toString", required: true }), {})).toThrow("toString is required");
  });

  it("that is refused, or is a page, holds nothing", () => {
    for (const action of ["decline", "cancel"] as const)
      expect(formAnswer(form({ required: true }), { action })).toEqual({ action, content: null, _meta: null });
    const page: FormAsk = { mode: "url", server: "s", message: "", url: "https://a" };
    expect(accepted(page, { a: 1 })).toEqual({ action: "accept", content: {}, _meta: null });
  });
});

describe("what was allowed for good", () => {
  /** What comes of some commands when a person always says the same, and how often the person was asked. */
  async function decided(says: ApprovalDecision, asks: object[], memory = new ApprovalMemory()) {
    const approve = vi.fn(async () => says);
    const clocks = { toolMs: 1, approvalMs: 1 };
    const warn = () => undefined;
    const desk = new RequestDesk({
      handlers: { approve },
      tools: toolSet([]),
      clocks,
      memory,
      answers: new AnswerLog(),
      warn,
    });
    const decisions: ApprovalDecision[] = [];
    for (const ask of asks) {
      const approval = commandApproval({ ...turn, itemId: "i", command: "ls", cwd: "/w", ...ask });
      decisions.push(await desk.decide(approval, new AbortController().signal));
    }
    return { asked: approve.mock.calls.length, decisions };
  }

  it("is not asked again, for the very same command in the same folder", async () => {
    const asks = [{}, {}, { command: "ls " }, { cwd: "/v" }, { kind: "writeStdin" }, { command: "rm" }];
    const { asked, decisions } = await decided("accept_session", asks);
    expect(asked).toBe(5);
    expect(decisions[1]).toBe("accept");
  });

  it("does not cover the same command with permissions it did not have", async () => {
    const additionalPermissions = { network: { enabled: true } };
    expect((await decided("accept_session", [{}, { additionalPermissions }])).asked).toBe(2);
    const { detail } = commandApproval({ ...turn, itemId: "i", command: "ls", additionalPermissions }).ask;
    expect(detail).toContain("network");
  });

  it.each(["accept", "decline", "cancel"] as const)("is nothing after %s", async (says) => {
    expect(await decided(says, [{}, {}])).toEqual({ asked: 2, decisions: [says, says] });
  });

  it("holds for the session's next turn; the oldest is forgotten first", async () => {
    const memory = new ApprovalMemory(2);
    const [a, b, c] = ["a", "b", "c"].map((command) => ({ command })) as [object, object, object];
    await decided("accept_session", [a, b, c], memory);
    expect((await decided("decline", [b, c, a], memory)).decisions).toEqual(["accept", "accept", "decline"]);
  });

  it("needs a decision that means something here: any other is a no", async () => {
    expect((await decided("sure" as never, [{}])).decisions).toEqual(["decline"]);
  });
});
