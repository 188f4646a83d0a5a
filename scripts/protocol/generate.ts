import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { binarySha256 } from "../../src/server/binary.ts";
import { releasesFolder } from "../codex-releases.ts";
import { joinDeclarations } from "./declarations.ts";
import { type ProtocolSchema, readBundle, type SchemaObject } from "./json-schema.ts";

/*
 * Asks a Codex executable for its protocol: JSON Schema and TypeScript, each with and without what is experimental.
 */

const run = promisify(execFile);

/** What one run with or without `--experimental` gave. */
export interface GeneratedProtocol {
  readonly bundle: SchemaObject;
  readonly schema: ProtocolSchema;
  /** All generated types as one module. */
  readonly declarations: string;
}

export interface GeneratedRelease {
  /** What was run, the output folder written as DIR. */
  readonly commands: readonly string[];
  /** What `codex --version` printed. */
  readonly says: string;
  readonly binarySha256: string;
  readonly experimental: GeneratedProtocol;
  readonly stable: GeneratedProtocol;
}

/** Runs codex in a home of its own; resolves to its standard output. */
type Codex = (...args: string[]) => Promise<string>;

/**
 * Runs the generators of one executable, one after the other.
 * @throws Error when the executable does not say it is `version`, or has no such generator
 */
export async function generateProtocol(command: string, version: string): Promise<GeneratedRelease> {
  // Not in the system's temporary folder: Codex refuses to keep its helpers there.
  const folder = await mkdtemp(path.join(releasesFolder, "protocol-sync."));
  try {
    const home = path.join(folder, "home");
    await mkdir(home);
    const env = { PATH: process.env.PATH, HOME: home, USERPROFILE: home, CODEX_HOME: home };
    const codex: Codex = async (...args) => (await run(command, args, { cwd: folder, env, maxBuffer: 1 << 26 })).stdout;
    const says = (await codex("--version")).trim();
    if (!says.split(/\s+/).includes(version))
      throw new Error(`Expected Codex ${version}, it says ${JSON.stringify(says)}.`);
    const commands = ["codex --version"];
    const experimental = await generateOnce(codex, folder, version, true, commands);
    const stable = await generateOnce(codex, folder, version, false, commands);
    return { commands, says, binarySha256: await binarySha256(command), experimental, stable };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generateOnce(
  codex: Codex,
  folder: string,
  version: string,
  experimental: boolean,
  commands: string[],
): Promise<GeneratedProtocol> {
  const output = { "generate-json-schema": "", "generate-ts": "" };
  for (const generator of Object.keys(output) as (keyof typeof output)[]) {
    const help = await codex("app-server", generator, "--help").catch(() => "");
    if (!help.includes(generator)) throw new Error(`Codex ${version} has no command app-server ${generator}.`);
    const flags = experimental && help.includes("--experimental") ? ["--experimental"] : [];
    const out = path.join(folder, `${generator}${flags.join("")}`);
    const args = ["app-server", generator, ...flags, "--out"];
    await codex(...args, out);
    const written = ["codex", ...args, "DIR"].join(" ");
    if (!commands.includes(written)) commands.push(written);
    output[generator] = out;
  }
  const { bundle, schema } = await findBundle(output["generate-json-schema"], version);
  return { bundle, schema, declarations: joinDeclarations(output["generate-ts"]) };
}

/** The one file that has all four unions of messages; which one it is has no fixed name. */
async function findBundle(folder: string, version: string): Promise<{ bundle: SchemaObject; schema: ProtocolSchema }> {
  let last: unknown;
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".json")).sort()) {
    const bundle = JSON.parse(await readFile(path.join(folder, name), "utf8")) as SchemaObject;
    if (bundle.definitions?.ServerRequest === undefined || bundle.definitions.ClientRequest === undefined) continue;
    try {
      return { bundle, schema: readBundle(bundle) };
    } catch (thrown) {
      last = thrown;
    }
  }
  throw new Error(`Codex ${version} wrote no bundle with all requests and notifications.`, { cause: last });
}
