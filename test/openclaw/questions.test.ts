import { describe, expect, it, vi } from "vitest";
import { announceDeadline } from "../../src/openclaw/deadline.ts";
import { answerQuestions, fillIn, type QuestionContext } from "../../src/openclaw/questions.ts";
import type { FormAsk } from "../../src/requests/types.ts";
import { fakeAttempt } from "./fake-attempt.ts";

function setUp(outcome: object, fields: Record<string, unknown> = {}) {
  const told: unknown[] = [];
  const run = vi.fn(async (_request: Record<string, unknown>) => outcome);
  const compile = (kind: string) => (input: object) => ({ kind, ...input });
  const params = fakeAttempt({ onAttemptDeadlineChanged: (each: unknown) => told.push(each), ...fields });
  const context = {
    params,
    host: {
      agentHarnessStructuredInput: {
        compileQuestions: compile("questions"),
        compileForm: compile("form"),
        compileUrl: compile("url"),
        run,
      },
    },
    deadline: announceDeadline(params),
    timeoutMs: 5000,
  } as unknown as QuestionContext;
  return { context, run, told, params };
}

const signal = new AbortController().signal;
const ask = {
  questions: [
    {
      id: "colour",
      header: "Colour",
      question: "Which?",
      options: [{ label: "Blue", description: "" }],
      allowOther: true,
      secret: false,
    },
  ],
  threadId: "t",
  turnId: "u",
};

describe("questions", () => {
  it("go to the person through the host, with the very attempt the host knows", async () => {
    const { context, run, told, params } = setUp({ status: "answered", answers: { colour: ["Blue"] }, content: {} });
    expect(await answerQuestions(ask, signal, context)).toEqual({ colour: ["Blue"] });
    const request = run.mock.calls[0]![0] as { delivery: unknown; input: object };
    expect(request.delivery).toBe(params);
    expect(request.input).toMatchObject({ questions: [{ id: "colour", isOther: true, isSecret: false }] });
    // While a person thinks, the attempt has no deadline.
    expect(told.map((each) => (each as { kind: string }).kind)).toEqual(["bounded", "unlimited", "bounded"]);
  });

  it.each(["declined", "cancelled", "unsupported"])("stay unanswered when they are %s", async (status) => {
    expect(await answerQuestions(ask, signal, setUp({ status }).context)).toBeUndefined();
  });

  it("are not answered by a run that lost its authority meanwhile", async () => {
    let calls = 0;
    const assertActive = (): void => {
      calls += 1;
      if (calls > 1) throw new Error("superseded");
    };
    const { context } = setUp({ status: "answered", answers: {}, content: {} }, { hostCapabilities: { assertActive } });
    await expect(answerQuestions(ask, signal, context)).rejects.toThrow("superseded");
  });
});

describe("forms", () => {
  const form: FormAsk = {
    mode: "form",
    server: "demo",
    message: "Who?",
    fields: [
      { name: "name", title: "Name", description: "", type: "string", required: true },
      { name: "size", title: "Size", description: "", type: "enum", required: false, choices: ["s", "m"] },
    ],
  };

  it("are shown as the schema they came from", async () => {
    const { context, run } = setUp({ status: "answered", answers: {}, content: { name: "Ann" } });
    expect(await fillIn(form, signal, context)).toEqual({ action: "accept", content: { name: "Ann" } });
    expect(run.mock.calls[0]![0].input).toMatchObject({
      kind: "form",
      schema: { required: ["name"], properties: { size: { type: "string", enum: ["s", "m"] } } },
    });
  });

  it.each([
    ["declined", "decline"],
    ["unsupported", "decline"],
    ["cancelled", "cancel"],
  ])("that are %s say %s", async (status, action) => {
    expect(await fillIn(form, signal, setUp({ status }).context)).toEqual({ action });
  });

  it("pages are shown literally", async () => {
    const { context, run } = setUp({ status: "answered", answers: {}, content: {} });
    await fillIn({ mode: "url", server: "demo", message: "Log in", url: "https://example.org/x" }, signal, context);
    expect(run.mock.calls[0]![0].input).toMatchObject({ kind: "url", url: "https://example.org/x" });
  });
});

describe("the deadline", () => {
  it("moves by what people took, also when two are asked at once", () => {
    let now = 0;
    const told: { kind: string; deadlineAtMs?: number }[] = [];
    const deadline = announceDeadline(
      { timeoutMs: 1000, onAttemptDeadlineChanged: (each: never) => told.push(each) } as never,
      () => now,
    );
    now = 400;
    const first = deadline.pause();
    now = 500;
    const second = deadline.pause();
    now = 600;
    first();
    first();
    now = 900;
    second();
    expect(told).toEqual([
      { kind: "bounded", deadlineAtMs: 31_000 },
      { kind: "unlimited" },
      { kind: "bounded", deadlineAtMs: 31_500 },
    ]);
  });
});
