import { describe, expect, it } from "vitest";
import { digestVersions, readDigest } from "../../scripts/protocol/digest.ts";
import type { Digest } from "../../scripts/protocol/digest-model.ts";
import { requiredFields, resolveField, splitPath, valuesOf, variantsOf } from "../../scripts/protocol/resolve.ts";
import { type FactKey, factKeys, factOf, factsFor } from "../../src/protocol/facts.ts";
import { ignoredNotifications, itemsShownByType } from "../../src/protocol/ignored.ts";
import { itemShapes } from "../../src/protocol/items.ts";
import { methods } from "../../src/protocol/methods.ts";
import { notifications } from "../../src/protocol/notifications.ts";
import { serverRequests } from "../../src/protocol/server-requests.ts";
import { type Consumed, consumed } from "./consumed.ts";

/* What the bridge uses of the protocol, against what every release says it has (`protocol/`). */

const versions = digestVersions();
const floor = versions[0]!;
const newest = versions.at(-1)!;

/** Only for clients that ask for raw events; the schemas leave them out. */
const notInSchemas = ["rawResponseItem/completed", "rawResponse/completed"];

/**
 * The flat form of tools is taken by every release, though the schemas name only the nested one from 0.141 on. Of the
 * configuration they name a few fields and let the rest be anything (test/harness/native-off-mcp.test.ts reads it).
 */
const takenOutsideSchema = [
  "sends thread/start params.dynamicTools.namespace",
  "reads config/read result.config.mcp_servers",
];

/** A release has it, as far as the bridge needs it to. A message a release does not have has none of its fields. */
function has(digest: Digest, { find, part }: Consumed, path: string, optional: boolean): boolean {
  const type = find(digest)?.[part];
  if (type === undefined) return false;
  const field = resolveField(digest, type, path);
  if (field.found) return optional || (field.required && !field.nullable);
  if (optional && typesAt(digest, type, path).length > 0) return true;
  // A variant may come in forms of its own, each with its own field.
  if (optional && resolveField(digest, type, path.replace(/>\.([^.<>]+)$/, "><$1>.$1")).found) return true;
  // A variant of an item that this release does not know is not needed of it.
  const variant = /^(.*<[^>]+>)\./.exec(path)?.[1];
  return variant !== undefined && !resolveField(digest, type, variant).found;
}

/** What can stand at a path, if any alternative on the way has it; nothing when none does. */
function typesAt(digest: Digest, type: string, path: string): string[] {
  let types = [type];
  for (const step of splitPath(path)) {
    types = types.flatMap((each) => {
      const names = each.split(/[[\]|]/).filter((name) => digest.types.has(name));
      if (/\bany\b/.test(each)) return ["any"];
      const places = names.flatMap((name) => [
        resolveField(digest, name, step),
        ...variantsOf(digest, name).map(({ label }) => resolveField(digest, name, `<${label}>.${step}`)),
      ]);
      return places.flatMap((place) => (place.found ? [place.type] : []));
    });
  }
  return types;
}

/** The releases in which something is, as "all", "since X", "until X"; or where it comes and goes. */
function span(test: (digest: Digest) => boolean): string {
  const holds = versions.map((version) => test(readDigest(version)));
  const changes = versions.filter((_, index) => index > 0 && holds[index] !== holds[index - 1]);
  if (changes.length === 0) return holds[0] ? "all" : "none";
  if (changes.length === 1) return `${holds[0] ? "until" : "since"} ${changes[0]}`;
  return `changes at ${changes.join(", ")}`;
}

/** What the table of facts says of it. */
function spanInFacts(key: string): string {
  const fact = factOf(key);
  if (fact?.until !== undefined) return `until ${fact.until}`;
  return fact?.since === undefined ? "all" : `since ${fact.since}`;
}

const lines = consumed.flatMap((each) => [
  {
    each,
    text: `${each.kind} ${each.method} ${each.part}`,
    fact: each.method,
    span: span((d) => each.find(d) !== undefined),
  },
  ...each.fields.map(({ path, optional }) => ({
    each,
    text: `${each.kind} ${each.method} ${each.part}.${path}${optional ? "" : " (needed)"}`,
    fact: `${each.method}.${path}`,
    span: span((digest) => has(digest, each, path, optional)),
  })),
]);

