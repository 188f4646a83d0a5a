import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { digestVersions, readDigest } from "../../scripts/protocol/digest.ts";
import { protocolFolder, readChain } from "../../scripts/protocol/digest-files.ts";
import { digestLines } from "../../scripts/protocol/digest-lines.ts";
import type { Digest, Shape } from "../../scripts/protocol/digest-model.ts";
import { schemaFacts } from "../../scripts/protocol/facts.ts";
import { readBundle, type SchemaObject } from "../../scripts/protocol/json-schema.ts";
import {
  digestText,
  generatorVersion,
  type Manifest,
  type ReleaseEntry,
  sha256,
} from "../../scripts/protocol/store.ts";
import { isBuiltIn, parseTypeExpression, type TypeExpression } from "../../scripts/protocol/type-expression.ts";
import { newestTestedVersion } from "../../src/protocol/newest-tested.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";

const manifest = JSON.parse(readFileSync(path.join(protocolFolder, "manifest.json"), "utf8")) as Manifest;
const releases = Object.entries(manifest.releases) as [string, ReleaseEntry][];
const chain = readChain();

describe("protocol/", () => {
  it("holds exactly the files of the manifest, as they were written", () => {
    const recorded = new Map(releases.flatMap(([, { files }]) => Object.entries(files)));
    const found = ["digests", "full"].flatMap((folder) =>
      readdirSync(path.join(protocolFolder, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(protocolFolder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
    );
    const hashes = found.map((file) => [file, sha256(readFileSync(path.join(protocolFolder, file), "utf8"))] as const);
    expect(new Map(hashes)).toEqual(recorded);
    expect(manifest.generatorVersion).toBe(generatorVersion);
  });

  it("has a digest of every release, which the chain rebuilds", () => {
    expect([...chain.keys()]).toEqual(releases.map(([version]) => version));
    const rebuilt = [...chain].map(([version, lines]) => [version, sha256(digestText(lines))]);
    expect(rebuilt).toEqual(releases.map(([version, entry]) => [version, entry.sha256.digest]));
  });

  it("begins at the floor and ends at the newest release that was tested", () => {
    expect(digestVersions()).toEqual(digestVersions().toSorted(semver.compare));
    expect(digestVersions().at(0)).toBe(floorVersion);
    expect(digestVersions().at(-1)).toBe(newestTestedVersion);
  });

  it.each([floorVersion, newestTestedVersion])("keeps all of %s, and its digest follows from it", (version) => {
    const stored = readFileSync(path.join(protocolFolder, "full", version, "schema.json"), "utf8");
    const facts = schemaFacts(readBundle(JSON.parse(stored) as SchemaObject));
    // The bundle is the experimental one: what is experimental in it shows only beside the other one.
    const unmarked = chain.get(version)?.map((line) => line.replace(/ experimental$/, ""));
    expect(digestLines(facts, facts)).toEqual(unmarked?.toSorted());
    const entry = manifest.releases[version];
    expect(entry?.files[`full/${version}/schema.json`]).toBe(entry?.sha256.schema);
    expect(entry?.files[`full/${version}/types.d.ts`]).toBe(entry?.sha256.types);
  });

  it("says of every release that it is the release", () => {
    for (const [version, { says, commands }] of releases) {
      expect(says).toBe(`codex-cli ${version}`);
      expect(commands).toContain("codex app-server generate-json-schema --experimental --out DIR");
    }
  });

  it("names a result for every request, and describes every type it names", () => {
    for (const digest of new Set(digestVersions().map(readDigest))) {
      const requests = [...digest.clientMethods, ...digest.serverRequests];
      expect(requests.filter(([, { result }]) => result === undefined)).toEqual([]);
      const expressions = new Set([...digest.types.values()].flatMap(expressionsIn).concat(messageTypes(digest)));
      const named = new Set([...expressions].flatMap((text) => namesOf(parseTypeExpression(text))));
      expect([...named].filter((name) => !digest.types.has(name) && !isBuiltIn(name))).toEqual([]);
    }
  });

  it("refuses a release it does not have", () => {
    expect(() => readDigest("9.9.9")).toThrow("npm run protocol:sync -- 9.9.9");
  });
});

function messageTypes(digest: Digest): string[] {
  const messages = [digest.clientMethods, digest.clientNotifications, digest.notifications, digest.serverRequests];
  return messages.flatMap((map) =>
    [...map.values()].flatMap(({ params, result }) => [params, result].filter((name) => name !== undefined)),
  );
}

function expressionsIn(shape: Shape): string[] {
  const fields = [...shape.fields.values()];
  const inner = [...shape.variants.values(), ...fields.flatMap(({ inline }) => inline ?? [])];
  return [...shape.alternatives.keys(), ...fields.map(({ type }) => type), ...inner.flatMap(expressionsIn)];
}

function namesOf(type: TypeExpression): string[] {
  if (type.kind === "name") return [type.name];
  if (type.kind === "union") return type.of.flatMap(namesOf);
  return type.kind === "array" || type.kind === "map" ? namesOf(type.of) : [];
}
