import { BridgeError } from "../errors.ts";
import { floorVersion } from "../protocol/floor-version.ts";

/** The server is not one the bridge may use: too old, or it does not say what it is. */
export class ServerVersionError extends BridgeError {
  constructor(code: "server_too_old" | "server_version_missing" | "server_version_unreadable", found: string) {
    super(code, `Codex app-server ${floorVersion} or newer is needed; found ${found}.`, {
      remedy: "Install a current Codex (`npm install @openai/codex@latest`) or use the managed binary.",
      facts: { needed: floorVersion, found },
    });
  }
}

/** The process could not be started, or ended before it answered the handshake. */
export class ServerStartError extends BridgeError {}

/** The process ended; everything that ran on it is over. */
export class ServerExitError extends BridgeError {}
