import { execFile, execFileSync } from "node:child_process";
import { hostname } from "node:os";
import { nodeUtil } from "../node-util.ts";
import type { Place, ProcessRow, ProcessTable } from "./process-table.ts";

/** A program, its arguments, and what is made of what it prints. */
export interface Listing {
  readonly file: string;
  readonly args: readonly string[];
}

/** What a platform without `/proc` is asked, and how its answers are read. */
export interface ListedPlatform {
  readonly listings: readonly Listing[];
  /** @param answers what each listing printed */
  parse(answers: readonly string[]): ProcessRow[];
  /** Prints a name of the present boot; absent where there is none. */
  readonly boot?: Listing;
  now(): number;
  kill(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
}

const maxBytes = 64 * 1024 * 1024;
const timeoutMs = 10_000;

/** A process table that is asked of another program. One that does not answer lists nothing, and nothing is ended. */
export class ListedProcesses implements ProcessTable {
  readonly #platform: ListedPlatform;
  #place: Place | undefined;

  constructor(platform: ListedPlatform) {
    this.#platform = platform;
  }

  get place(): Place {
    const { boot } = this.#platform;
    this.#place ??= { host: hostname(), boot: boot ? runSync(boot).trim() : "", namespace: "" };
    return this.#place;
  }

  now(): number {
    return this.#platform.now();
  }

  async read(): Promise<ProcessRow[]> {
    return this.#platform.parse(await Promise.all(this.#platform.listings.map(run)));
  }

  async find(pids: readonly number[]): Promise<ProcessRow[]> {
    return (await this.read()).filter(({ pid }) => pids.includes(pid));
  }

  readSync(): ProcessRow[] {
    return this.#platform.parse(this.#platform.listings.map(runSync));
  }

  kill(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
    this.#platform.kill(pid, signal);
  }
}

async function run({ file, args }: Listing): Promise<string> {
  const options = { encoding: "utf8", maxBuffer: maxBytes, timeout: timeoutMs, windowsHide: true } as const;
  return nodeUtil()
    .promisify(execFile)(file, [...args], options)
    .then(
      ({ stdout }) => stdout,
      () => "",
    );
}

function runSync({ file, args }: Listing): string {
  try {
    return execFileSync(file, [...args], {
      encoding: "utf8",
      maxBuffer: maxBytes,
      timeout: timeoutMs,
      windowsHide: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}
