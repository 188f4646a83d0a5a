import path from "node:path";
import { binarySha256 } from "../server/binary.ts";

/** SHA-256 of a Codex executable; what was found out once is kept in the state folder. */
export function executableSha256(file: string, stateDir: string): Promise<string> {
  return binarySha256(file, path.join(stateDir, "binary-hash.json"));
}
