import { afterAll, beforeAll, expect, it } from "vitest";
import { correctionText } from "../../../src/gateway/harness/swe-agent/texts.ts";
import { openDirect, output, ran, user } from "../support/direct.ts";
import type { ScriptedAnswer } from "../support/upstream.ts";

/* swe-agent in the gateway, asked by the test: a model that does not keep to the form. */

let gateway: Awaited<ReturnType<typeof openDirect>>;
let script: readonly ScriptedAnswer[] = [];
beforeAll(async () => {
  gateway = await openDirect("swe-form", ({ index }) => script[index] ?? { say: "Just words." }, {
    harness: "swe-agent",
  });
});
afterAll(() => gateway.close());

it("is told so three times, and then its words are the answer; a later answer makes it forgotten", async () => {
  script = [{ say: "Hm." }, { say: "Look.\n```\nls\n```" }];
  const first = await gateway.ask([user("Fix it.")]);
  const { requests } = gateway.upstream;
  const roles = () => requests.map(({ body }) => body.messages.map(({ role }) => role).join());
  expect(roles()).toEqual(["system,user", "system,user,assistant,user"]);
  expect(requests[1]?.body.messages.at(-1)?.content).toBe(correctionText);
  const call = first.items.find(({ type }) => type === "function_call");
  expect(JSON.parse(String(call?.arguments))).toMatchObject({ cmd: "ls" });
  expect(first.items.find(({ type }) => type === "message")?.content?.[0]?.text).toBe("Look.");
  const next = await gateway.ask([user("Fix it."), ...first.items, output(String(call?.call_id), ran("a.txt\n"))]);
  expect(requests[2]?.body.messages.slice(2)).toEqual([
    { role: "assistant", content: "Look.\n```\nls\n```" },
    { role: "user", content: "OBSERVATION:\na.txt\n" },
  ]);
  // One question and three corrections; each answer but the last is forgotten with its correction.
  expect(roles().slice(2)).toEqual([
    "system,user,assistant,user",
    ...Array(3).fill("system,user,assistant,user,assistant,user"),
  ]);
  expect(next.items.find(({ type }) => type === "message")?.content?.[0]?.text).toBe("Just words.");
  expect(next.last?.type).toBe("response.completed");
});

it("may answer with plain words, or with a fence in them, when it is asked for a summary", async () => {
  const before = gateway.upstream.requests.length;
  script = Array.from({ length: before + 1 }, () => ({ say: "It was `ls`:\n```\nls\n```" }));
  const { items, last } = await gateway.ask([user("Summarise.")], { tools: [] });
  expect(gateway.upstream.requests).toHaveLength(before + 1);
  expect(items.find(({ type }) => type === "message")?.content?.[0]?.text).toBe("It was `ls`:\n```\nls\n```");
  expect(last?.type).toBe("response.completed");
});
