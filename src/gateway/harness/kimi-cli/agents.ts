import { readFile } from "node:fs/promises";
import path from "node:path";

export interface AgentDocument {
  readonly path: string;
  readonly text: string;
}

const mostBytes = 32 * 1024;

/**
 * The AGENTS.md files from the root of a project down to a folder. They share 32 KiB; what is nearest to the folder gets
 * its share first, and what is nearest to the root comes first.
 */
export async function agentDocuments(root: string, cwd: string): Promise<AgentDocument[]> {
  const found: AgentDocument[] = [];
  for (const dir of foldersBetween(root, cwd)) {
    for (const names of [[".kimi/AGENTS.md"], ["AGENTS.md", "agents.md"]]) {
      const document = await firstOf(names.map((name) => path.join(dir, name)));
      if (document) found.push(document);
    }
  }
  let left = mostBytes;
  const kept: AgentDocument[] = [];
  for (const document of found.toReversed()) {
    left -= Buffer.byteLength(headOf(document.path)) + 2;
    if (left <= 0) break;
    const bytes = Buffer.from(document.text);
    // A cut within a character leaves no half of it.
    const text =
      bytes.length <= left
        ? document.text
        : bytes
            .subarray(0, left)
            .toString("utf8")
            .replace(/\ufffd+$/, "");
    left -= bytes.length;
    kept.unshift({ path: document.path, text });
    if (left <= 0) break;
  }
  return kept;
}

export function documentText({ path: place, text }: AgentDocument): string {
  return `${headOf(place)}${text}`;
}

function headOf(place: string): string {
  return `<!-- From: ${place} -->\n`;
}

function foldersBetween(root: string, cwd: string): string[] {
  const steps = path.relative(root, cwd).split(path.sep).filter(Boolean);
  return [root, ...steps.map((_, index) => path.join(root, ...steps.slice(0, index + 1)))];
}

async function firstOf(places: readonly string[]): Promise<AgentDocument | undefined> {
  for (const place of places) {
    const text = (await readFile(place, "utf8").catch(() => "")).trim();
    if (text !== "") return { path: place, text };
  }
  return undefined;
}
