import { afterAll, beforeAll, expect, it } from "vitest";
import type { ThreadItem } from "../../src/protocol/items.ts";
import { fileApproval } from "../../src/requests/approvals.ts";
import { schemaFault } from "../../src/requests/tool-schema.ts";
import { openTestHost } from "../harness/fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
beforeAll(async () => {
  bridge = await openTestHost("schemas");
});
afterAll(() => bridge.close());

const bad: Record<string, unknown> = {
  "properties that are a text": { type: "object", properties: "x" },
  "required that is a text": { type: "object", required: "x" },
  "additionalProperties that is a number": { type: "object", additionalProperties: 7 },
  "a description that is a number": { type: "object", properties: { a: { description: 7 } } },
  "an enum that is a text": { type: "object", properties: { a: { enum: "x" } } },
  "a property that is null": { type: "object", properties: { a: null } },
  "items that are a list": { type: "object", properties: { a: { type: "array", items: [{}] } } },
};
const good: unknown[] = [
  { type: "object", properties: {} },
  { properties: { a: { anyOf: [{ type: "string" }, true] }, enum: { type: "string", enum: ["x"] } }, required: ["a"] },
  { type: "object", additionalProperties: { type: "string" } },
];

it.each(Object.entries(bad))("finds %s", (_, schema) => {
  expect(schemaFault(schema)).toEqual(expect.any(String));
});

it("finds nothing in schemas that are as they should be", () => {
  expect(good.map(schemaFault)).toEqual(good.map(() => undefined));
});

it("lets a thread start on the real server, whatever is among its tools", async () => {
  const execute = (): string => "x";
  const tools = [...Object.values(bad), ...good].map((inputSchema, n) => ({
    name: `t${n}`,
    description: "d",
    inputSchema,
    execute,
  }));
  const spaces = ["", "a b", "mcp__x", "functions", "web", "x".repeat(65), "mine"].map((namespace, n) => ({
    name: `n${n}`,
    description: "d",
    inputSchema: { type: "object" },
    namespace,
    execute,
  }));
  bridge.reply = () => [{ say: "fine" }];
  expect(await bridge.turn("mixed", "go", { tools: [...tools, ...spaces] })).toMatchObject({ ok: true, text: "fine" });
});

it("shows where a file moves to, what else is granted, and a path with a line break as one", () => {
  const change = {
    path: "src/a.ts\nupdate harmless.ts",
    kind: { type: "update", move_path: "/etc/cron.d/x" },
    diff: "",
  };
  const item = { type: "fileChange" as const, id: "i", status: "inProgress", changes: [change] } satisfies ThreadItem;
  const { detail } = fileApproval({ threadId: "T", turnId: "U", itemId: "i", grantRoot: "/srv" }, item).ask;
  expect(detail).toBe("update src/a.ts\\nupdate harmless.ts -> /etc/cron.d/x\nand everything below /srv");
});
