import { expect, it } from "vitest";
import { digestVersions, readDigest } from "../../scripts/protocol/digest.ts";
import type { Digest } from "../../scripts/protocol/digest-model.ts";
import { resolveField, splitPath, valuesOf, variantsOf } from "../../scripts/protocol/resolve.ts";
import { alternativesIn } from "../../scripts/protocol/type-expression.ts";
import { type Consumed, consumed } from "../protocol/consumed.ts";

/*
 * `src/replay/drift/drift-consumed.json`: what every release says of what the bridge uses. The digests are not in the npm package,
 * this is. After `npm run protocol:sync`, or when the bridge uses something else: vitest run -u test/replay/drift-consumed.test.ts
 */

const versions = digestVersions();

/** A type as its reader meets it: the values of an enum, `{}` for anything with fields. */
function readable(digest: Digest, type: string): string {
  const parts = alternativesIn(type).flatMap((part): string[] => {
    const named = digest.types.get(part);
    if (!named || named.kind === "alias") return [part];
    const values = valuesOf(digest, part).map((value) => JSON.stringify(value));
    return named.fields.size + named.variants.size > 0 ? [...values, "{}"] : values;
  });
  return [...new Set(parts)].sort().join("|");
}

const resolved = new Map<Digest, Map<string, string>>();

/** What a release says of a field; "" when it does not have it. */
function said(digest: Digest, { find, part, kind }: Consumed, path: string): string {
  const type = find(digest)?.[part];
  if (type === undefined) return "";
  const [, before, inItem] = /^(.*?items?)(<.*)$/.exec(path) ?? [];
  // The fields of items are most of it, and the same in every message.
  if (before !== undefined && /\bThreadItem\b/.test(once(digest, type, before, kind))) {
    return once(digest, "ThreadItem", inItem!, kind);
  }
  return once(digest, type, path, kind);
}

function once(digest: Digest, type: string, path: string, kind: Consumed["kind"]): string {
  const known = resolved.get(digest) ?? new Map<string, string>();
  resolved.set(digest, known);
  const key = `${kind} ${type} ${path}`;
  const text = known.get(key) ?? resolvedText(digest, type, path, kind);
  known.set(key, text);
  return text;
}

function resolvedText(digest: Digest, type: string, path: string, kind: Consumed["kind"]): string {
  const field = resolveField(digest, type, path);
  if (!field.found) return inSomeVariants(digest, type, path);
  if (/\bThreadItem\b/.test(field.type)) return field.type;
  return readable(digest, field.type) + (kind === "reads" && field.required ? " always" : "");
}

function inSomeVariants(digest: Digest, type: string, path: string): string {
  let types = [type];
  for (const step of splitPath(path)) {
    types = types.flatMap((each) => {
      const names = each.split(/[[\]|]/).filter((name) => digest.types.has(name));
      const places = names.flatMap((name) => [
        resolveField(digest, name, step),
        ...variantsOf(digest, name).map(({ label }) => resolveField(digest, name, `<${label}>.${step}`)),
      ]);
      return places.flatMap((place) => (place.found ? [place.type] : []));
    });
  }
  return types.length === 0 ? "" : [...new Set(types.map((each) => readable(digest, each)))].sort().join("|");
}

/** One word when all releases say the same, otherwise the releases with which it changed. */
function history(say: (digest: Digest) => string): string | Record<string, string> {
  const changes: [string, string][] = [];
  for (const version of versions) {
    const now = say(readDigest(version));
    if (changes.at(-1)?.[1] !== now) changes.push([version, now]);
  }
  return changes.length === 1 ? changes[0]![1] : Object.fromEntries(changes);
}

it("src/replay/drift/drift-consumed.json is what the digests say", async () => {
  const messages = consumed.map((each) => [
    `${each.kind} ${each.method} ${each.part}`,
    {
      known: history((digest) => (each.find(digest) ? "yes" : "")),
      fields: Object.fromEntries(each.fields.map(({ path }) => [path, history((digest) => said(digest, each, path))])),
    },
  ]);
  const content = { releases: versions, messages: Object.fromEntries(messages) };
  await expect(`${JSON.stringify(content, null, 2)}\n`).toMatchFileSnapshot(
    "../../src/replay/drift/drift-consumed.json",
  );
});
