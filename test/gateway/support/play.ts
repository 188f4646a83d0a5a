import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { openGatewayHost } from "./host.ts";
import type { ScriptedAnswer, UpstreamRequest } from "./upstream.ts";

export interface Play {
  readonly harness: string;
  /** Default chat. */
  readonly wire?: "chat" | "messages";
  /** One answer per request of the first turn; a function is given the working folder. */
  readonly answers: (work: string) => readonly ScriptedAnswer[];
  /** Answers of the second turn. */
  readonly second?: readonly ScriptedAnswer[];
  /** The last words of both turns. */
  readonly ends?: readonly [string, string];
  /** Whether the harness can ask the user, and for the plan. */
  readonly asks: boolean;
  readonly plans: boolean;
  /** What the model was told of its calls, one text per call, as this harness lays it out. */
  readonly told: (request: UpstreamRequest) => string[];
}

/**
 * A whole task on a real Codex with a model that knows this harness's tools: it reads `a.txt`, searches for "two", turns
 * "two" into "2" there, runs a command, writes `b.txt`, plans, asks and answers "All done.". The sandbox lets nothing
 * be written unless a person allows it. Then everything starts anew, and a second turn is held.
 */
export async function playThrough({
  harness,
  wire = "chat",
  answers,
  second = [{ say: "Nothing more." }],
  ends = ["All done.", "Nothing more."],
  asks,
  plans,
  told,
}: Play) {
  const bridge = await openGatewayHost(`play-${harness}`, { harness, wire });
  try {
    writeFileSync(path.join(bridge.work, "a.txt"), "one\ntwo\nthree\n");
    const script = answers(bridge.work);
    bridge.upstream.script = ({ index }) => [...script, ...second][index] ?? { say: "more than was written" };
    const approvals: string[] = [];
    const asked: string[] = [];
    const first = await bridge.turn("s", "please work", {
      approvalPolicy: "on-request",
      sandbox: "read-only",
      developerInstructions: "Be kind.",
      approve: async ({ kind }) => {
        approvals.push(kind);
        return "accept";
      },
      answer: async ({ questions }) => {
        asked.push(...questions.map(({ question }) => question));
        return Object.fromEntries(questions.map(({ id }) => [id, ["Blue"]]));
      },
    });
    const results = told(bridge.upstream.requests.at(-1)!);
    expect(first, results.join("\n====\n")).toMatchObject({ ok: true, text: ends[0] });
    expect(bridge.upstream.requests).toHaveLength(script.length);
    const file = (name: string): string => readFileSync(path.join(bridge.work, name), "utf8");
    expect(file("a.txt"), results.join("\n====\n")).toBe("one\n2\nthree\n");
    expect(file("b.txt")).toBe("fresh\n");
    // One for the edit and one for the new file; looking asks nobody.
    expect(approvals).toHaveLength(2);
    expect(asked).toHaveLength(asks ? 1 : 0);
    expect(first.entries.some(({ kind }) => kind === "plan")).toBe(plans);
    expect(first.entries.filter(({ tool }) => tool?.name === "apply_patch")).toHaveLength(2);
    expect(first.entries.at(plans ? -2 : -1)).toMatchObject({ kind: "assistant", text: ends[0] });
    await bridge.restart();
    const later = await bridge.turn("s", "and more", { developerInstructions: "Be kind." });
    expect(later).toMatchObject({ ok: true, text: ends[1] });
    const { requests } = bridge.upstream;
    for (const [index, { body }] of requests.entries()) {
      const before = requests[index - 1]?.body;
      if (!before) continue;
      // Prompt caches count bytes: what was sent is sent again, and more is only appended.
      expect(unmarked(body.messages).startsWith(unmarked(before.messages).slice(0, -1)), `${index}`).toBe(true);
      expect(JSON.stringify(body.system)).toBe(JSON.stringify(before.system));
      expect(JSON.stringify(body.tools)).toBe(JSON.stringify(before.tools));
    }
    const [{ body: opening } = { body: undefined }] = requests;
    expect(JSON.stringify(opening?.system ?? opening?.messages[0])).toContain("Be kind.");
    return { results, entries: first.entries, requests, work: bridge.work };
  } finally {
    await bridge.close();
  }
}

/** The bytes of messages without the mark of the provider's cache, which moves on with every request. */
export function unmarked(messages: unknown): string {
  return JSON.stringify(messages).replaceAll(',"cache_control":{"type":"ephemeral"}', "");
}

/** Contents of all tool results of the Messages API, as texts. */
export function resultTexts({ body }: UpstreamRequest): string[] {
  return body.messages
    .flatMap(({ content }) => content as { type: string; content?: unknown }[])
    .flatMap(({ type, content }) => (type === "tool_result" ? [String(content)] : []));
}

/** Contents of all tool messages, as texts. */
export function toolTexts({ body }: UpstreamRequest): string[] {
  return body.messages.flatMap(({ role, content }) => {
    if (role !== "tool") return [];
    return [
      Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? "").join("\n") : String(content),
    ];
  });
}
