import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { JsonObject } from "../../json.ts";
import type { Place } from "../types.ts";
import { agentDocuments } from "./agents.ts";
import { findSkills } from "./skills.ts";

/* What Kimi's prompt says of the place. Seen once per conversation; the time, too, stays what it was then. */

const scene = z.object({
  os: z.string().default("Linux"),
  shell: z.string().default("bash (`/bin/bash`)"),
  now: z.string().default("(now)"),
  listing: z.string().default("(listing)"),
  agents: z.array(z.object({ path: z.string(), text: z.string() })).default([]),
  skills: z
    .array(z.object({ scope: z.string(), name: z.string(), path: z.string(), description: z.string() }))
    .default([]),
});
export type Scene = z.output<typeof scene>;

export function sceneOf(facts: JsonObject): Scene {
  return scene.parse(facts);
}

const systems: Partial<Record<NodeJS.Platform, string>> = { darwin: "macOS", win32: "Windows", linux: "Linux" };

export async function observeScene({ cwd, platform, home, now }: Place): Promise<Scene> {
  return {
    os: systems[platform] ?? platform,
    shell: platform === "win32" ? "powershell" : "bash (`/bin/bash`)",
    now: timeOf(now),
    listing: await listingOf(cwd),
    agents: await agentDocuments(await rootOf(cwd), cwd),
    skills: await findSkills(cwd, home),
  };
}

/** RFC 3339 with microseconds and the local offset. */
export function timeOf(now: Date): string {
  const minutes = -now.getTimezoneOffset();
  const two = (count: number): string => String(Math.trunc(count)).padStart(2, "0");
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  const local = new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  return `${local}000${offset}`;
}

/** The folder with `.git` that `cwd` lies in, otherwise `cwd`. */
export async function rootOf(cwd: string): Promise<string> {
  for (let dir = cwd; ; dir = path.dirname(dir)) {
    if (await exists(path.join(dir, ".git"))) return dir;
    if (dir === path.dirname(dir)) return cwd;
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

const mostRoot = 30;
const mostChildren = 10;

/** Two levels of a folder, folders first. */
export async function listingOf(cwd: string): Promise<string> {
  const { shown, more } = await entriesOf(cwd, mostRoot);
  if (shown.length === 0) return "(empty directory)";
  const lines: string[] = [];
  for (const [index, entry] of shown.entries()) {
    const last = index === shown.length - 1 && more === 0;
    lines.push(`${last ? "└── " : "├── "}${entry.name}${entry.folder ? "/" : ""}`);
    if (!entry.folder) continue;
    const inner = await entriesOf(path.join(cwd, entry.name), mostChildren);
    const indent = last ? "    " : "│   ";
    for (const [place, child] of inner.shown.entries()) {
      const end = place === inner.shown.length - 1 && inner.more === 0;
      lines.push(`${indent}${end ? "└── " : "├── "}${child.name}${child.folder ? "/" : ""}`);
    }
    if (inner.more > 0) lines.push(`${indent}└── ... and ${inner.more} more`);
  }
  if (more > 0) lines.push(`└── ... and ${more} more entries`);
  return lines.join("\n");
}

async function entriesOf(dir: string, most: number) {
  const found = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const entries = found.map((entry) => ({ name: entry.name, folder: entry.isDirectory() }));
  entries.sort((one, other) => Number(other.folder) - Number(one.folder) || (one.name < other.name ? -1 : 1));
  return { shown: entries.slice(0, most), more: Math.max(0, entries.length - most) };
}
