import { readFileSync, realpathSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { at, type HostFacts, texts } from "./host-facts.ts";

export interface HostPlaces {
  readonly env: NodeJS.ProcessEnv;
  /** Folders from which an installed `openclaw` is looked for, after PATH. */
  readonly from: readonly string[];
  /** The host's state folder; default `$OPENCLAW_STATE_DIR`, then `~/.openclaw`. */
  readonly stateDir?: string;
}

/** A host writes its plugins at most this deep below its folders: `npm/projects/NAME/node_modules/@scope/NAME`. */
const deepest = 6;

/**
 * Looks for an OpenClaw host without starting it, which would take tens of seconds.
 * @returns undefined when there is neither a program nor a configuration
 */
export async function hostOnDisk({ env, from, stateDir: given }: HostPlaces): Promise<HostFacts | undefined> {
  const stateDir = path.resolve(given ?? env.OPENCLAW_STATE_DIR ?? path.join(homeOf(env), ".openclaw"));
  const program = hostProgram(env, from);
  const configFile = env.OPENCLAW_CONFIG_PATH ?? path.join(stateDir, "openclaw.json");
  const text = await readFile(configFile, "utf8").catch((thrown: NodeJS.ErrnoException) => thrown);
  if (typeof text !== "string" && text.code === "ENOENT" && (program === undefined || given === undefined)) {
    return program && { ...program, stateDir, plugins: {} };
  }
  const read = typeof text === "string" ? parse(text, program?.program) : { error: `${text.code ?? text.message}` };
  return {
    ...program,
    stateDir,
    ...(read.value === undefined ? {} : { config: read.value }),
    ...(read.error === undefined ? {} : { configError: `${configFile}: ${read.error}` }),
    plugins: await installedPlugins(stateDir, texts(at(read.value, "plugins", "load", "paths"))),
  };
}

function homeOf(env: NodeJS.ProcessEnv): string {
  return env.HOME || homedir();
}

/** The program on PATH, or one that a project has installed. */
function hostProgram(
  env: NodeJS.ProcessEnv,
  from: readonly string[],
): { program: string; version: string } | undefined {
  for (const folder of (env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute)) {
    try {
      const found = packageAbove(realpathSync(path.join(folder, "openclaw")));
      if (found) return found;
    } catch {
      // Not in this folder.
    }
  }
  for (const start of from) {
    for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
      const found = hostPackage(path.join(folder, "node_modules", "openclaw"));
      if (found) return found;
      if (folder === path.dirname(folder)) break;
    }
  }
  return undefined;
}

function packageAbove(file: string) {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const found = hostPackage(folder);
    if (found) return found;
  }
  return undefined;
}

function hostPackage(folder: string): { program: string; version: string } | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    return name === "openclaw" && typeof version === "string" ? { program: folder, version } : undefined;
  } catch {
    return undefined;
  }
}

/** The configuration may have comments: then it takes the host's own parser to read it. */
function parse(text: string, program: string | undefined): { value?: unknown; error?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    const { message } = thrown as Error;
    if (program === undefined) return { error: message };
    try {
      const json5 = createRequire(path.join(program, "package.json"))("json5") as { parse(text: string): unknown };
      return { value: json5.parse(text) };
    } catch (other) {
      return { error: other instanceof SyntaxError ? other.message : message };
    }
  }
}

/** Folders of the plugins a host has, by their ids. @param linked folders its configuration names */
export async function installedPlugins(stateDir: string, linked: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const note = async (folder: string): Promise<boolean> => {
    const text = await readFile(path.join(folder, "openclaw.plugin.json"), "utf8").catch(() => undefined);
    if (text === undefined) return false;
    try {
      const { id } = JSON.parse(text) as { id?: unknown };
      if (typeof id === "string") found[id] ??= folder;
    } catch {
      // A manifest that cannot be read is no plugin the host could load.
    }
    return true;
  };
  for (const folder of linked) await note(path.resolve(folder));
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (depth > deepest || (await note(folder))) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    await Promise.all(below.map(({ name }) => visit(path.join(folder, name), depth + 1)));
  };
  await Promise.all(["extensions", "npm"].map((name) => visit(path.join(stateDir, name), 1)));
  return found;
}
