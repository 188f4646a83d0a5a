import semver from "semver";
import { failed, ok, type Probe } from "./check.ts";

const neededNode = ">=22.19";

export function nodeProbe(version = process.versions.node, file = process.execPath): Probe {
  return {
    id: "node",
    meaning: `codex-bridge needs Node ${neededNode.slice(2)} or newer.`,
    async look() {
      const found = `Node ${version} (${file})`;
      if (semver.satisfies(version, neededNode, { includePrerelease: true })) return ok(found);
      return failed(
        found,
        "Install Node 24 and run codex-bridge with it; what is installed with `npm ci` in a clone brings its own.",
      );
    },
  };
}
