import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import semver from "semver";
import { applyDigestFile, readDigestFile } from "./digest-files.ts";
import { differenceOf } from "./digest-lines.ts";

/*
 * What `protocol/` holds, and how it is written: manifest, chain of digests, full output of the floor and the newest.
 */

/** Raised when the same binaries would give other files. */
export const generatorVersion = 1;

export interface ReleaseEntry {
  /** What was run, the output folder written as DIR. */
  readonly commands: readonly string[];
  /** What `codex --version` printed. */
  readonly says: string;
  readonly binary: { readonly platform: string; readonly sha256: string };
  /** Of the generated output in canonical form, kept or not; `digest` of the whole digest. */
  readonly sha256: {
    readonly schema: string;
    readonly schemaStable: string;
    readonly types: string;
    readonly typesStable: string;
    readonly digest: string;
  };
  /** sha256 of each stored file, by its path in `protocol/`. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly generatorVersion: number;
  /** Published without an executable for the platform that synced. */
  readonly withoutBinary: readonly string[];
  readonly releases: Readonly<Record<string, ReleaseEntry>>;
}

/** The full output of one release. */
export interface FullOutput {
  readonly schema: string;
  readonly types: string;
}

/** One release as it is known: an entry whose `files` are derived when the store is written. */
export interface StoredRelease {
  readonly entry: Omit<ReleaseEntry, "files">;
  readonly lines: readonly string[];
  /** Present for a release that was synced now, or whose full output is kept. */
  readonly full?: FullOutput;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A digest as text, for its hash and for the first file of the chain. */
export function digestText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

const emptyManifest: Manifest = { generatorVersion, withoutBinary: [], releases: {} };

/** Reads the manifest; an absent one is empty. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, "manifest.json");
  return existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Manifest) : emptyManifest;
}

/** The releases in `protocol/` whose files are what the manifest says, oldest first; a damaged one is left out. */
export async function readStore(folder: string, manifest: Manifest): Promise<Map<string, StoredRelease>> {
  const releases = new Map<string, StoredRelease>();
  if (manifest.generatorVersion !== generatorVersion) return releases;
  let before: readonly string[] | undefined;
  for (const version of Object.keys(manifest.releases).sort(semver.compare)) {
    const { files, ...entry } = manifest.releases[version] as ReleaseEntry;
    try {
      before = applyDigestFile(before, readDigestFile(folder, version));
    } catch {
      continue;
    }
    const texts = await readFiles(folder, files);
    if (texts === undefined || sha256(digestText(before)) !== entry.sha256.digest) continue;
    const [schema, types] = fullPaths(version).map((file) => texts.get(file));
    const full = schema === undefined || types === undefined ? {} : { full: { schema, types } };
    releases.set(version, { entry, lines: before, ...full });
  }
  return releases;
}

async function readFiles(folder: string, files: ReleaseEntry["files"]): Promise<Map<string, string> | undefined> {
  const texts = new Map<string, string>();
  for (const [file, hash] of Object.entries(files)) {
    const text = await readFile(path.join(folder, file), "utf8").catch(() => "");
    if (sha256(text) !== hash) return undefined;
    texts.set(file, text);
  }
  return texts;
}

function fullPaths(version: string): [string, string] {
  return [`full/${version}/schema.json`, `full/${version}/types.d.ts`];
}

/** Writes everything anew: each release's difference from the one before it, full output for the oldest and the newest. */
export async function writeStore(
  folder: string,
  releases: ReadonlyMap<string, StoredRelease>,
  withoutBinary: readonly string[],
): Promise<void> {
  const versions = [...releases.keys()].sort(semver.compare);
  const manifest: Record<string, ReleaseEntry> = {};
  const texts = new Map<string, string>();
  for (const [index, version] of versions.entries()) {
    const { entry, lines, full } = releases.get(version) as StoredRelease;
    const files = new Map([[`digests/${version}.txt`, chainText(version, lines, versions[index - 1], releases)]]);
    if (index === 0 || index === versions.length - 1) {
      if (full === undefined) throw new Error(`The full output of Codex ${version} is needed; sync it with --force.`);
      const [schema, types] = fullPaths(version);
      files.set(schema, full.schema).set(types, full.types);
    }
    for (const [file, text] of files) texts.set(file, text);
    manifest[version] = { ...entry, files: Object.fromEntries([...files].map(([file, text]) => [file, sha256(text)])) };
  }
  const written: Manifest = {
    generatorVersion,
    withoutBinary: [...withoutBinary].sort(semver.compare),
    releases: manifest,
  };
  texts.set("manifest.json", `${JSON.stringify(written, null, 2)}\n`);
  for (const part of ["digests", "full"]) await rm(path.join(folder, part), { recursive: true, force: true });
  for (const [file, text] of texts) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}

function chainText(
  version: string,
  lines: readonly string[],
  before: string | undefined,
  releases: ReadonlyMap<string, StoredRelease>,
): string {
  if (before === undefined)
    return `# Codex ${version}, the whole protocol. Grammar: ../README.md\n${digestText(lines)}`;
  const difference = differenceOf(releases.get(before)?.lines ?? [], lines);
  const summary = difference.length === 0 ? "the same protocol" : "what changed in the protocol";
  return `# Codex ${version}: ${summary} since ${before}\n${digestText(difference)}`;
}
