import { readFileSync } from "node:fs";

/** What Linux says of a process in one line. */
export interface ProcStat {
  /** `Z` and `X` have ended. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Hundredths of a second between the start of the machine and its own; empty where it is not told. */
  readonly started: string;
}

/** @throws what `node:fs` throws: the process may be gone, or /proc may not be there */
export function procStat(pid: number): ProcStat {
  const line = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name may hold blanks and brackets; what comes after it does not. The start is field 22 of all.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent, group, session] = fields;
  return {
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started: fields[19] ?? "",
  };
}
