import type { CodexBinary } from "./binary.ts";
import type { ChildExit } from "./child-process.ts";
import type { ServerInfo } from "./handshake.ts";

/** Wants to know of every server that is started. Must neither throw nor keep anybody waiting. */
export interface ServerRecorder {
  /**
   * @param args everything after the executable
   * @param origin where the executable came from
   */
  spawned(args: readonly string[], origin?: CodexBinary["origin"]): ProcessRecorder;
}

/** Told what goes over the pipe of one process, and what becomes of it. Must neither throw nor keep anybody waiting. */
export interface ProcessRecorder {
  /** A raw line without its newline, before anything was made of it. `in` is from the server. */
  line(direction: "in" | "out", line: string): void;
  ready(info: ServerInfo): void;
  /** We close its input; an exit without that was not our wish. May be told more than once. */
  closing(): void;
  exited(exit: ChildExit, stderr: string): void;
}
