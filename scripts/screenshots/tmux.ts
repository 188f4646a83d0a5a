import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** A program in a real terminal. */
export interface TmuxTerminal {
  /** What is on the screen, and above it. */
  text(): string;
  /** What is on the screen, with its colours. */
  styled(): string;
  /** Waits until the screen, and what is above it, has this. */
  see(words: string | RegExp): Promise<string>;
  /** Waits until it has it no more. */
  miss(words: string | RegExp): Promise<void>;
  /** Presses keys, as tmux calls them: `Enter`, `Escape`, `C-c`. */
  keys(...names: string[]): void;
  /** Writes text as it is. */
  write(text: string): void;
  /** As a paste: with line ends, all at once. */
  paste(text: string): void;
  /** A shell in it clears the screen, and what is above it is forgotten. */
  wipe(): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Process of the shell in it. */
  readonly pid: number;
  /** Once is enough. */
  close(): void;
}

/** A loaded machine takes its time. */
const patienceMs = 60_000;

/** tmux with a server of its own, which ends with it. @throws Error when tmux is not installed */
export function openTmux(
  name: string,
  options: { cwd: string; columns: number; rows: number; env: NodeJS.ProcessEnv },
): TmuxTerminal {
  const { cwd, columns, rows, env } = options;
  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-L", name, "-f", "/dev/null", ...args], { encoding: "utf8", env, cwd });
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("new-session", "-d", ...size, "-c", cwd, "bash --norc --noprofile");
  tmux("set-option", "-g", "history-limit", "20000");
  let open = true;
  const text = (): string => tmux("capture-pane", "-p", "-J", "-S", "-");
  const until = async (what: string, is: () => boolean): Promise<void> => {
    const end = Date.now() + patienceMs;
    while (!is()) {
      if (Date.now() > end) throw new Error(`The terminal did not come to ${what}:\n${text().trimEnd()}`);
      await sleep(60);
    }
  };
  const has = (words: string | RegExp): boolean =>
    typeof words === "string" ? text().includes(words) : words.test(text());
  return {
    text,
    styled: () => tmux("capture-pane", "-p", "-e"),
    async see(words) {
      await until(`show ${words}`, () => has(words));
      return text();
    },
    miss: (words) => until(`show no more ${words}`, () => !has(words)),
    keys: (...names) => void tmux("send-keys", ...names),
    write: (words) => void tmux("send-keys", "-l", words),
    paste(words) {
      tmux("set-buffer", words);
      tmux("paste-buffer", "-p");
    },
    async wipe() {
      tmux("send-keys", "-l", "clear");
      tmux("send-keys", "Enter");
      await until("be empty", () => {
        tmux("clear-history");
        return text().trim().split("\n").length === 1;
      });
    },
    resize: (newColumns, newRows) => void tmux("resize-window", "-x", String(newColumns), "-y", String(newRows)),
    pid: Number(tmux("display-message", "-p", "#{pane_pid}")),
    close() {
      if (open) tmux("kill-server");
      open = false;
    },
  };
}
