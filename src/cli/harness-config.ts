import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import { type GatewayConfig, parseGatewayConfig } from "../gateway/config.ts";
import { withPresets } from "../gateway/presets.ts";

/** The file that is read when none is named; it need not exist. */
function defaultHarnessConfig(env: NodeJS.ProcessEnv): string {
  return path.join(env.XDG_CONFIG_HOME || path.join(homedir(), ".config"), "codex-bridge", "harness.json");
}

/**
 * The configuration of harness modes, with the presets.
 * @throws BridgeError `harness_config_unreadable`, and what parseGatewayConfig throws
 */
export async function readHarnessConfig(file: string | undefined, env = process.env): Promise<GatewayConfig> {
  const place = file ?? defaultHarnessConfig(env);
  let text: string;
  try {
    text = await readFile(place, "utf8");
  } catch (thrown) {
    if (file === undefined && (thrown as NodeJS.ErrnoException).code === "ENOENT")
      return withPresets(parseGatewayConfig({}));
    throw unreadable(place, thrown);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw unreadable(place, thrown);
  }
  return withPresets(parseGatewayConfig(value));
}

function unreadable(place: string, thrown: unknown): BridgeError {
  const found = thrown instanceof Error ? thrown.message : String(thrown);
  return new BridgeError("harness_config_unreadable", `${place} cannot be read as JSON: ${found}`, {
    remedy: "Correct the file, or name another with --harness-config.",
  });
}
