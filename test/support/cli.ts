import path from "node:path";
import { execa } from "execa";

/** The program as it is installed. */
export const bin = path.resolve(import.meta.dirname, "../../bin/codex-bridge.js");

/** Runs it in a folder that is also its home; of this environment it gets nothing but PATH. Its exit code is in the result. */
export function codexBridge(home: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, [bin, ...args], {
    reject: false,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? "", HOME: home, ...env },
    cwd: home,
  });
}
