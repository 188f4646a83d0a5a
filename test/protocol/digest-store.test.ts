import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { joinDeclarations } from "../../scripts/protocol/declarations.ts";
import { readChain } from "../../scripts/protocol/digest-files.ts";
import { applyDifference, differenceOf, digestLines } from "../../scripts/protocol/digest-lines.ts";
import { schemaFacts } from "../../scripts/protocol/facts.ts";
import { canonicalJson, readBundle, type Schema } from "../../scripts/protocol/json-schema.ts";
import {
  digestText,
  readManifest,
  readStore,
  type StoredRelease,
  sha256,
  writeStore,
} from "../../scripts/protocol/store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "protocol-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const request = (method: string, params: Schema) => ({
  properties: { method: { enum: [method] }, params },
  required: ["params"],
});
const text = { type: "string" };

/** A small bundle; `more` are types of version 2. */
function bundle(more: Record<string, Schema>) {
  const ClientRequest = { oneOf: [request("turn/start", { $ref: "#/definitions/v2/TurnStartParams" })] };
  const none = { oneOf: [] };
  const v2 = { TurnStartParams: { type: "object" }, TurnStartResponse: { type: "object" }, ...more } as Schema;
  return {
    definitions: { ClientRequest, ClientNotification: none, ServerRequest: none, ServerNotification: none, v2 },
  };
}
const facts = (more: Record<string, Schema>) => schemaFacts(readBundle(bundle(more)));

describe("the lines of a release", () => {
  it("are what its schema says", () => {
    const Item: Schema = {
      properties: { at: { type: ["integer", "null"] } },
      oneOf: [
        {
          properties: { type: { enum: ["a"] }, list: { type: "array", items: text } },
          required: ["type", "list"],
          type: "object",
        },
        {
          properties: { type: { enum: ["b"] }, "x y": { anyOf: [{ $ref: "#/definitions/v2/T" }, { type: "null" }] } },
          required: ["type"],
        },
        {
          properties: { key: { properties: { in: true }, type: "object" } },
          required: ["key"],
          additionalProperties: false,
        },
        { enum: ["plain"], type: "string" },
      ],
    };
    const T: Schema = { type: "object", additionalProperties: { allOf: [{ $ref: "#/definitions/v2/Item" }] } };
    const all = facts({ Item, T });
    expect(digestLines(all, all)).toEqual([
      "Item : union",
      'Item = "plain"',
      "Item.at integer|null optional",
      "Item<key>",
      "Item<key>.key {} required",
      "Item<key>.key.in any optional",
      "Item<type=a>",
      "Item<type=a>.list [string] required",
      "Item<type=b>",
      'Item<type=b>."x y" T|null optional',
      "T : alias",
      "T = map<Item>",
      "TurnStartParams : object",
      "TurnStartResponse : object",
      "client-request turn/start TurnStartParams -> TurnStartResponse",
    ]);
  });

  it("are experimental where the stable run is silent, said once", () => {
    const A: Schema = { properties: { old: text, fresh: text } };
    const B: Schema = { properties: { inner: text } };
    const lines = digestLines(facts({ A, B }), facts({ A: { properties: { old: text } } }));
    expect(lines.slice(0, 5)).toEqual([
      "A : object",
      "A.fresh string optional experimental",
      "A.old string optional",
      "B : object experimental",
      "B.inner string optional",
    ]);
    expect(() => digestLines(facts({}), facts({ B }))).toThrow("B : is missing with --experimental");
    expect(() => digestLines(facts({ A: { properties: { old: true } } }), facts({ A }))).toThrow("A.old");
  });

  it("differ line by line, and the difference can be undone", () => {
    const before = ["A : object", "A.x string required", "B : object"];
    const after = ["A : object", "A.x integer required", "C : object"];
    const difference = ["+ A.x integer required", "- A.x string required", "- B : object", "+ C : object"];
    expect(differenceOf(before, after)).toEqual(difference);
    expect(applyDifference(before, difference)).toEqual(after);
    expect(() => applyDifference(after, difference)).toThrow("is there already");
    expect(() => applyDifference([], ["- x"])).toThrow("is not there to be removed");
    expect(() => applyDifference([], ["x"])).toThrow('Expected "+ " or "- "');
  });

  it("cannot be told for what the generator has not met", () => {
    expect(() => facts({ A: { allOf: [{ type: "string" }, { type: "null" }] } })).toThrow("allOf");
    expect(() => facts({ A: { anyOf: [{ $ref: "#/definitions/B" }, { $ref: "#/definitions/B" }] } })).toThrow(
      "Two facts",
    );
    const clash = bundle({ A: text });
    expect(() => readBundle({ definitions: { ...clash.definitions, A: { type: "null" } } })).toThrow(
      "two different types A",
    );
  });

  it("come from a bundle whose order does not matter", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 0 })).toBe(canonicalJson({ a: 0, b: [{ c: 2, d: 1 }] }));
  });
});

