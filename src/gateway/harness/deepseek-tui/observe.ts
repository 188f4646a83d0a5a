import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { JsonObject } from "../../json.ts";
import type { Place } from "../types.ts";

/* What the prompt says of the project. Seen once per conversation; nothing is ever written into the workspace. */

const pack = z.object({
  project_name: z.string(),
  directory_structure: z.array(z.string()),
  readme: z.object({ path: z.string(), excerpt: z.string() }).nullable(),
  config_files: z.array(z.string()),
  key_source_files: z.array(z.string()),
  counts: z.object({ config_files: z.int(), directory_entries: z.int(), key_source_files: z.int() }),
});
export type Pack = z.output<typeof pack>;

const scene = z.object({
  lang: z.string().default("en"),
  platform: z.string().default("linux"),
  shell: z.string().default("/bin/bash"),
  instructions: z.object({ source: z.string(), text: z.string() }).default({ source: "(none)", text: "" }),
  pack: pack.default({
    project_name: "",
    directory_structure: [],
    readme: null,
    config_files: [],
    key_source_files: [],
    counts: { config_files: 0, directory_entries: 0, key_source_files: 0 },
  }),
});
export type Scene = z.output<typeof scene>;

export function sceneOf(facts: JsonObject): Scene {
  return scene.parse(facts);
}

export async function observeScene({ cwd, platform }: Place): Promise<Scene> {
  const entries = await entriesOf(cwd);
  const found = await packOf(cwd, entries);
  return {
    lang: Intl.DateTimeFormat().resolvedOptions().locale.split("-")[0] ?? "en",
    platform,
    shell: platform === "win32" ? "powershell" : "/bin/bash",
    instructions: (await ownInstructions(cwd)) ?? { source: "(generated)", text: summaryOf(found, entries) },
    pack: found,
  };
}

const instructionFiles = [".codewhale/instructions.md", ".deepseek/instructions.md", "AGENTS.md", "CLAUDE.md"];
const mostChars = 32 * 1024;

/** The first file of instructions, from the folder upward. */
async function ownInstructions(cwd: string): Promise<Scene["instructions"] | undefined> {
  for (let dir = cwd; ; dir = path.dirname(dir)) {
    for (const name of instructionFiles) {
      const source = path.join(dir, name);
      const text = (await readFile(source, "utf8").catch(() => "")).trim();
      if (text !== "") return { source, text: text.slice(0, mostChars) };
    }
    if (dir === path.dirname(dir)) return undefined;
  }
}

interface Entry {
  /** Relative to the workspace; at most one slash. */
  readonly path: string;
  readonly folder: boolean;
}

const skipped = new Set([".codewhale", ".git", "target", "node_modules"]);
const mostEntries = 300;

/** Two levels of the workspace, sorted by path. */
async function entriesOf(cwd: string): Promise<Entry[]> {
  const list = async (below: string): Promise<Entry[]> => {
    const found = await readdir(path.join(cwd, below), { withFileTypes: true }).catch(() => []);
    return found
      .filter(({ name }) => !skipped.has(name))
      .map((entry) => ({ path: path.posix.join(below, entry.name), folder: entry.isDirectory() }));
  };
  const top = await list(".");
  const inner = await Promise.all(top.filter(({ folder }) => folder).map((entry) => list(entry.path)));
  const all = [...top, ...inner.flat()];
  return all.toSorted((one, other) => (one.path < other.path ? -1 : 1)).slice(0, mostEntries);
}

const configName =
  /^(package\.json|tsconfig.*\.json|Cargo\.toml|pyproject\.toml|go\.mod|Makefile|CMakeLists\.txt|Dockerfile|.*\.(toml|ya?ml|ini|cfg))$/;
const sourceName = /\.(py|rs|js|ts|tsx)$/;
const excerptChars = 1000;

async function packOf(cwd: string, entries: readonly Entry[]): Promise<Pack> {
  const files = entries.flatMap((entry) => (entry.folder ? [] : [entry.path]));
  const config_files = files.filter((file) => configName.test(path.posix.basename(file)));
  const key_source_files = files.filter((file) => sourceName.test(file));
  const readme = files.find((file) => /^readme(\.\w+)?$/i.test(file));
  const text = readme === undefined ? "" : await readFile(path.join(cwd, readme), "utf8").catch(() => "");
  return {
    project_name: path.basename(cwd),
    directory_structure: entries.map((entry) => (entry.folder ? `${entry.path}/` : entry.path)),
    readme: readme === undefined ? null : { path: readme, excerpt: text.slice(0, excerptChars).toWellFormed() },
    config_files,
    key_source_files,
    counts: {
      config_files: config_files.length,
      directory_entries: entries.length,
      key_source_files: key_source_files.length,
    },
  };
}

/** Stands in for instructions where a project has none. */
function summaryOf({ project_name, readme }: Pack, entries: readonly Entry[]): string {
  const lines = entries.map(({ path: name, folder }) => {
    const indent = name.includes("/") ? "  " : "";
    return `${indent}${folder ? "DIR" : "FILE"}: ${path.posix.basename(name)}`;
  });
  const key = readme === null ? [] : ["", "Key files:", `- ${readme.path}`];
  return [`# Project: ${project_name}`, ...key, "", "Tree:", ...lines].join("\n");
}
