/**
 * Writes src/replay/redact/vocabulary.json: the words of the protocol itself, of all releases. They may stay in a recording;
 * everything else is replaced. Run it after `npm run protocol:sync`: `npm run recording:vocabulary`.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { digestVersions, readDigest } from "../protocol/digest.ts";
import type { Digest, Shape } from "../protocol/digest-model.ts";

const vocabularyFile = path.join(import.meta.dirname, "../../src/replay/redact/vocabulary.json");

/** Field names, and per field name the values that are written into the schema. */
export interface Vocabulary {
  readonly methods: readonly string[];
  readonly names: readonly string[];
  readonly literals: Readonly<Record<string, readonly string[]>>;
}

/** The words of every release together. */
export function collectVocabulary(): Vocabulary {
  const methods = new Set<string>();
  const names = new Set<string>();
  const literals = new Map<string, Set<string>>();
  for (const digest of new Set(digestVersions().map((version) => readDigest(version)))) {
    const note = (field: string, values: Iterable<string>): void => {
      names.add(field);
      const known = literals.get(field) ?? new Set();
      for (const value of values) known.add(value);
      if (known.size > 0) literals.set(field, known);
    };
    for (const table of [
      digest.clientMethods,
      digest.clientNotifications,
      digest.notifications,
      digest.serverRequests,
    ]) {
      for (const method of table.keys()) methods.add(method);
    }
    for (const type of digest.types.values()) noteShape(digest, type, note);
  }
  return {
    methods: sorted(methods),
    names: sorted(names),
    literals: Object.fromEntries(sorted(literals.keys()).map((field) => [field, sorted(literals.get(field)!)])),
  };
}

function noteShape(digest: Digest, shape: Shape, note: (field: string, values: Iterable<string>) => void): void {
  for (const [name, field] of shape.fields) {
    note(name, valuesOf(digest, field.type, new Set()));
    if (field.inline) noteShape(digest, field.inline, note);
  }
  for (const [label, variant] of shape.variants) {
    const [tag, value] = label.split("=");
    if (tag !== undefined && value !== undefined) note(tag, [value]);
    noteShape(digest, variant, note);
  }
}

/** The literals a field of this type can hold, through names, arrays and null. */
function valuesOf(digest: Digest, expression: string, seen: Set<string>): string[] {
  const quoted = expression.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  const values = quoted.map((each) => String(JSON.parse(each)));
  for (const name of expression.replace(/"(?:[^"\\]|\\.)*"/g, "").match(/[A-Za-z_$][\w$]*/g) ?? []) {
    const type = digest.types.get(name);
    if (!type || seen.has(name)) continue;
    seen.add(name);
    for (const alternative of type.alternatives.keys()) values.push(...valuesOf(digest, alternative, seen));
  }
  return values;
}

function sorted(words: Iterable<string>): string[] {
  return [...words].sort();
}

if (import.meta.main) writeFileSync(vocabularyFile, `${JSON.stringify(collectVocabulary(), null, 1)}\n`);
