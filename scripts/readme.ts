import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { stagePackage } from "./build/stage.ts";
import { type Block, blocksOf } from "./readme/blocks.ts";

/*
 * Follows the README word by word, as somebody with an empty home and a fresh clone: npm run readme
 *
 * The tests do the same with the packages that are installed already.
 */

const repository = path.resolve(import.meta.dirname, "..");

export interface ReadmeRun {
  readonly line: number;
  readonly act: Block["act"];
  /** Undefined: nothing was run. */
  readonly exitCode?: number | undefined;
  readonly output: string;
}

export interface ReadmeOptions {
  /** Emptied first, removed by who asked. Not below node_modules, where Node runs no TypeScript. */
  readonly folder: string;
  /** Whether `npm ci` installs; otherwise the repository's packages are used. */
  readonly install: boolean;
  readonly onRun?: (run: ReadmeRun) => void;
}

/** Follows the README in a copy of what git knows of the repository; goes on after a block that fails. */
export async function followReadme({ folder, install, onRun }: ReadmeOptions): Promise<ReadmeRun[]> {
  const clone = path.join(folder, "clone");
  const project = path.join(folder, "project");
  const tools = path.join(folder, "tools");
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  for (const each of [clone, path.join(project, "node_modules"), tools, path.join(folder, "home")]) {
    await mkdir(each, { recursive: true });
  }
  await copyTree(clone);
  if (!install) await useInstalled(clone, tools);
  const { PATH = "" } = process.env;
  const env = { PATH: install ? PATH : `${tools}${path.delimiter}${PATH}`, HOME: path.join(folder, "home") };
  const shell = (code: string) => execa("bash", ["-e", "-c", code], { ...quiet, env, cwd: clone });
  const runs: ReadmeRun[] = [];
  for (const block of blocksOf(await readFile(path.join(repository, "README.md"), "utf8"))) {
    const done = await act(block, { clone, project, shell, env });
    const run = { line: block.line, act: block.act, exitCode: done?.exitCode, output: done?.all ?? "" };
    runs.push(run);
    onRun?.(run);
  }
  return runs;
}

const quiet = { reject: false, extendEnv: false, all: true, stdin: "ignore" } as const;

interface Stage {
  readonly clone: string;
  readonly project: string;
  readonly env: Record<string, string>;
  shell(code: string): PromiseLike<Done>;
}

interface Done {
  readonly exitCode?: number | undefined;
  readonly all: string;
}

async function act(block: Block, { clone, project, shell, env }: Stage): Promise<Done | undefined> {
  switch (block.act) {
    case "skip":
      return undefined;
    case "run": {
      const words = Object.entries(block.words);
      return shell(
        words.reduce((code, [word, value]) => code.replaceAll(new RegExp(`\\b${word}\\b`, "g"), value), block.code),
      );
    }
    case "save":
      await writeFile(path.join(clone, block.file), block.code);
      return block.command === undefined ? undefined : shell(block.command);
    case "program": {
      await stagePackage(path.join(project, "node_modules", "openclaw-codex-bridge"));
      // A project of its own: otherwise our package's name would mean what was built in the repository last.
      await writeFile(path.join(project, "package.json"), '{ "private": true }');
      await writeFile(path.join(project, "program.mts"), block.code);
      return execa(process.execPath, ["program.mts"], { ...quiet, env, cwd: project });
    }
  }
}

/** What a clone would have, with what is not committed yet. */
async function copyTree(target: string): Promise<void> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await execa("git", list, { cwd: repository });
  for (const file of stdout.split("\0").filter((each) => each !== "" && each !== "node_modules")) {
    await cp(path.join(repository, file), path.join(target, file)).catch((thrown: NodeJS.ErrnoException) => {
      // Deleted, and not committed yet.
      if (thrown.code !== "ENOENT") throw thrown;
    });
  }
}

/** `npm ci` has nothing to do where the packages are linked; everything else is npm's. */
async function useInstalled(clone: string, tools: string): Promise<void> {
  await symlink(path.join(repository, "node_modules"), path.join(clone, "node_modules"));
  const { stdout: npm } = await execa("bash", ["-c", "command -v npm"]);
  const shim = path.join(tools, "npm");
  await writeFile(shim, `#!/bin/sh\n[ "$1" = ci ] || exec "${npm}" "$@"\n`);
  await chmod(shim, 0o755);
}

if (import.meta.main) {
  const folder = path.join(repository, ".cache", `readme-${process.pid}`);
  try {
    const runs = await followReadme({
      folder,
      install: true,
      onRun: ({ line, act: what, exitCode, output }) => {
        console.log(`README:${line} ${what} ${exitCode === undefined ? "" : `exit code ${exitCode}`}`);
        if (exitCode) console.log(output);
      },
    });
    process.exitCode = runs.every(({ exitCode }) => !exitCode) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
