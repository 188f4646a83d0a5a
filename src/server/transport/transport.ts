import type { Readable, Writable } from "node:stream";
import type { BridgeError } from "../../errors.ts";
import type { CodexBinary } from "../binary.ts";
import type { ChildExit } from "../child-process.ts";
import type { ServerNote } from "../contained-child.ts";

/** A process of our own, when the server is one. */
export interface ServerProcess {
  readonly binary: CodexBinary;
  readonly pid: number;
  /** Writes facts about it into the ledger, some time soon. */
  note(facts: ServerNote): void;
  /** Whether a command runs that it started, also one that is detached from it. */
  hasCommands(): Promise<boolean>;
  /** Ends commands that came through the end of their sandbox. */
  endEscaped(): Promise<void>;
}

/**
 * The way to one app-server: two byte streams of newline-delimited messages, and what became of whoever is at the other
 * end. It knows nothing of what the messages mean.
 */
export interface Transport {
  readonly readable: Readable;
  readonly writable: Writable;
  /** Where the server is, as people and recordings may see it: an executable or an address, without credentials. */
  readonly where: string;
  /** What was started, or connected to: for a recording. */
  readonly args: readonly string[];
  /** Absent: somebody else runs the server, and it is not ours to end. */
  readonly process?: ServerProcess;
  /** Milliseconds it took to start the process, or to connect. */
  readonly openMs: number;
  /** Resolves when nothing more can come, with what is known of the end; never rejects. */
  readonly ended: Promise<ChildExit>;
  /** The last words of the server's log, cleaned; empty when we cannot read it. */
  said(maxChars?: number): string;
  /**
   * Why the streams ended, as the error of everything that was pending.
   * @param ready whether the handshake was done by then
   */
  describeEnd(ready: boolean): Promise<BridgeError>;
  /** The error of a handshake that was not answered in time. */
  describeSilence(cause: BridgeError): BridgeError;
  /** Ends the process when it is ours, else only the connection. Resolves when that is done. */
  stop(): Promise<void>;
}
