import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { JsonObject } from "../../json.ts";
import type { Place } from "../types.ts";

/* The exchange every conversation begins with: where and when it takes place. Seen once, then always the same. */

const mostItems = 20;
/** Named, but not looked into. */
const closed = new Set([".git", "node_modules", "dist", "build", ".venv", "target", "__pycache__"]);

const setup = z.object({
  date: z.string().default("(date)"),
  platform: z.string().default("linux"),
  tree: z.string().default("(tree)"),
  repository: z.boolean().default(false),
});
export type Setup = z.output<typeof setup>;

/** What was seen; where nothing was (a shape that is only shown), placeholders. */
export function setupOf(facts: JsonObject): Setup {
  return setup.parse(facts);
}

export async function observeSetup({ cwd, now, platform }: Place): Promise<Setup> {
  const names = await readdir(cwd).catch((): string[] => []);
  return { date: dateOf(now), platform, tree: await treeOf(cwd), repository: names.includes(".git") };
}

function dateOf(now: Date): string {
  return now.toLocaleDateString("en-US", { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

interface Node {
  readonly name: string;
  readonly children: Node[];
  /** Something in it is not shown. */
  more: boolean;
}

/** A folder as a tree of at most twenty entries, the upper ones first. */
export async function treeOf(cwd: string): Promise<string> {
  const root: Node = { name: cwd, children: [], more: false };
  const open: { node: Node; folder: string }[] = [{ node: root, folder: cwd }];
  let count = 0;
  for (const { node, folder } of open) {
    const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
    found.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of found) {
      if (count >= mostItems) {
        node.more = true;
        break;
      }
      count += 1;
      const shut = closed.has(entry.name);
      const name = entry.isDirectory() ? `${entry.name}/${shut ? "..." : ""}` : entry.name;
      const child: Node = { name, children: [], more: false };
      node.children.push(child);
      if (entry.isDirectory() && !shut) open.push({ node: child, folder: path.join(folder, entry.name) });
    }
  }
  return [`${cwd}/`, ...drawn(root, "")].join("\n");
}

function drawn({ children, more }: Node, indent: string): string[] {
  const all = more ? [...children, { name: "...", children: [], more: false }] : children;
  return all.flatMap((child, index) => {
    const last = index === all.length - 1;
    return [`${indent}${last ? "└───" : "├───"}${child.name}`, ...drawn(child, `${indent}${last ? "    " : "│   "}`)];
  });
}

/** The first two messages after the prompt. */
export function setupMessages({ date, platform, tree }: Setup, cwd: string): JsonObject[] {
  const lines = [
    "Before we begin, this is where you are working.",
    `Today is ${date} (written as is usual in the user's locale).`,
    `Operating system: ${platform}`,
    `Current directory: ${cwd}`,
    "Folder structure of the current directory:",
    "",
    `Showing up to ${mostItems} items:`,
    "",
    tree,
  ];
  return [
    { role: "user", content: [{ type: "text", text: lines.join("\n") }] },
    { role: "assistant", content: "Understood, I am ready to work." },
  ];
}
