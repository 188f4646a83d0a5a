import { execFileSync } from "node:child_process";
import type { ProcessRow } from "./process-table.ts";
import type { ListedPlatform } from "./process-table-listed.ts";

/*
 * Not measured, only unit-tested: the parsing, and what is called to end a process. Windows keeps the pid of a parent that
 * is gone, so a tree can be followed without a marker; start times tell a pid that was given out again. There is nothing
 * like SIGTERM for a process without a window: taskkill /T /F ends it with everything below it.
 */
const script = [
  "Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,WorkingSetSize,CommandLine,",
  "@{n='Started';e={([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds()}} | ConvertTo-Json -Compress",
].join("");

interface CimRow {
  readonly ProcessId?: unknown;
  readonly ParentProcessId?: unknown;
  readonly WorkingSetSize?: unknown;
  readonly CommandLine?: unknown;
  readonly Started?: unknown;
}

/** @param run starts a program and waits for it */
export function windows(run: (file: string, args: readonly string[]) => void = runQuietly): ListedPlatform {
  return {
    listings: [{ file: "powershell.exe", args: ["-NoProfile", "-NonInteractive", "-Command", script] }],
    parse: ([json = ""]) => rowsOf(json),
    now: () => Date.now(),
    kill(pid, signal) {
      if (signal === "SIGKILL") run("taskkill.exe", ["/PID", String(pid), "/T", "/F"]);
    },
  };
}

function rowsOf(json: string): ProcessRow[] {
  let listed: unknown;
  try {
    listed = JSON.parse(json);
  } catch {
    return [];
  }
  return (Array.isArray(listed) ? (listed as CimRow[]) : [listed as CimRow]).flatMap((row) => {
    const { ProcessId: pid, ParentProcessId: parent, Started: started } = row ?? {};
    if (typeof pid !== "number" || typeof parent !== "number" || typeof started !== "number") return [];
    return [
      {
        pid,
        parent,
        group: 0,
        session: 0,
        started,
        ...(typeof row.CommandLine === "string" ? { command: row.CommandLine } : {}),
        ...(typeof row.WorkingSetSize === "number" ? { rssBytes: row.WorkingSetSize } : {}),
      },
    ];
  });
}

/** A process that is gone by now is what was wanted. */
function runQuietly(file: string, args: readonly string[]): void {
  try {
    execFileSync(file, [...args], { stdio: "ignore", windowsHide: true, timeout: 10_000 });
  } catch {
    // taskkill's exit code tells a missing process and a refused one apart only in words.
  }
}
