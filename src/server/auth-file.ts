import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { rememberSecrets, secretsIn } from "../redact.ts";

const maxBytes = 256 * 1024;

/**
 * Learns which credentials Codex has by itself (`auth.json` in its home), so that they can be taken out of what it says on
 * stderr. Nothing else is done with them.
 */
export async function rememberAuthFile(codexHome: string | undefined): Promise<void> {
  const file = path.join(codexHome ?? process.env.CODEX_HOME ?? path.join(homedir(), ".codex"), "auth.json");
  try {
    const { size } = await stat(file);
    if (size <= maxBytes) rememberSecrets(...secretsIn(JSON.parse(await readFile(file, "utf8"))));
  } catch {
    // No account, or none that can be read: then there is nothing to hide.
  }
}