describe("what the bridge uses of the protocol", () => {
  it("is this", async () => {
    const text = lines.map((line) => `${line.text}${line.span === "all" ? "" : ` [${line.span}]`}\n`).join("");
    await expect(text).toMatchFileSnapshot("consumed.txt");
  });

  it("is in every release where the table of facts does not say otherwise", () => {
    const known = (method: string): boolean => spanInFacts(method) !== "all";
    const wrong = lines.filter(({ each, text, fact, span: found }) => {
      if (found === "all" || takenOutsideSchema.includes(text)) return false;
      // A method that comes or goes takes its fields along.
      if (known(each.method)) return !found.startsWith(spanInFacts(each.method));
      // What is read only where it is there may come; it may not go.
      const ours = each.kind === "sends" && Object.hasOwn(methods, each.method);
      if (!ours && !text.endsWith("(needed)")) return !found.startsWith("since");
      return found !== spanInFacts(fact);
    });
    expect(wrong.map(({ text, span: found }) => `${text}: ${found}`)).toEqual([]);
  });

  it("includes every field a release demands", () => {
    const missing = versions.flatMap((version) => {
      const digest = readDigest(version);
      return Object.entries(methods).flatMap(([method, { sends }]) => {
        const type = digest.clientMethods.get(method)?.params;
        const required = type === undefined ? [] : requiredFields(digest, type);
        return required.filter((field) => !(field in sends)).map((field) => `${version} ${method}.${field}`);
      });
    });
    expect(missing).toEqual([]);
  });

  it("would notice a field that goes away, and one that is newly demanded", () => {
    const digest = readDigest(newest);
    const started = consumed.find(({ method, part }) => method === "turn/start" && part === "result")!;
    expect(has(digest, started, "turn.id", false)).toBe(true);
    const turn = digest.types.get("Turn")!;
    const without = { ...turn, fields: new Map([...turn.fields].filter(([name]) => name !== "id")) };
    const cut = { ...digest, types: new Map([...digest.types, ["Turn", without]]) };
    expect(has(cut, started, "turn.id", false)).toBe(false);
    const optional = { ...turn.fields.get("id")!, required: false };
    const loose = { ...turn, fields: new Map([...turn.fields, ["id", optional]]) };
    const loosened = { ...digest, types: new Map([...digest.types, ["Turn", loose]]) };
    expect(has(loosened, started, "turn.id", false)).toBe(false);
  });
});

describe("everything a release can say", () => {
  const all = (names: (digest: Digest) => Iterable<string>) =>
    new Set(versions.flatMap((version) => [...names(readDigest(version))]));

  it("is a notification that is used, or ignored for a reason", () => {
    const said = all((digest) => digest.notifications.keys());
    const decided = new Set([...Object.keys(notifications), ...ignoredNotifications]);
    expect([...said].filter((method) => !decided.has(method))).toEqual([]);
    expect([...decided].filter((method) => !said.has(method))).toEqual(notInSchemas);
    expect(ignoredNotifications.filter((method) => Object.hasOwn(notifications, method))).toEqual([]);
  });

  it("is a request that is answered", () => {
    const asked = all((digest) => digest.serverRequests.keys());
    expect([...asked].filter((method) => !Object.hasOwn(serverRequests, method))).toEqual([]);
    expect(Object.keys(serverRequests).filter((method) => !asked.has(method))).toEqual([]);
  });

  it("is an item that is read, or shown by its type", () => {
    const items = all((digest) => variantsOf(digest, "ThreadItem").map(({ name }) => name));
    const decided = [...Object.keys(itemShapes), ...itemsShownByType];
    expect([...items].filter((type) => !decided.includes(type))).toEqual([]);
    expect(decided.filter((type) => !items.has(type))).toEqual([]);
  });
});

describe("the table of facts", () => {
  /** `thread/revert` or `turn/start.additionalContext`; other keys are behaviour, which no schema knows. */
  const inSchema = factKeys.filter((key) => /^[a-zA-Z]+\//.test(key) && !key.includes(" "));

  it.each(inSchema)("%s is as every release's schema has it", (key) => {
    const [, method, path] = /^([^.]+)(?:\.(.+))?$/.exec(key)!;
    const found = span((digest) => {
      const request = digest.clientMethods.get(method!);
      if (path === undefined || request?.params === undefined) return request !== undefined;
      return resolveField(digest, request.params, path).found;
    });
    expect(found).toBe(spanInFacts(key));
  });

  it("answers for a release between, the floor, the newest, a pre-release, and one of the future", () => {
    const revert = (version: string) => factsFor(version).supports("thread/revert");
    expect([floor, "0.147.0", "0.148.0-alpha.3", "0.148.0", newest, "9.0.0"].map(revert)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    const rollback: FactKey = "thread/rollback";
    expect([floor, newest, "9.0.0"].map((version) => factsFor(version).supports(rollback))).toEqual([
      true,
      false,
      false,
    ]);
    expect(factsFor("9.0.0").untested).toBe(true);
    expect(factsFor(newest).untested).toBe(false);
  });

  it("has what the settings of a thread are called in every release", () => {
    for (const version of versions) {
      const digest = readDigest(version);
      expect(valuesOf(digest, "SandboxMode")).toEqual(
        expect.arrayContaining(["read-only", "workspace-write", "danger-full-access"]),
      );
      expect(valuesOf(digest, "AskForApproval")).toEqual(expect.arrayContaining(["untrusted", "on-request", "never"]));
    }
  });
});
