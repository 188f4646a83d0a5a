import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { onExit } from "signal-exit";
import { type Child, type ChildExit, type ChildOptions, spawnChild } from "./child-process.ts";
import { endProcesses, endProcessesNow } from "./end-processes.ts";
import { Ledger, type LedgerEntry } from "./ledger.ts";
import { commandDigest, markerName, type ProcessRow, type ServerMark, treeOf } from "./process-table.ts";
import { processTable } from "./processes.ts";
import { reapLeftovers } from "./reap.ts";

/** Small facts about a running server, for people who look at the ledger. */
export interface ServerNote {
  readonly version?: string;
  readonly threads?: number;
  readonly turns?: number;
}

/** A child of which nothing is left when it is over: neither itself nor what it started. */
export interface ContainedChild extends Child {
  /** Writes facts into the ledger, some time soon. */
  note(facts: ServerNote): void;
  /** Whether a command runs that the server started, also one that is detached from it. */
  hasCommands(): Promise<boolean>;
  /**
   * Ends commands that came through the end of their sandbox. Codex kills the sandbox from outside; one that is just being
   * set up is not yet bound to die with it, and goes on to its command with the permissions of a turn that is over.
   */
  endEscaped(): Promise<void>;
}

export interface Containment extends Omit<ChildOptions, "args" | "detached"> {
  /** @param marker what the commands of this server carry in their environment, as `name` and `value` */
  args(marker: { name: string; value: string }): readonly string[];
  /** Folder of the ledger; without one nothing can be ended after this process was killed. */
  readonly ledger?: string;
  readonly binary: string;
  readonly home?: string;
  readonly warn: (message: string, facts: Record<string, unknown>) => void;
  /** Called when the process runs. */
  readonly onStarted?: () => void;
}

/** How long facts are collected before they are written. */
const noteMs = 1000;
const table = processTable();

/** Everything that has to go when this process ends, whether by itself or by a signal nobody handles. */
const running = new Set<() => void>();
let hooked = false;

/**
 * Starts a process in a group and session of its own, with a marker in its environment that everything it starts
 * inherits. It stands in the ledger before anything is asked of it; until then it has started nothing, and ends with
 * its stdin. What owners that were killed have left is ended first.
 *
 * A ledger that cannot be written is warned about, and no reason to refuse: what it is for is only lost when this process
 * is killed, and then Codex itself still ends with its stdin; only commands that detached themselves stay.
 *
 * What escapes: a command that cleaned its environment, left its session and lost its parent before the server stopped
 * (`env -i setsid` in the background). There is nothing left to know it by.
 */
export async function spawnContained(options: Containment): Promise<ContainedChild> {
  const { warn, ledger: folder, args, binary, home, onStarted, ...childOptions } = options;
  const ledger = folder === undefined ? undefined : new Ledger(folder, warn);
  if (ledger) await tellReaped(ledger, warn);
  const id = randomUUID();
  const argv = args({ name: markerName, value: id });
  const child = spawnChild({
    ...childOptions,
    args: argv,
    env: { ...options.env, [markerName]: id },
    detached: process.platform !== "win32",
  });
  const { pid } = child;
  if (pid === undefined)
    return { ...child, note: () => undefined, hasCommands: async () => false, endEscaped: async () => {} };
  onStarted?.();
  const rows = await table.find([pid, process.pid]);
  const started = rows.find((row) => row.pid === pid)?.started ?? table.now();
  let entry: LedgerEntry = {
    v: 1,
    id,
    server: { pid, started, group: pid, digest: commandDigest(argv) },
    owner: { pid: process.pid, started: rows.find((row) => row.pid === process.pid)?.started ?? 0 },
    place: table.place,
    seen: table.now(),
    startedAtMs: Date.now(),
    binary,
    ...(home === undefined ? {} : { home }),
  };
  const kept = new KeptEntry(ledger, warn);
  const processes = new ServerProcesses(() => ({ id, pid, started, digest: entry.server.digest, seen: entry.seen }));
  const endNow = (): void => {
    if (processes.endNow().length === 0) kept.removeNow(id);
  };
  atExit(endNow);
  let gone = false;
  const over: Promise<ChildExit> = child.exited.then(async (exit) => {
    gone = true;
    const left = await processes.end();
    if (left.length === 0) await kept.remove(id);
    else warn("processes of a Codex server cannot be ended", { pids: left.map((row) => row.pid).join(" ") });
    running.delete(endNow);
    return exit;
  });
  const update = (facts: ServerNote): void => {
    if (gone) return;
    entry = { ...entry, ...facts, seen: table.now() };
    kept.write(entry);
  };
  await kept.writeNow(entry);
  return {
    ...child,
    note: update,
    hasCommands: async () => (await processes.list()).some((row) => row.marker === id && row.pid !== pid),
    async endEscaped() {
      for (const row of escaped(await processes.list(), id)) table.kill(row.pid, "SIGKILL");
    },
    async stop() {
      // What is still below the server is known by that now, and by nothing once the server is gone.
      if (!gone) await processes.remember();
      await child.stop();
      return over;
    },
  };
}

