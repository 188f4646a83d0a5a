import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../../errors.ts";
import { LineSplitter } from "../../wire/splitter.ts";
import { secretKinds } from "./secrets.ts";
import { StreamedScan } from "./streamed-scan.ts";

/** Where something was found that must not be there; never what. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

const maxFindings = 20;
const maxLineBytes = 64 * 1024 * 1024;

/**
 * Looks through every file below a folder, line by line, and through the texts that deltas add up to.
 * @param known values that must not be there, whatever they look like
 */
export async function scanFolder(folder: string, known: readonly string[] = []): Promise<Finding[]> {
  const findings: Finding[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue;
    await scanFile(folder, path.relative(folder, path.join(entry.parentPath, entry.name)), known, findings);
  }
  return findings.slice(0, maxFindings);
}

async function scanFile(folder: string, file: string, known: readonly string[], findings: Finding[]): Promise<void> {
  const splitter = new LineSplitter(maxLineBytes);
  const streamed = new StreamedScan((text) => secretKinds(text, known));
  let line = 0;
  const note = (kinds: readonly string[]): void => {
    for (const kind of kinds) if (findings.length < maxFindings) findings.push({ file, line, kind });
  };
  const scan = (text: string): void => {
    line += 1;
    note(streamed.line(text));
  };
  for await (const chunk of createReadStream(path.join(folder, file))) {
    for (const piece of splitter.push(chunk as Buffer)) {
      if (typeof piece === "string") for (const text of piece.split("\n").slice(0, -1)) scan(text);
      else findings.push({ file, line: line + 1, kind: "a line too long to be looked at" });
    }
  }
  const rest = splitter.flush();
  if (rest !== undefined) scan(rest);
  note(streamed.rest());
}

/** What nobody saves a recording with; names where and of which kind, never the value. */
export function secretsFound(findings: readonly Finding[]): BridgeError {
  const list = findings.map(({ file, line, kind }) => `${file}:${line} ${kind}`).join(", ");
  return new BridgeError("recording_has_secrets", `The recording was not saved: it may hold secrets (${list}).`, {
    remedy: "Record without keeping texts, or take them out of what is recorded.",
    facts: { findings: findings.length },
  });
}
