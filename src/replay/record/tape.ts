import type { Direction, HostEvent, ProcessEvent } from "../format/format.ts";

/** Something that happened, as it came: lines of the pipe are still text, nothing is redacted. Stays in memory. */
export interface TapeEvent {
  readonly tUs: number;
  readonly dir: Direction;
  /** Which app-server, from 0. */
  readonly server: number;
  readonly content: string | ProcessEvent | HostEvent;
}

/** What keeping an event in memory costs besides its text, about. */
const overheadBytes = 160;

export function tapeBytes({ content }: TapeEvent): number {
  if (typeof content === "string") return overheadBytes + content.length;
  // Prompts and stderr are the long parts of the others.
  const long = Object.values(content).map((value) => (typeof value === "string" ? value.length : 0));
  return overheadBytes + long.reduce((sum, length) => sum + length, 0);
}