/** Sandboxes that have lost what started them, each with what runs in its session. */
function escaped(rows: readonly ProcessRow[], marker: string): ProcessRow[] {
  const pids = new Set(rows.map(({ pid }) => pid));
  const alone = rows.filter(
    (row) =>
      row.marker === marker &&
      !pids.has(row.parent) &&
      /^(?:\S*\/)?(?:bwrap|codex-linux-sandbox) /.test(row.command ?? ""),
  );
  return rows.filter((row) =>
    alone.some(({ session, pid }) => row.pid === pid || (session > 0 && row.session === session)),
  );
}

/** The processes of one server, also those that were seen below it earlier. */
class ServerProcesses {
  readonly #mark: () => ServerMark;
  readonly #remembered = new Map<number, number>();

  constructor(mark: () => ServerMark) {
    this.#mark = mark;
  }

  async list(): Promise<ProcessRow[]> {
    return this.#find(await table.read(this.#mark().started));
  }

  async remember(): Promise<void> {
    for (const { pid, started } of await this.list()) this.#remembered.set(pid, started);
  }

  end(): Promise<ProcessRow[]> {
    return endProcesses(table, this.#mark().started, (rows) => this.#find(rows));
  }

  endNow(): ProcessRow[] {
    return endProcessesNow(table, this.#mark().started, (rows) => this.#find(rows));
  }

  #find(rows: readonly ProcessRow[]): ProcessRow[] {
    const tree = treeOf(rows, this.#mark());
    const known = rows.filter(({ pid, started }) => this.#remembered.get(pid) === started);
    return [...new Set([...tree, ...known])];
  }
}

/** One entry of a ledger, written one after the other, and never again after it was removed. */
class KeptEntry {
  readonly #ledger: Ledger | undefined;
  readonly #warn: Containment["warn"];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #next: LedgerEntry | undefined;
  #warned = false;

  constructor(ledger: Ledger | undefined, warn: Containment["warn"]) {
    this.#ledger = ledger;
    this.#warn = warn;
  }

  write(entry: LedgerEntry): void {
    if (!this.#ledger) return;
    this.#next = entry;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#next) void this.writeNow(this.#next);
    }, noteMs).unref();
  }

  writeNow(entry: LedgerEntry): Promise<void> {
    const ledger = this.#ledger;
    if (!ledger) return Promise.resolve();
    this.#writing = this.#writing
      .then(() => ledger.write(entry))
      .catch((thrown: NodeJS.ErrnoException) => {
        if (this.#warned) return;
        this.#warned = true;
        this.#warn("the server ledger cannot be written; what this server leaves is not found after a kill -9", {
          folder: ledger.folder,
          error: thrown.code ?? thrown.message,
        });
      });
    return this.#writing;
  }

  async remove(id: string): Promise<void> {
    clearTimeout(this.#timer);
    this.#next = undefined;
    await this.#writing;
    await this.#ledger?.remove(id).catch(() => undefined);
  }

  removeNow(id: string): void {
    if (this.#ledger) rmSync(this.#ledger.fileOf(id), { force: true });
  }
}

async function tellReaped(ledger: Ledger, warn: Containment["warn"]): Promise<void> {
  for (const { entry, ended, left } of await reapLeftovers(ledger, table)) {
    if (ended > 0 || left > 0) {
      warn("ended what a killed process had left running", { server: entry.server.pid, ended, left });
    }
  }
}

function atExit(end: () => void): void {
  running.add(end);
  if (hooked) return;
  hooked = true;
  onExit(() => {
    for (const each of running) each();
  });
}