describe("the store", () => {
  const release = (...lines: string[]): StoredRelease => {
    const hashes = { schema: "", schemaStable: "", types: "", typesStable: "", digest: sha256(digestText(lines)) };
    const entry = { commands: [], says: "", binary: { platform: "", sha256: "" }, sha256: hashes };
    return { entry, lines, full: { schema: `schema ${lines[0]}`, types: `types ${lines[0]}` } };
  };
  const write = (releases: Record<string, StoredRelease>) =>
    writeStore(folder, new Map(Object.entries(releases)), ["0.3.0"]);
  const read = async () => readStore(folder, await readManifest(folder));
  const file = (name: string) => readFile(path.join(folder, name), "utf8");

  it("is a chain; a release in the middle changes its neighbour, a new one takes the place of the newest", async () => {
    await write({ "0.1.0": release("a", "b"), "0.9.0": release("b", "c") });
    expect(await file("digests/0.9.0.txt")).toBe("# Codex 0.9.0: what changed in the protocol since 0.1.0\n- a\n+ c\n");
    const known = await read();
    known.set("0.2.0", release("b", "c")).set("0.10.0", release("d"));
    await writeStore(folder, known, []);
    expect(await file("digests/0.9.0.txt")).toBe("# Codex 0.9.0: the same protocol since 0.2.0\n");
    expect([...readChain(folder)]).toEqual([
      ["0.1.0", ["a", "b"]],
      ["0.2.0", ["b", "c"]],
      ["0.9.0", ["b", "c"]],
      ["0.10.0", ["d"]],
    ]);
    await expect(file("full/0.9.0/schema.json")).rejects.toThrow("ENOENT");
    expect(await file("full/0.1.0/schema.json")).toBe("schema a");
    expect(await file("full/0.10.0/types.d.ts")).toBe("types d");
  });

  it("forgets what was edited by hand", async () => {
    await write({ "0.1.0": release("a", "b"), "0.2.0": release("b"), "0.9.0": release("b", "c") });
    expect([...(await read()).keys()]).toEqual(["0.1.0", "0.2.0", "0.9.0"]);
    await writeFile(path.join(folder, "full/0.9.0/types.d.ts"), "mine");
    expect([...(await read()).keys()]).toEqual(["0.1.0", "0.2.0"]);
    await writeFile(path.join(folder, "digests/0.2.0.txt"), "- b\n");
    expect([...(await read()).keys()]).toEqual(["0.1.0"]);
  });

  it("keeps what it has when the full output of an end is missing", async () => {
    await write({ "0.1.0": release("a"), "0.2.0": release("b"), "0.9.0": release("c") });
    const known = await read();
    known.delete("0.9.0");
    await expect(writeStore(folder, known, [])).rejects.toThrow("The full output of Codex 0.2.0 is needed");
    expect([...(await read()).keys()]).toEqual(["0.1.0", "0.2.0", "0.9.0"]);
  });
});

describe("joined declarations", () => {
  const put = async (name: string, content: string) => {
    await writeFile(path.join(folder, name), `// GENERATED CODE!\n${content}`);
  };

  it("know two types of one name apart", async () => {
    await mkdir(path.join(folder, "v2"));
    await put("Same.ts", "export type Same = string;");
    await put("v2/Same.ts", "export type Same = string;");
    await put("Mode.ts", "export type Mode = 1;");
    await put("v2/Mode.ts", 'export type Mode = "Mode";');
    await put("A.ts", 'import type { Mode } from "./Mode";\n/** Mode */\nexport type A = { "Mode": Mode };');
    await put(
      "v2/B.ts",
      'import type { Mode } from "./Mode";\nimport type { A } from "../A";\nexport type B = Mode | A;',
    );
    await put("index.ts", 'export type { A } from "./A";');
    expect(joinDeclarations(folder)).toBe(
      [
        '/** Mode */\nexport type A = { "Mode": RootMode };',
        "export type B = Mode | A;",
        'export type Mode = "Mode";',
        "export type RootMode = 1;",
        "export type Same = string;\n",
      ].join("\n\n"),
    );
  });

  it("refuse a file of another form", async () => {
    await put("A.ts", 'import { B, C } from "./B";\nexport type A = B;');
    expect(() => joinDeclarations(folder)).toThrow("Expected A.ts to export the type A");
  });
});
