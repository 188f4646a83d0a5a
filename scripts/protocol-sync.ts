import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import semver from "semver";
import { BridgeError } from "../src/errors.ts";
import { floorVersion } from "../src/protocol/user-agent.ts";
import { scriptArguments } from "./arguments.ts";
import { installRelease, publishedReleases } from "./codex-releases.ts";
import { protocolFolder } from "./protocol/digest-files.ts";
import { digestLines } from "./protocol/digest-lines.ts";
import { schemaFacts } from "./protocol/facts.ts";
import { type GeneratedRelease, generateProtocol } from "./protocol/generate.ts";
import { canonicalJson } from "./protocol/json-schema.ts";
import { digestText, readManifest, readStore, type StoredRelease, sha256, writeStore } from "./protocol/store.ts";

/*
 * Derives `protocol/` from Codex binaries: `npm run protocol:sync`. protocol/README.md says what is in there.
 */

const help = `npm run protocol:sync [-- [--force] [VERSION…]]

Asks Codex releases for their protocol and stores it in protocol/ (see protocol/README.md).
Without a VERSION: every published stable release from ${floorVersion} on.
Releases whose stored files are what the manifest says are not run again.

  --force  run them again
  --help   this text`;

/** Syncs the releases; a failure keeps what was done before it. */
async function sync(asked: readonly string[], force: boolean): Promise<void> {
  const manifest = await readManifest(protocolFolder);
  const releases = await readStore(protocolFolder, manifest);
  const damaged = Object.keys(manifest.releases).filter((version) => !releases.has(version));
  const wanted = asked.length > 0 ? asked : await publishedReleases();
  await refuseUnknown(wanted.filter((version) => !releases.has(version)));
  const withoutBinary = new Set(manifest.withoutBinary);
  const todo = [...new Set([...damaged, ...wanted])].filter((version) => force || !releases.has(version));
  const skipped = wanted.length - todo.filter((version) => wanted.includes(version)).length;
  if (skipped > 0) say(`${skipped} up to date`);
  let failure: unknown;
  for (const version of todo.sort(semver.compare)) {
    try {
      const startedMs = performance.now();
      const command = await executableOf(version);
      if (command === undefined) {
        if (asked.includes(version)) throw new Error(noExecutable(version));
        say(noExecutable(version));
        withoutBinary.add(version);
        continue;
      }
      withoutBinary.delete(version);
      const release = storedRelease(await generateProtocol(command, version));
      releases.set(version, release);
      say(`${version}  ${release.lines.length} facts, ${Math.round(performance.now() - startedMs)} ms`);
    } catch (thrown) {
      failure = thrown;
      break;
    }
  }
  // A release that cannot be made again must not fall out of the chain.
  const whole = releases.size > 0 && damaged.every((version) => releases.has(version));
  if (whole) await writeStore(protocolFolder, releases, [...withoutBinary]);
  await noteNewest(releases.keys());
  if (failure !== undefined) throw failure;
}

const newestFile = path.resolve(import.meta.dirname, "../src/protocol/newest-tested.ts");

/** The newest release that has a digest is the newest the bridge is tested with: its tests compare with all of them. */
async function noteNewest(versions: Iterable<string>): Promise<void> {
  const newest = [...versions].sort(semver.compare).at(-1)!;
  const before = await readFile(newestFile, "utf8");
  const after = before.replace(/"[^"]*";/, `"${newest}";`);
  if (after === before) return;
  await writeFile(newestFile, after);
  say(`the newest tested release is now ${newest}`);
}

/** @throws Error naming what is not a release we can get */
async function refuseUnknown(versions: readonly string[]): Promise<void> {
  for (const version of versions) {
    if (semver.valid(version) !== version) throw new Error(`${version} is not a version; write it like 0.150.1.`);
    if (semver.lt(version, floorVersion))
      throw new Error(`${version} is older than ${floorVersion}, the oldest we support.`);
  }
  if (versions.length === 0) return;
  const published = await publishedReleases();
  const unknown = versions.find((version) => !published.includes(version));
  if (unknown === undefined) return;
  throw new Error(`There is no stable release ${unknown} of @openai/codex on npm; the newest is ${published.at(-1)}.`);
}

async function executableOf(version: string): Promise<string | undefined> {
  try {
    return (await installRelease(version)).command;
  } catch (thrown) {
    if (thrown instanceof BridgeError && thrown.code === "codex_binary_not_found") return undefined;
    throw thrown;
  }
}

function noExecutable(version: string): string {
  return `${version}  was published without an executable for ${process.platform}-${process.arch}`;
}

function storedRelease({ commands, says, binarySha256, experimental, stable }: GeneratedRelease): StoredRelease {
  const lines = digestLines(schemaFacts(experimental.schema), schemaFacts(stable.schema));
  const schema = canonicalJson(experimental.bundle);
  const types = experimental.declarations;
  return {
    entry: {
      commands,
      says,
      binary: { platform: `${process.platform}-${process.arch}`, sha256: binarySha256 },
      sha256: {
        schema: sha256(schema),
        schemaStable: sha256(canonicalJson(stable.bundle)),
        types: sha256(types),
        typesStable: sha256(stable.declarations),
        digest: sha256(digestText(lines)),
      },
    },
    lines,
    full: { schema, types },
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const { values, positionals } = scriptArguments(help, {
  allowPositionals: true,
  options: { force: { type: "boolean", default: false } },
});
try {
  await sync(positionals, values.force);
} catch (thrown) {
  say(`protocol:sync: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
