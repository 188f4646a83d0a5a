import { describe, expect, it } from "vitest";
import { parseDigest } from "../../scripts/protocol/parse-digest.ts";
import { requiredFields, resolveField, splitPath, valuesOf, variantsOf } from "../../scripts/protocol/resolve.ts";

const lines = [
  "Approval : union",
  'Approval = "never"',
  "Approval<granular>",
  "Approval<granular>.granular {} required",
  "Approval<granular>.granular.rules boolean required",
  "Elicitation : union",
  "Elicitation.threadId string required",
  "Elicitation<mode=form>",
  "Elicitation<mode=form>.schema Schema required",
  "Elicitation<mode=openai/form>",
  "Elicitation<mode=openai/form>.schema any required",
  "Item : union",
  "Item.startedAtMs integer|null optional",
  "Item<type=image>",
  "Item<type=image>.id string required",
  "Item<type=image><url>",
  "Item<type=image><url>.url string required",
  "Item<type=message>",
  "Item<type=message>.id string|null optional",
  "Item<type=message>.text string required",
  "Item<type=sleep> experimental",
  "Item<type=sleep>.id string required",
  "Path : alias",
  "Path = string",
  "Odd : object experimental",
  'Odd."a.b" [{}]|null optional',
  'Odd."a.b".c Status required',
  "Schema : union",
  "Schema = NumberSchema",
  "Schema = TextSchema",
  "NumberSchema : object",
  "NumberSchema.title string required",
  "TextSchema : object",
  "TextSchema.maxLength integer|null optional",
  "TextSchema.title string|null optional",
  "Status : enum",
  'Status = "done"',
  'Status = "in | progress"',
  "Turn : object",
  "Turn.approval Approval|null optional",
  "Turn.hidden integer optional experimental",
  "Turn.items [Item] required",
  "Turn.odd Odd|null optional",
  "Turn.states map<[Item]> required",
  "client-notification initialized -",
  "client-request thread/list ListParams|null -> ?",
  "client-request turn/start Turn -> Item experimental",
  "server-notification turn/started Turn",
  "server-request item/tool/call Turn -> Item",
];
const digest = parseDigest(lines);
const at = (type: string, path: string | string[]) => {
  const { found, ...facts } = resolveField(digest, type, path);
  return found ? facts : facts.missing;
};

describe("a parsed digest", () => {
  it("has the messages of each direction", () => {
    expect(digest.clientMethods.get("turn/start")).toEqual({
      params: "Turn",
      paramsOptional: false,
      result: "Item",
      experimental: true,
    });
    expect(digest.clientMethods.get("thread/list")).toEqual({
      params: "ListParams",
      paramsOptional: true,
      experimental: false,
    });
    expect(digest.clientNotifications.get("initialized")).toEqual({ paramsOptional: true, experimental: false });
    expect([...digest.notifications.keys()]).toEqual(["turn/started"]);
    expect([...digest.serverRequests.keys()]).toEqual(["item/tool/call"]);
  });

  it("lists variants, values and required fields", () => {
    expect(variantsOf(digest, "Item").map(({ name, experimental }) => [name, experimental])).toEqual([
      ["image", false],
      ["message", false],
      ["sleep", true],
    ]);
    expect(variantsOf(digest, "Elicitation").map(({ name }) => name)).toEqual(["form", "openai/form"]);
    expect(valuesOf(digest, "Status")).toEqual(["done", "in | progress"]);
    expect(requiredFields(digest, "Turn")).toEqual(["items", "states"]);
    expect(requiredFields(digest, "Item", "message")).toEqual(["type", "text"]);
    expect(requiredFields(digest, "Elicitation", "form")).toEqual(["threadId", "mode", "schema"]);
    expect(requiredFields(digest, "Nothing")).toEqual([]);
  });

  it.each([
    "nonsense",
    "Turn.extra",
    "Turn.extra string maybe",
    "Missing.field string required",
    "Item<type=none>.x string required",
    "Turn.items.inner string required",
    "client-request turn/start",
  ])("refuses %s", (line) => expect(() => parseDigest([...lines, line])).toThrow(SyntaxError));
});

describe("a path", () => {
  const text = { type: "string", required: true, nullable: false, experimental: false };

  it("goes through arrays, maps, nulls and references", () => {
    expect(at("Turn", "items<message>.text")).toEqual(text);
    expect(at("Turn", "items.[]<message>.text")).toEqual(text);
    expect(at("Turn", "states.*<message>.text")).toEqual(text);
    expect(at("Turn", "approval<granular>.granular.rules")).toEqual({ ...text, type: "boolean" });
    expect(at("Elicitation", "<openai/form>.schema")).toMatchObject({ type: "any", nullable: true });
    expect(at("Turn", "")).toEqual({ ...text, type: "Turn" });
  });

  it("has the fields all variants share, and asks every variant otherwise", () => {
    expect(at("Item", "startedAtMs")).toEqual({ ...text, type: "integer|null", required: false, nullable: true });
    expect(at("Item", "<message>.startedAtMs")).toMatchObject({ type: "integer|null" });
    expect(at("Item", "id")).toEqual({ ...text, type: "string|null", required: false, nullable: true });
    expect(at("Item", "type")).toMatchObject({ type: '"image"|"message"|"sleep"', required: true });
    expect(at("Item", "text")).toBe("Item.text");
    expect(at("Item", "<image>.url")).toEqual(text);
    expect(at("Item", "<type=image><url>.url")).toEqual(text);
  });

  it("chooses between types by their names", () => {
    expect(at("Elicitation", "<form>.schema<TextSchema>.maxLength")).toMatchObject({ required: false });
    expect(at("Elicitation", "<form>.schema.title")).toMatchObject({ type: "string|null", required: false });
    expect(at("Elicitation", "<form>.schema.maxLength")).toBe("Elicitation<form>.schema.maxLength");
  });

  it("is experimental when anything on it is", () => {
    expect(at("Turn", "hidden")).toMatchObject({ experimental: true });
    expect(at("Item", "<sleep>.id")).toMatchObject({ experimental: true });
    expect(at("Item", "id")).toMatchObject({ experimental: false });
    expect(at("Turn", ["odd", "a.b"])).toMatchObject({ experimental: true, type: "[{}]|null" });
    expect(at("Turn", ["odd", "a.b", "c"])).toMatchObject({ experimental: true, type: "Status" });
    expect(at("Turn", "odd")).toMatchObject({ experimental: false });
  });

  it("says how far it went", () => {
    expect(at("Nothing", "x")).toBe("Nothing");
    expect(at("Turn", "items<none>.text")).toBe("Turn.items<none>");
    expect(at("Turn", "items<message>.text.length")).toBe("Turn.items<message>.text.length");
    expect(at("Turn", "approval.granular.rights")).toBe("Turn.approval.granular.rights");
  });

  it("splits at the dots outside of <>", () => {
    expect(splitPath("a<b.c>.d")).toEqual(["a<b.c>", "d"]);
    expect(splitPath("<b>.d.*")).toEqual(["<b>", "d", "*"]);
  });
});
