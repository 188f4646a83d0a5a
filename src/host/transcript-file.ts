import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { closeToOthers, makePrivateFolder } from "../files/private.ts";
import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";

/** What has to be remembered of a written entry. */
interface Known {
  readonly incomplete?: true | undefined;
}

/**
 * One session's transcript as JSON lines. Ids that are already in the file are not written again, so a turn that is
 * projected twice leaves one copy; a line cut off by a crash is ignored and written again.
 */
export class TranscriptFile implements TranscriptSink {
  readonly file: string;
  #known: Promise<Map<string, Known>> | undefined;
  /** The file ends with a whole line that we wrote. */
  #clean = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(folder: string, sessionKey: string) {
    this.file = path.join(folder, `${fileName(sessionKey)}.jsonl`);
  }

  /** All entries, oldest first. */
  async read(): Promise<TranscriptEntry[]> {
    const content = await readFile(this.file, "utf8").catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === "ENOENT") return "";
      throw thrown;
    });
    // The whole entry takes the place of one that was cut off.
    const entries = new Map<string, TranscriptEntry>();
    for (const line of content.split("\n")) {
      const entry = parseEntry(line);
      if (entry && isNews(entry, entries.get(entry.id))) entries.set(entry.id, entry);
    }
    return [...entries.values()];
  }

  append(entries: readonly TranscriptEntry[]): Promise<void> {
    const written = this.#tail.then(() => this.#write(entries));
    // The next append must not fail because this one did.
    this.#tail = written.catch(() => undefined);
    return written;
  }

  async #write(entries: readonly TranscriptEntry[]): Promise<void> {
    this.#known ??= this.read().then((all) => new Map(all.map((entry) => [entry.id, entry])));
    const known = await this.#known;
    const fresh = entries.filter((entry) => isNews(entry, known.get(entry.id)));
    if (fresh.length === 0) return;
    const lines = fresh.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    try {
      const start = (await this.#isTorn()) ? "\n" : "";
      // A few hundred bytes: handing them to another thread and waiting costs ten times what writing them does.
      appendFileSync(this.file, start + lines, { mode: 0o600 });
      this.#clean = true;
    } catch (thrown) {
      this.#clean = false;
      throw thrown;
    }
    for (const { id, incomplete } of fresh) known.set(id, { incomplete });
  }

  /** After a crash in mid-line the next entry starts on a line of its own. Looked at once: this is the only writer. */
  async #isTorn(): Promise<boolean> {
    if (this.#clean) return false;
    makePrivateFolder(path.dirname(this.file));
    const handle = await open(this.file, "a+", 0o600);
    try {
      closeToOthers(handle.fd);
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      return size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a;
    } finally {
      await handle.close();
    }
  }
}

/** Writing an entry again changes nothing, except that what was cut off can be made whole. */
function isNews(entry: TranscriptEntry, known: Known | undefined): boolean {
  return known === undefined || (known.incomplete === true && !entry.incomplete);
}

/** Readable and safe: a slug for people, a digest so that no two keys meet and none names another folder. */
function fileName(sessionKey: string): string {
  const slug = sessionKey.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 40);
  return `${slug}-${createHash("sha256").update(sessionKey).digest("hex").slice(0, 12)}`;
}

function parseEntry(line: string): TranscriptEntry | undefined {
  if (line === "") return undefined;
  try {
    const value = JSON.parse(line) as TranscriptEntry;
    return typeof value.id === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
