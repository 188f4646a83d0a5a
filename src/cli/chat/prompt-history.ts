import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../../files/atomic-file.ts";
import { makePrivateFile, makePrivateFolder } from "../../files/private.ts";

const maxKept = 500;
const maxChars = 20_000;

/** What was written in earlier chats, oldest first: one JSON string a line, for nobody but the user. */
export class PromptHistory {
  readonly file: string;
  #last: string | undefined;

  constructor(stateDir: string) {
    this.file = path.join(stateDir, "chat-history.jsonl");
  }

  /** A file that cannot be read is no reason not to chat. */
  async read(): Promise<string[]> {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch {
      return [];
    }
    const all = text.split("\n").flatMap(entryOf);
    const kept = all.slice(-maxKept);
    this.#last = kept.at(-1);
    if (all.length > 2 * maxKept) {
      const lines = kept.map((each) => `${JSON.stringify(each)}\n`).join("");
      await writeFileAtomically(this.file, lines).catch(() => undefined);
    }
    return kept;
  }

  /** The same twice in a row is kept once. */
  add(text: string): void {
    if (text === this.#last || text.length > maxChars) return;
    this.#last = text;
    try {
      makePrivateFolder(path.dirname(this.file));
      makePrivateFile(this.file);
      appendFileSync(this.file, `${JSON.stringify(text)}\n`, { mode: 0o600 });
    } catch {
      // A disk that is full or read-only costs the history, never the chat.
    }
  }
}

function entryOf(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "string" ? [value] : [];
  } catch {
    return [];
  }
}
