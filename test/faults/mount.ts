import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import type { Stand } from "./stand.ts";

/* Small disks that can be filled and made read-only. */

export type Folder = "state" | "transcripts" | "home";

/** A small disk of its own below a folder, from the beginning. Whoever is not root cannot make one. */
export function mountSmall({ folders }: Stand, folder: Folder, size = "24m"): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", folders[folder]]);
}

export function unmount({ folders }: Stand, folder: Folder): void {
  execFileSync("umount", ["-l", folders[folder]]);
}

export const filler = (stand: Stand, folder: Folder): string => path.join(stand.folders[folder], "filler");

/** Fills a disk to the last byte. */
export function fill(stand: Stand, folder: Folder): void {
  const file = openSync(filler(stand, folder), "w");
  const block = Buffer.alloc(1 << 16);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        writeSync(file, block, 0, size);
      } catch {
        size = size > 1 ? size >> 1 : 0;
      }
    }
  } finally {
    closeSync(file);
  }
}

export const remount = ({ folders }: Stand, folder: Folder, how: "ro" | "rw"): void =>
  void execFileSync("mount", ["-o", `remount,${how}`, folders[folder]]);
