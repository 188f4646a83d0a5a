import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { defaultStateDir } from "./setup.ts";

/** Works in a folder of its own, removed afterwards: Codex refuses to work from the system's temporary one. */
export async function inReplayFolder<T>(prefix: string, work: (stateDir: string) => Promise<T>): Promise<T> {
  const parent = path.join(defaultStateDir(process.env), "replay");
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const stateDir = await mkdtemp(path.join(parent, prefix));
  try {
    return await work(stateDir);
  } finally {
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
