import { mkdtemp, opendir, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";

/** What is asked of the file system; replaced in tests of what cannot be made, such as a disk that is nearly full. */
export interface Looking {
  statfs(folder: string): Promise<{ readonly blocks: number; readonly bavail: number; readonly bsize: number }>;
}

export const realLooking: Looking = { statfs: (folder) => statfs(folder) };

/** The folder itself, or the nearest one above it that is there. */
export async function nearestFolder(folder: string): Promise<string> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found || at === path.dirname(at)) return at;
  }
}

/**
 * Tries to write. Only trying shows it: modes are not all there is to it (mounts, quotas, other systems' rules).
 * @returns the system's code when it cannot be done
 */
export async function unwritable(folder: string): Promise<string | undefined> {
  try {
    const made = await mkdtemp(path.join(await nearestFolder(folder), ".codex-bridge-doctor-"));
    await rm(made, { recursive: true });
    return undefined;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? "unknown reason";
  }
}

export interface FolderSize {
  readonly bytes: number;
  readonly files: number;
  /** Of the largest file. */
  readonly largest?: { readonly name: string; readonly bytes: number };
  /** There was more than could be counted. */
  readonly partly: boolean;
}

const maxFiles = 100_000;

/** How much is below a folder. Links are not followed; what goes away meanwhile is not counted. */
export async function folderSize(folder: string, signal: AbortSignal): Promise<FolderSize> {
  let [bytes, files] = [0, 0];
  let largest: FolderSize["largest"];
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const entries = await opendir(at).catch(() => undefined);
    if (!entries) continue;
    for await (const entry of entries) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) folders.push(file);
      if (!entry.isFile()) continue;
      const { size } = await stat(file).catch(() => ({ size: 0 }));
      bytes += size;
      files += 1;
      if (size > (largest?.bytes ?? 0)) largest = { name: path.relative(folder, file), bytes: size };
      if (files >= maxFiles || signal.aborted) return { bytes, files, ...(largest ? { largest } : {}), partly: true };
    }
  }
  return { bytes, files, ...(largest ? { largest } : {}), partly: false };
}

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `1.5 GiB` */
export function sizeText(bytes: number): string {
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
