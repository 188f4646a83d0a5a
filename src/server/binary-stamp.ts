import { statSync } from "node:fs";
import type { ServerProcess } from "./transport/transport.ts";

/**
 * What tells the executable of a server from the one that takes its place in an update; undefined while there is none, and
 * for a server that is no process of ours.
 */
export function binaryStamp(process: ServerProcess | undefined): string | undefined {
  const found = process && statSync(process.binary.file, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}
