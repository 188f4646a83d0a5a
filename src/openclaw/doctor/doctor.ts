import { homedir } from "node:os";
import path from "node:path";
import type { Probe } from "../../doctor/check.ts";
import { binaryProbe, type CodexSource, endpointProbe, startProbe } from "../../doctor/codex-checks.ts";
import {
  diskProbe,
  homeProbe,
  orphansProbe,
  recordingProbe,
  stateProbe,
  storeProbe,
} from "../../doctor/folder-checks.ts";
import { loginProbe } from "../../doctor/login-check.ts";
import type { Looking } from "../../doctor/looking.ts";
import { nodeProbe } from "../../doctor/node-check.ts";
import { findCodexBinary } from "../../server/binary.ts";
import type { Endpoint } from "../../server/transport/endpoint.ts";
import { bundledCodex } from "../bundled-codex.ts";
import { type PluginConfig, parsePluginConfig } from "../config.ts";
import { pluginId } from "../config-fields.ts";
import { homeOf } from "../shared-harness.ts";
import { hostProbes } from "./host-checks.ts";
import { at, type HostFacts } from "./host-facts.ts";

/** The set-up that is looked at. */
export interface SetUp {
  readonly stateDir: string;
  readonly codex: CodexSource;
  /** Codex's own home. */
  readonly home: string;
  readonly endpoint?: Endpoint;
  readonly recordingDir?: string;
  readonly host?: HostFacts;
  /** Where accounts come from, besides the environment and `codex login`. */
  readonly accountsElsewhere?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Replaced in tests. */
  readonly looking?: Looking;
}

/** Everything there is to check, in the order it is shown. */
export function doctorProbes(setUp: SetUp, timeoutMs: number): Probe[] {
  const { stateDir, codex, home, endpoint, recordingDir, host, accountsElsewhere, env, looking } = setUp;
  const elsewhere = accountsElsewhere === undefined ? {} : { elsewhere: accountsElsewhere };
  // A server that runs elsewhere has its own executable, account and home.
  const local = [
    binaryProbe(codex, stateDir),
    startProbe(codex, timeoutMs),
    loginProbe(codex, { home, env, ...elsewhere }),
    homeProbe(home),
  ];
  const written = [stateDir, ...(endpoint ? [] : [home]), ...(recordingDir === undefined ? [] : [recordingDir])];
  return [
    nodeProbe(),
    ...(endpoint ? [] : local),
    endpointProbe(endpoint, timeoutMs),
    stateProbe(stateDir),
    storeProbe(stateDir),
    orphansProbe(stateDir),
    diskProbe(written, looking),
    recordingProbe(recordingDir),
    ...hostProbes(host),
  ];
}

/**
 * What the plugin in a host works with, for one of its agents. While its configuration is wrong, which another check tells,
 * the defaults stand for it.
 * @param packageDir where the plugin's package is
 */
export function pluginSetUp(
  host: HostFacts,
  packageDir: string,
  env: NodeJS.ProcessEnv,
  agentId = "main",
): Omit<SetUp, "env" | "looking"> {
  const stateDir = path.join(host.stateDir, "codex-bridge");
  const config = configOf(host);
  const { command, endpoint } = config.appServer;
  const place = { hostStateDir: host.stateDir, packageDir, log: () => undefined };
  return {
    stateDir,
    codex: command === undefined ? { find: () => findCodexBinary(bundledCodex(packageDir, stateDir)) } : { command },
    home: homeOf(place, { config, agentId }) ?? nativeHome(env),
    ...(endpoint ? { endpoint } : {}),
    ...(config.recording ? { recordingDir: config.recording.dir } : {}),
    accountsElsewhere: "In the host its own profiles and keys count as well: `openclaw models status` shows them.",
    host,
  };
}

function configOf({ config }: HostFacts): PluginConfig {
  try {
    return parsePluginConfig(at(config, "plugins", "entries", pluginId, "config"));
  } catch {
    return parsePluginConfig({});
  }
}

/** The home of the operator's own Codex. */
export function nativeHome(env: NodeJS.ProcessEnv): string {
  return env.CODEX_HOME || path.join(env.HOME || homedir(), ".codex");
}
