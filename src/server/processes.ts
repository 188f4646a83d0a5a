import type { ProcessTable } from "./process-table.ts";
import { LinuxProcesses } from "./process-table-linux.ts";
import { ListedProcesses } from "./process-table-listed.ts";
import { macos } from "./process-table-macos.ts";
import { windows } from "./process-table-windows.ts";

let chosen: ProcessTable | undefined;

/** The process table of this machine. */
export function processTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  chosen ??=
    platform === "linux" ? new LinuxProcesses() : new ListedProcesses(platform === "win32" ? windows() : macos);
  return chosen;
}
