import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../files/atomic-file.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import type { Place } from "./process-table.ts";

export type { LedgerEntry } from "./ledger-entry.ts";

const halfWrittenMs = 60 * 60_000;

/** The folder of a state folder in which its servers are listed. */
export function ledgerFolder(stateDir: string): string {
  return path.join(stateDir, "servers");
}

/**
 * Which servers a state folder has, one file (0600) for each in a folder of their own (0700): whoever starts next can
 * end what is left of those whose owner was killed. Nobody waits for another, and one damaged file costs itself only.
 */
export class Ledger {
  readonly folder: string;
  readonly #warn: (message: string, facts: Record<string, unknown>) => void;

  constructor(folder: string, warn: (message: string, facts: Record<string, unknown>) => void = () => undefined) {
    this.folder = folder;
    this.#warn = warn;
  }

  fileOf(id: string): string {
    return path.join(this.folder, `${id}.json`);
  }

  /**
   * Written when it resolves: a killed process leaves it. It is not pressed onto the disk, which takes longer than all the
   * rest: what would lose it, a machine that goes down, ends the processes as well.
   */
  async write(row: LedgerEntry): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.fileOf(row.id), JSON.stringify(row), { durable: false });
  }

  async remove(id: string): Promise<void> {
    await rm(this.fileOf(id), { force: true });
  }

  /**
   * All entries, oldest first. What cannot be read is put aside under another name, and told.
   * @param look only looks: nothing is put aside or tidied
   */
  async entries({ look = false } = {}): Promise<LedgerEntry[]> {
    const names = await readdir(this.folder).catch(() => []);
    const read = await Promise.all(
      names.map(async (name) => {
        if (name.endsWith(".json")) return this.#read(name, look);
        if (!look) await this.#tidy(name);
        return undefined;
      }),
    );
    return read.filter((row) => row !== undefined).toSorted((one, other) => one.startedAtMs - other.startedAtMs);
  }

  async #read(name: string, look: boolean): Promise<LedgerEntry | undefined> {
    const file = path.join(this.folder, name);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (thrown) {
      // Another process may have removed it meanwhile.
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") {
        this.#warn("an entry of the server ledger cannot be read", { file, error: String(thrown) });
      }
      return undefined;
    }
    if (text === "") {
      // Written just before the machine went down, and its processes with it.
      if (!look) await rm(file, { force: true }).catch(() => undefined);
      return undefined;
    }
    // The first start on a state folder has nothing to read, and does not wait for what checks it.
    const { parseEntry } = await import("./ledger-entry.ts");
    const known = parseEntry(text);
    if (known === "newer") return undefined;
    if (known && `${known.id}.json` === name) return known;
    if (look) return undefined;
    const movedTo = `${file}.damaged`;
    await rename(file, movedTo).catch(() => undefined);
    this.#warn("an entry of the server ledger was damaged; it was set aside", { movedTo });
    return undefined;
  }

  /** What a killed process was about to write. */
  async #tidy(name: string): Promise<void> {
    if (!name.endsWith(".tmp")) return;
    const file = path.join(this.folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > halfWrittenMs) await rm(file, { force: true }).catch(() => undefined);
  }
}

/** Whether an entry is about processes of this system, of an earlier boot of it, or of one that we cannot see into. */
export function whereabouts({ place }: LedgerEntry, here: Place): "here" | "before_reboot" | "elsewhere" {
  if (place.boot === here.boot && place.namespace === here.namespace && (place.boot || place.host === here.host)) {
    return "here";
  }
  return place.host === here.host && place.boot !== here.boot ? "before_reboot" : "elsewhere";
}
