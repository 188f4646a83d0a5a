import { createHash } from "node:crypto";
import { accessSync, constants, createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { BridgeError } from "../errors.ts";

/** A Codex executable and how to start it. */
export interface CodexBinary {
  /** The file whose content is the runtime: what version and sha256 are about. */
  readonly file: string;
  readonly command: string;
  readonly args: readonly string[];
  /** `managed`: the one in our own dependencies. `explicit`: a path somebody configured. `path`: a bare name, found on PATH. */
  readonly origin: "managed" | "explicit" | "path";
}

const targets: Readonly<Record<string, { triple: string; package: string }>> = {
  "linux-x64": { triple: "x86_64-unknown-linux-musl", package: "@openai/codex-linux-x64" },
  "linux-arm64": { triple: "aarch64-unknown-linux-musl", package: "@openai/codex-linux-arm64" },
  "darwin-x64": { triple: "x86_64-apple-darwin", package: "@openai/codex-darwin-x64" },
  "darwin-arm64": { triple: "aarch64-apple-darwin", package: "@openai/codex-darwin-arm64" },
  "win32-x64": { triple: "x86_64-pc-windows-msvc", package: "@openai/codex-win32-x64" },
  "win32-arm64": { triple: "aarch64-pc-windows-msvc", package: "@openai/codex-win32-arm64" },
};

/**
 * Finds the Codex executable: the managed one through Node's own resolution of `@openai/codex`, or an explicit one.
 * PATH is searched only for a bare name that was given explicitly.
 *
 * @param command a path, a bare name, or undefined for the managed binary
 * @throws BridgeError `codex_binary_not_found`
 */
export function findCodexBinary(command?: string): CodexBinary {
  if (command === undefined) return managedBinary(import.meta.url);
  if (!command.includes("/") && !command.includes("\\")) return onPath(command);
  const file = path.resolve(command);
  if (!existsSync(file) || statSync(file).isDirectory()) {
    throw notFound(
      `There is no file at ${file}.`,
      "Give the path of a Codex executable, or leave it out to use the managed one.",
    );
  }
  return startable(file, "explicit");
}

/**
 * The native executable inside an installed `@openai/codex` package.
 * @param from a file URL or path from which the package is resolved
 */
export function managedBinary(from: string): CodexBinary {
  const target = targets[`${process.platform}-${process.arch}`];
  if (!target) {
    throw notFound(
      `Codex has no release for ${process.platform}-${process.arch}.`,
      "Point to your own build explicitly.",
    );
  }
  const exe = process.platform === "win32" ? "codex.exe" : "codex";
  for (const root of vendorRoots(from, target.package)) {
    // Releases since 0.14x keep the executable in bin/, older ones in codex/.
    for (const folder of ["bin", "codex"]) {
      const file = path.join(root, "vendor", target.triple, folder, exe);
      if (existsSync(file)) return { file, command: file, args: [], origin: "managed" };
    }
  }
  throw notFound(
    `The package ${target.package} is not installed.`,
    "Run `npm install @openai/codex` with optional dependencies enabled, or point to an executable explicitly.",
  );
}

function vendorRoots(from: string, platformPackage: string): string[] {
  const roots: string[] = [];
  try {
    const main = createRequire(from).resolve("@openai/codex/package.json");
    // The platform package is a dependency of @openai/codex, not of ours: resolve it from there.
    roots.push(path.dirname(createRequire(main).resolve(`${platformPackage}/package.json`)));
    roots.push(path.dirname(main));
  } catch {
    // Absent packages are reported by the caller with the remedy.
  }
  return roots;
}

function onPath(name: string): CodexBinary {
  const extensions = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute)) {
    for (const extension of extensions) {
      const file = path.join(folder, name + extension);
      if (existsSync(file) && statSync(file).isFile()) return startable(file, "path");
    }
  }
  throw notFound(`No executable named ${name} is on PATH.`, "Install Codex, or give the path of its executable.");
}

/** npm's launcher is a script: it is started with the Node that runs us, on every platform. */
function startable(file: string, origin: "explicit" | "path"): CodexBinary {
  if (/\.[cm]?js$/.test(file)) return { file, command: process.execPath, args: [file], origin };
  try {
    accessSync(file, constants.X_OK);
  } catch (cause) {
    throw new BridgeError("codex_binary_not_executable", `${file} is not executable.`, {
      remedy: `Make it executable (chmod +x), or choose another file.`,
      cause,
    });
  }
  return { file, command: file, args: [], origin };
}

function notFound(found: string, remedy: string): BridgeError {
  return new BridgeError("codex_binary_not_found", `No Codex executable was found. ${found}`, { remedy });
}

const knownHashes = new Map<string, string>();
/** Whoever asks meanwhile waits for the same reading. */
const hashing = new Map<string, Promise<string>>();

/**
 * SHA-256 of a binary, hex. Cached in process and, when `cacheFile` is given, on disk by size and modification time,
 * because the executable has hundreds of megabytes.
 * @param keep whether what was found is noted in `cacheFile`
 */
export async function binarySha256(file: string, cacheFile?: string, keep = true): Promise<string> {
  const stat = statSync(file);
  const identity = `${file}:${stat.size}:${stat.mtimeMs}:${stat.ino}`;
  const known = knownHashes.get(identity) ?? readCache(cacheFile)[identity];
  if (known !== undefined) {
    knownHashes.set(identity, known);
    return known;
  }
  const running = hashing.get(identity) ?? hashed(file, identity, cacheFile).finally(() => hashing.delete(identity));
  hashing.set(identity, running);
  return running;
}

async function hashed(file: string, identity: string, cacheFile: string | undefined): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const digest = hash.digest("hex");
  knownHashes.set(identity, digest);
  if (cacheFile !== undefined && keep) await writeCache(cacheFile, { [identity]: digest });
  return digest;
}

function readCache(file: string | undefined): Record<string, string> {
  if (file === undefined) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return value !== null && typeof value === "object" ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}

async function writeCache(file: string, value: Record<string, string>): Promise<void> {
  const { writeFileAtomically } = await import("../files/atomic-file.ts");
  // A cache that cannot be written costs time, never a turn.
  await writeFileAtomically(file, JSON.stringify(value)).catch(() => undefined);
}
