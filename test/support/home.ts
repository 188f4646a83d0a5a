import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../node_modules/.cache/codex-bridge/test");
let count = 0;

/** A folder of the project's own for one test. Codex refuses to run its helpers from the system's temporary folder. */
export function testFolder(name: string): { path: string; remove(): void } {
  count += 1;
  const folder = path.join(root, `${name}-${process.pid}-${count}`);
  mkdirSync(folder, { recursive: true });
  return {
    path: folder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
}
