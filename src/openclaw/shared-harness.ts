import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { resolveClocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import { makePrivateFolder } from "../files/private.ts";
import type { CodexAccount } from "../harness/account.ts";
import { type CodexHarness, createCodexHarness } from "../harness/codex-harness.ts";
import { HarnessCommons } from "../harness/commons.ts";
import type { ModelCatalog } from "../harness/models.ts";
import type { HarnessRecorder } from "../harness/recorder.ts";
import { recordTurns } from "../replay/record/record-turns.ts";
import { settlesWithin } from "../server/child-process.ts";
import { agentHomeName } from "./agent-home.ts";
import type { Credential } from "./auth.ts";
import { bundledCodex } from "./bundled-codex.ts";
import type { PluginConfig, RecordingConfig } from "./config.ts";
import type { GatewayEndpoint, TurnGateway } from "./turn-gateway.ts";

/** Where and for whom a registration of the plugin works. */
export interface Place {
  /** The host's state folder. */
  readonly hostStateDir: string;
  /** Where this plugin's package really is; the host runs a copy of its sources from elsewhere. */
  readonly packageDir: string;
  readonly log: (level: "debug" | "info" | "warn" | "error", message: string, facts?: Record<string, unknown>) => void;
}

/** Which harness is wanted: two that differ in any of this do not share a server. */
export interface Wanted {
  readonly config: PluginConfig;
  readonly agentId: string;
  readonly credential: Credential;
}

/** A list of models, and Codex's own account as it was when the list was made. */
export interface NativeCatalog {
  readonly models: ModelCatalog;
  account?: CodexAccount | undefined;
}

interface Shared {
  readonly harness: CodexHarness;
  /** Agent and home: what stays the same when the configuration changes. */
  readonly family: string;
  readonly settings: string;
  /** Serves its harness modes, when there are any. */
  readonly gateway: TurnGateway | undefined;
  /** Registrations that use it. The last one to leave stops the servers. */
  readonly owners: Set<symbol>;
}

/** What all registrations in one process share for one state folder. */
interface Pool {
  readonly commons: HarnessCommons;
  /** Least recently used first. */
  readonly harnesses: Map<string, Shared>;
  /** Those that only finish what they run. */
  readonly leaving: Set<Promise<void>>;
  /** Where Codex asks for models of harness modes: one for all configurations, made when there is the first. */
  endpoint?: GatewayEndpoint;
  readonly owners: Set<symbol>;
}

interface ProcessState {
  readonly pools: Map<string, Pool>;
  /** What models there are, by home and configuration. */
  readonly catalogs: Map<string, NativeCatalog>;
}

const slot = Symbol.for("codex-bridge.openclaw.v2");
/** Servers at the same time; one that nobody used for longest goes first. */
const maxServers = 8;
/** How long who gives up a registration waits for what still runs. */
const drainMs = 5000;

/**
 * State of the whole process. The host loads a plugin several times per process, each time as a new copy of its
 * modules, so that module scope would start a server per copy.
 */
export function processState(): ProcessState {
  const holder = globalThis as { [slot]?: ProcessState };
  holder[slot] ??= { pools: new Map(), catalogs: new Map() };
  return holder[slot];
}

export function stateFolder({ hostStateDir }: Place): string {
  return path.join(hostStateDir, "codex-bridge");
}

/** The record of sessions, without any server. */
export function useCommons(place: Place, owner: symbol): HarnessCommons {
  return poolFor(place, owner).commons;
}

/**
 * The harness for these settings and this account, shared by every registration in the process, made on first use. One
 * that had other settings for the same agent finishes what it runs and goes.
 *
 * @throws BridgeError `state_unwritable` | `codex_binary_not_found`, and what is wrong with harness modes
 */
export async function acquireHarness(place: Place, owner: symbol, wanted: Wanted): Promise<CodexHarness> {
  await requireWritable(stateFolder(place));
  // Nobody pays for it who has no use for it.
  const modes = wanted.config.harnessModes && (await import("./turn-gateway.ts"));
  const checked = modes?.checkedModes(wanted.config);
  const pool = poolFor(place, owner);
  const family = JSON.stringify([wanted.config.harnessId, homeOf(place, wanted) ?? "user"]);
  const { appServer, clocks, maxContextTokens, recording, harnessModes } = wanted.config;
  const settings = JSON.stringify([appServer, clocks, maxContextTokens, recording, harnessModes]);
  const key = JSON.stringify([family, settings, wanted.credential.key]);
  for (const [otherKey, other] of pool.harnesses) {
    if (other.family === family && other.settings !== settings) leave(pool, otherKey, other);
  }
  let shared = pool.harnesses.get(key);
  if (!shared) {
    if (modes) pool.endpoint ??= modes.openEndpoint(place);
    const gateway = pool.endpoint && checked && modes?.openTurnGateway(place, checked, pool.endpoint);
    shared = { harness: create(place, pool.commons, wanted, gateway), gateway, family, settings, owners: new Set() };
  }
  pool.harnesses.delete(key);
  pool.harnesses.set(key, shared);
  shared.owners.add(owner);
  const [oldestKey, oldest] = pool.harnesses.entries().next().value!;
  if (pool.harnesses.size > maxServers) leave(pool, oldestKey, oldest);
  return shared.harness;
}

/** A harness of this agent that is there already, whatever its account; none is made. */
export function peekHarness(place: Place, config: PluginConfig, agentId: string): CodexHarness | undefined {
  const pool = processState().pools.get(stateFolder(place));
  const home = homeOf(place, { config, agentId }) ?? "user";
  const family = JSON.stringify([config.harnessId, home]);
  return [...(pool?.harnesses.values() ?? [])].findLast((shared) => shared.family === family)?.harness;
}

/**
 * Gives up this registration's use of every harness, and stops those that nobody uses any more. A turn that still runs
 * keeps its server until it ends: the host gives a plugin up also when only its configuration is loaded anew.
 *
 * @returns when they are gone, or after a while: the rest goes by itself
 */
export async function releaseHarnesses(owner: symbol): Promise<void> {
  const { pools } = processState();
  for (const [folder, pool] of pools) {
    if (!pool.owners.delete(owner)) continue;
    for (const [key, shared] of pool.harnesses) {
      if (shared.owners.delete(owner) && shared.owners.size === 0) leave(pool, key, shared);
    }
    const last = pool.owners.size === 0;
    if (last) pools.delete(folder);
    const gone = Promise.all(pool.leaving).then(async () => {
      if (!last) return;
      await pool.endpoint?.close();
      await pool.commons.close();
    });
    await settlesWithin(gone, drainMs);
  }
}

/** Where Codex keeps an agent's threads; undefined: where the operator's own Codex keeps them. */
export function homeOf(place: Place, { config, agentId }: Pick<Wanted, "config" | "agentId">): string | undefined {
  const { homeScope, codexHome } = config.appServer;
  if (homeScope === "user") return undefined;
  return codexHome ?? path.join(stateFolder(place), "homes", agentHomeName(agentId));
}

function poolFor(place: Place, owner: symbol): Pool {
  const { pools } = processState();
  const folder = stateFolder(place);
  let pool = pools.get(folder);
  if (!pool) {
    const commons = new HarnessCommons({
      stateDir: folder,
      clocks: resolveClocks(),
      warn: (message, facts) => place.log("warn", message, facts),
    });
    pool = { commons, harnesses: new Map(), leaving: new Set(), owners: new Set() };
    pools.set(folder, pool);
  }
  pool.owners.add(owner);
  return pool;
}

/** It takes no new work, and goes when it has finished what it runs. */
function leave(pool: Pool, key: string, { harness, gateway }: Shared): void {
  pool.harnesses.delete(key);
  const gone = harness
    .retire()
    .then(() => gateway?.close())
    .finally(() => pool.leaving.delete(gone));
  pool.leaving.add(gone);
}

async function requireWritable(folder: string): Promise<void> {
  try {
    makePrivateFolder(folder);
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new BridgeError("state_unwritable", `The state folder ${folder} cannot be written.`, {
      remedy: "Give the host's user write access to it, or set OPENCLAW_STATE_DIR to another folder.",
      cause,
    });
  }
}

function create(place: Place, commons: HarnessCommons, wanted: Wanted, gateway: TurnGateway | undefined): CodexHarness {
  const { appServer, clocks, harnessId, maxContextTokens, recording } = wanted.config;
  const stateDir = stateFolder(place);
  const codexHome = homeOf(place, wanted);
  // One that the operator names is open to whom they like.
  if (codexHome !== undefined && appServer.codexHome === undefined) makePrivateFolder(codexHome);
  return createCodexHarness({
    id: harnessId,
    stateDir,
    commons,
    clocks,
    ...(gateway ? { modelRouter: gateway.router } : {}),
    ...(maxContextTokens === undefined ? {} : { maxContextTokens }),
    server: appServer.endpoint
      ? { endpoint: appServer.endpoint, log: place.log }
      : {
          command: appServer.command ?? bundledCodex(place.packageDir, stateDir),
          ...(codexHome === undefined ? {} : { codexHome }),
          configOverrides: appServer.configOverrides,
          env: appServer.env,
          log: place.log,
        },
    ...(wanted.credential.login ? { login: wanted.credential.login } : {}),
    ...(recording ? { recorder: recorderFor(place, recording, wanted.credential) } : {}),
  });
}

function recorderFor(place: Place, recording: RecordingConfig, { login }: Credential): HarnessRecorder {
  const secrets = login?.type === "apiKey" ? [login.apiKey] : login ? [login.accessToken] : [];
  return recordTurns({
    ...recording,
    secrets,
    onSaved: (outcome) => {
      if (outcome.saved) place.log("info", "a turn was recorded", { dir: outcome.dir });
      else place.log("warn", "a turn could not be recorded", { code: outcome.error.code });
    },
  });
}
