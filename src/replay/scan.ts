import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import { LineSplitter } from "../wire/splitter.ts";
import { secretKinds } from "./secrets.ts";

/** Where something was found that must not be there; never what. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

const maxFindings = 20;
const maxLineBytes = 64 * 1024 * 1024;

/** Looks through every file below a folder, line by line. */
export async function scanFolder(folder: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue;
    const file = path.relative(folder, path.join(entry.parentPath, entry.name));
    for (const kind of secretKinds(file)) findings.push({ file: "(a file's name)", line: 0, kind });
    await scanFile(folder, file, findings);
  }
  return findings;
}

async function scanFile(folder: string, file: string, findings: Finding[]): Promise<void> {
  const splitter = new LineSplitter(maxLineBytes);
  let number = 0;
  const scan = (line: string): void => {
    number += 1;
    if (findings.length >= maxFindings) return;
    for (const kind of secretKinds(line)) findings.push({ file, line: number, kind });
  };
  for await (const chunk of createReadStream(path.join(folder, file))) {
    for (const piece of splitter.push(chunk as Buffer)) {
      if (typeof piece === "string") for (const line of piece.split("\n").slice(0, -1)) scan(line);
      else findings.push({ file, line: number + 1, kind: "a line too long to be looked at" });
    }
  }
  const rest = splitter.flush();
  if (rest !== undefined) scan(rest);
}

export function secretsFound(findings: readonly Finding[]): BridgeError {
  const list = findings.map(({ file, line, kind }) => `${file}:${line} ${kind}`).join(", ");
  return new BridgeError("recording_has_secrets", `The recording was not saved: it may hold secrets (${list}).`, {
    remedy: "Record without keeping texts, or take them out of what is recorded.",
    facts: { findings: findings.length },
  });
}
