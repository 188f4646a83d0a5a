import path from "node:path";
import { BridgeError } from "../errors.ts";
import { managedBinary } from "../server/binary.ts";

/**
 * The Codex for this plugin: the one beside its package, else the one in its state folder. It is no dependency of the
 * package: a host copies a plugin with all of its dependencies whenever it loads it, and Codex has 420 MB.
 *
 * @throws BridgeError `codex_binary_not_found`
 */
export function bundledCodex(packageDir: string, stateDir: string): string {
  const places = [path.join(packageDir, "package.json"), path.join(stateDir, "codex", "package.json")];
  for (const place of places) {
    try {
      return managedBinary(place).file;
    } catch (thrown) {
      if (!(thrown instanceof BridgeError)) throw thrown;
    }
  }
  throw new BridgeError("codex_binary_not_found", `No Codex is installed beside ${packageDir} or below ${stateDir}.`, {
    remedy:
      `Run \`npm install --prefix ${path.join(stateDir, "codex")} @openai/codex\`, ` +
      "or name an executable in plugins.entries.codex-bridge.config.appServer.command.",
  });
}
