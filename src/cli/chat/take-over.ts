import { format } from "node:util";

/** Ways to be told to go; the number is what a shell calls the exit. */
const signals = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

export interface TakeOver {
  /** Gives the terminal back; also called while the process dies, so it does nothing that takes time. */
  restore(): void;
  /** Somebody wants us to go. */
  leave(exitCode: number): void;
  /** A fault of ours, or of a tool's. Nothing can be trusted any more. */
  crashed(error: unknown): void;
  /** A line that something wanted to print, which would have gone through the middle of the screen. */
  stray(text: string): void;
}

/**
 * Takes care that the terminal is given back on every way out, and that nobody else writes on it meanwhile.
 * @returns what undoes it
 */
export function takeOver({ restore, leave, crashed, stray }: TakeOver): () => void {
  const undo: (() => void)[] = [];
  const on = (event: string, listener: (arg: unknown) => void): void => {
    process.on(event, listener);
    undo.push(() => void process.off(event, listener));
  };
  let told = false;
  for (const [signal, code] of Object.entries(signals)) {
    on(signal, () => {
      told = true;
      leave(code);
    });
  }
  on("uncaughtException", (error) => crashed(error));
  on("unhandledRejection", (error) => crashed(error));
  on("exit", restore);
  // A terminal that is gone cannot be written to; that is no crash.
  const gone = (): void => {
    if (told) return;
    told = true;
    leave(signals.SIGHUP);
  };
  process.stdout.on("error", gone);
  undo.push(() => void process.stdout.off("error", gone));

  const { log, info, debug } = console;
  const print = (...args: unknown[]): void => stray(format(...args));
  Object.assign(console, { log: print, info: print, debug: print });
  undo.push(() => void Object.assign(console, { log, info, debug }));
  if (process.stderr.isTTY) {
    const { write } = process.stderr;
    process.stderr.write = (chunk: string | Uint8Array): boolean => {
      stray(String(typeof chunk === "string" ? chunk : Buffer.from(chunk)).trimEnd());
      return true;
    };
    undo.push(() => {
      process.stderr.write = write;
    });
  }
  return () => {
    for (const each of undo.splice(0)) each();
  };
}
