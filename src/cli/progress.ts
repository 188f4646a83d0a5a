import { visible } from "../visible.ts";
import type { Terminal } from "./terminal.ts";

export interface Progress {
  /** What is being done now; undefined: nothing. */
  show(text: string | undefined): void;
  /** Takes the line away. */
  end(): void;
}

const delayMs = 1_000;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/**
 * One line that says what is being waited for, once it takes longer than a second. Only for people: a terminal that is no
 * CI; elsewhere nothing is written.
 */
export function progressOn(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Progress {
  if (!out.isTTY || env.CI || env.TERM === "dumb") return { show: () => undefined, end: () => undefined };
  const startedAt = performance.now();
  let text: string | undefined;
  let frame = 0;
  let shown = false;
  const clear = (): void => {
    if (shown) out.write("\r\u001b[K");
    shown = false;
  };
  const draw = (): void => {
    const elapsedMs = performance.now() - startedAt;
    if (text === undefined || elapsedMs < delayMs) return;
    frame = (frame + 1) % frames.length;
    const line = `${frames[frame]} ${visible(text)} (${Math.floor(elapsedMs / 1000)} s)`;
    clear();
    // A line that wraps could not be taken away again.
    out.write(line.slice(0, Math.max(10, (out.columns || 80) - 1)));
    shown = true;
  };
  const timer = setInterval(draw, 120);
  timer.unref();
  return {
    show(next) {
      text = next;
      if (next === undefined) clear();
    },
    end() {
      clearInterval(timer);
      clear();
    },
  };
}

/** The same terminal; what is printed on it takes the line away first. */
export function afterProgress(terminal: Terminal, progress: Progress): Terminal {
  const { out } = terminal;
  const write = (text: string): boolean => {
    progress.end();
    return out.write(text);
  };
  return { ...terminal, out: { write } };
}

/** Does something that may take a while. */
export async function withProgress<T>(text: string, work: () => Promise<T>): Promise<T> {
  const progress = progressOn(process.stderr, process.env);
  progress.show(text);
  try {
    return await work();
  } finally {
    progress.end();
  }
}
