import { createHash } from "node:crypto";
import path from "node:path";
import type { Clocks } from "../clocks.ts";
import type { Harness } from "../harness/types.ts";
import type { AppServerConfig } from "./config.ts";

export interface HarnessOptions {
  readonly id: string;
  /** The host's state folder. */
  readonly hostStateDir: string;
  /** Where this plugin's package really is; the host runs a copy of its sources from elsewhere. */
  readonly packageDir: string;
  readonly appServer: AppServerConfig;
  readonly clocks: Partial<Clocks>;
  readonly maxContextTokens?: number;
  readonly log: (level: "debug" | "info" | "warn" | "error", message: string, facts?: Record<string, unknown>) => void;
}

interface Shared {
  readonly harness: Promise<Harness>;
  /** Registrations that use it. The last one to leave stops the servers. */
  readonly owners: Set<symbol>;
}

interface ProcessState {
  readonly harnesses: Map<string, Shared>;
}

const slot = Symbol.for("codex-bridge.openclaw.v1");

/**
 * State of the whole process. The host loads a plugin several times per process, each time as a new copy of its
 * modules, so that module scope would start a server per copy.
 */
export function processState(): ProcessState {
  const holder = globalThis as { [slot]?: ProcessState };
  holder[slot] ??= { harnesses: new Map() };
  return holder[slot];
}

/**
 * The harness for these options, shared by every registration in the process, made on first use.
 * @param apiKey what the host resolved for the route; absent when Codex uses its own login
 */
export function acquireHarness(options: HarnessOptions, owner: symbol, apiKey?: string): Promise<Harness> {
  const { harnesses } = processState();
  // A server is logged in once, for its life: another credential means another server.
  const credential = apiKey === undefined ? null : createHash("sha256").update(apiKey).digest("hex");
  const key = JSON.stringify([
    options.id,
    options.hostStateDir,
    options.appServer,
    options.clocks,
    options.maxContextTokens,
    credential,
  ]);
  let shared = harnesses.get(key);
  if (!shared) {
    shared = { harness: create(options, apiKey), owners: new Set() };
    harnesses.set(key, shared);
    // A harness that could not be made must not be remembered.
    shared.harness.catch(() => harnesses.delete(key));
  }
  shared.owners.add(owner);
  return shared.harness;
}

/** Gives up this registration's use of every harness, and stops those that nobody uses any more. */
export async function releaseHarnesses(owner: symbol): Promise<void> {
  const { harnesses } = processState();
  const unused: Promise<Harness>[] = [];
  for (const [key, shared] of harnesses) {
    if (!shared.owners.delete(owner) || shared.owners.size > 0) continue;
    harnesses.delete(key);
    unused.push(shared.harness);
  }
  await Promise.all(
    unused.map(async (pending) => {
      const harness = await pending.catch(() => undefined);
      await harness?.dispose();
    }),
  );
}

async function create(options: HarnessOptions, apiKey: string | undefined): Promise<Harness> {
  const { appServer } = options;
  const stateDir = path.join(options.hostStateDir, "codex-bridge");
  const [{ createCodexHarness }, { managedBinary }] = await Promise.all([
    import("../harness/codex-harness.ts"),
    import("../server/binary.ts"),
  ]);
  return createCodexHarness({
    id: options.id,
    stateDir,
    clocks: options.clocks,
    ...(options.maxContextTokens === undefined ? {} : { maxContextTokens: options.maxContextTokens }),
    server: {
      command: appServer.command ?? managedBinary(path.join(options.packageDir, "package.json")).file,
      codexHome: appServer.codexHome ?? path.join(stateDir, "codex-home"),
      configOverrides: appServer.configOverrides,
      env: appServer.env,
      log: options.log,
    },
    ...(apiKey === undefined ? {} : { login: { type: "apiKey", apiKey } }),
  });
}
