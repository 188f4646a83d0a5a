import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { floorVersion } from "../protocol/user-agent.ts";
import { type AppServerOptions, startAppServer } from "../server/app-server.ts";
import { binarySha256, type CodexBinary, findCodexBinary } from "../server/binary.ts";
import type { Endpoint } from "../server/transport/endpoint.ts";
import { findingOf, hurryAt, ok, type Probe, warning } from "./check.ts";

/** The executable that turns would start. */
export interface CodexSource {
  /** A path or a name; absent: the managed one. */
  readonly command?: string;
  /** Where the plugin keeps its own Codex, for another remedy than the command line's. */
  find?(): CodexBinary;
}

const origins: Record<CodexBinary["origin"], string> = {
  managed: "the one that is installed with codex-bridge",
  explicit: "named by configuration or --codex",
  path: "found on PATH",
};

/** Where the executable is, and which one. */
export function binaryProbe(source: CodexSource, stateDir: string): Probe {
  return {
    id: "codex_binary",
    meaning: "Every turn runs in this program; its sha256 is what evidence names.",
    async look(signal) {
      const { file, origin } = binaryOf(source);
      const where = `${file} (${origins[origin]})`;
      // It has hundreds of megabytes; turns have noted what it was.
      const hash = binarySha256(file, path.join(stateDir, "binary-hash.json"), false);
      const late = once(signal, "abort").then(() => undefined);
      const sha256 = await Promise.race([hash, late]);
      return ok(sha256 === undefined ? `${where}; too slow to read for its sha256` : `${where}, sha256 ${sha256}`);
    },
  };
}

/** Whether it starts, and is new enough: in an empty home of its own, so that nothing of the operator's is touched. */
export function startProbe(source: CodexSource, timeoutMs: number): Probe {
  return {
    id: "codex_start",
    meaning: `The app-server must answer the handshake and be ${floorVersion} or newer.`,
    async look(signal) {
      const { file } = binaryOf(source);
      // Codex only warns that this folder is no place for its helpers, and a handshake needs none.
      const home = await mkdtemp(path.join(tmpdir(), "codex-bridge-doctor-"));
      try {
        return await greet({ command: file, codexHome: home, configOverrides: ["analytics.enabled=false"] }, signal);
      } finally {
        await rm(home, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };

  async function greet(options: AppServerOptions, signal: AbortSignal) {
    const server = await startAppServer({ ...options, startTimeoutMs: timeoutMs * hurryAt, signal });
    const { info, timings } = server;
    await server.stop();
    const took = `answered after ${Math.round(timings.spawnMs + timings.initializeMs)} ms`;
    if (!info.untested) return ok(`Codex ${info.version}, ${took}`);
    return warning(
      `Codex ${info.version}, ${took}; it is newer than the newest release that was tested`,
      "It is used all the same. Update codex-bridge when there is a version that knows it.",
    );
  }
}

/** An app-server that somebody else runs. */
export function endpointProbe(endpoint: Endpoint | undefined, timeoutMs: number): Probe {
  return {
    id: "endpoint",
    meaning: "With a configured address turns run on the app-server there, and no Codex is started here.",
    async look(signal) {
      if (!endpoint) return ok("none is configured: Codex is started here");
      try {
        const server = await startAppServer({ endpoint, startTimeoutMs: timeoutMs * hurryAt, signal });
        await server.stop();
        return ok(`${server.where}: Codex ${server.info.version}`);
      } catch (thrown) {
        const finding = findingOf(thrown);
        if (!/^endpoint_not_codex\b/.test(finding.found)) return finding;
        const remedy =
          "Another program has this port. Stop it, or start `codex app-server --listen` on a free one and give that address.";
        return { ...finding, remedy };
      }
    },
  };
}

export function binaryOf({ command, find }: CodexSource): CodexBinary {
  return command === undefined && find ? find() : findCodexBinary(command);
}
