import path from "node:path";
import { type Clocks, defaultClocks, longestToolMs } from "../clocks.ts";
import { type ApprovalMode, approvalModes } from "../harness/modes.ts";
import type { ApprovalPolicy, SandboxMode } from "../harness/types.ts";
import { holdsSecret } from "../redact.ts";
import type { Endpoint } from "../server/transport/endpoint.ts";
import { endpointFields, endpointFrom } from "./config-endpoint.ts";
import { choice, invalid, section, text } from "./config-fields.ts";
import { type HarnessModes, type HostRoute, modeFields, modesIn, servedBy } from "./harness-modes.ts";

/** `plugins.entries.codex-bridge.config`, complete with defaults. Mirrors `configSchema` in openclaw.plugin.json. */
export interface PluginConfig {
  readonly harnessId: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandbox: SandboxMode;
  readonly approvalsReviewer: "user" | "auto_review";
  readonly appServer: AppServerConfig;
  /** A thread whose context is fuller than this (tokens) is compacted before its next turn. */
  readonly maxContextTokens?: number;
  /** Clocks that differ from their defaults, in milliseconds. */
  readonly clocks: Partial<Clocks>;
  /** How long single tools of the host may take, in milliseconds, by their names; the others go by their own limits. */
  readonly toolTimeouts: Readonly<Record<string, number>>;
  /** Where turns are recorded, redacted; absent: nowhere. */
  readonly recording?: RecordingConfig;
  /** Providers that are asked through the gateway, and in what shape; absent: Codex asks its own. */
  readonly harnessModes?: HarnessModes;
}

export interface RecordingConfig {
  /** Absolute folder. */
  readonly dir: string;
  readonly maxBytes?: number;
  /** How many recordings stay. */
  readonly keep?: number;
  /** Only turns that went wrong are saved, with the minutes before. */
  readonly lastMinutes?: number;
}

export interface AppServerConfig {
  /** A server that somebody else runs; it has its own home and account, so `homeScope` is `user`. */
  readonly endpoint?: Endpoint;
  readonly command?: string;
  /** `agent`: a Codex home and account per agent. `user`: the operator's own (`$CODEX_HOME` or `~/.codex`). */
  readonly homeScope: "agent" | "user";
  /** A home for every agent instead of one each. */
  readonly codexHome?: string;
  readonly modelProvider?: string;
  /** `key=value` pairs in TOML syntax, as for `codex -c`. */
  readonly configOverrides: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The fields of the entry's `config`. */
const configFields = [
  "harnessId",
  "approvalMode",
  "approvalPolicy",
  "sandbox",
  "appServer",
  "maxContextTokens",
  "clocks",
  "toolTimeouts",
  "recording",
  ...modeFields,
] as const;
/** Other names that hosts and older configurations have for the runtime. */
const harnessAliases: readonly string[] = ["codex-app-server", "app-server"];
const homeScopes: readonly AppServerConfig["homeScope"][] = ["agent", "user"];
const approvalPolicies: readonly ApprovalPolicy[] = ["never", "on-request", "untrusted"];
const modes = Object.keys(approvalModes) as (keyof typeof approvalModes)[];
const sandboxes: readonly SandboxMode[] = ["read-only", "workspace-write", "danger-full-access"];

/**
 * Checks the plugin's configuration and fills in defaults. Written by hand because it runs on every load of the
 * plugin, also in hosts that never run a turn on it.
 *
 * @throws BridgeError `plugin_config_invalid`, naming the field and, for a misspelt one, the right spelling
 */
export function parsePluginConfig(value: unknown): PluginConfig {
  const config = section(value ?? {}, "", configFields);
  const server = section(config.appServer ?? {}, "appServer", [
    "command",
    "homeScope",
    "codexHome",
    "modelProvider",
    "configOverrides",
    "env",
    ...endpointFields,
  ]);
  const named = text(config.harnessId, "harnessId") ?? "codex";
  const harnessId = harnessAliases.includes(named) ? "codex" : named;
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(harnessId) || harnessId === "openclaw") {
    throw invalid("harnessId", 'a lower-case name that is not the host\'s own "openclaw"', harnessId);
  }
  const command = text(server.command, "appServer.command");
  const texts = endpointFields.map((name) => [name, text(server[name], `appServer.${name}`)]);
  const endpoint = endpointFrom(Object.fromEntries(texts), server);
  const scope = choice(server.homeScope, "appServer.homeScope", homeScopes);
  const homeScope = scope ?? (endpoint ? "user" : "agent");
  const codexHome = text(server.codexHome, "appServer.codexHome");
  if (homeScope === "user" && codexHome !== undefined) {
    throw invalid("appServer.codexHome", 'absent when appServer.homeScope is "user"');
  }
  const modelProvider = text(server.modelProvider, "appServer.modelProvider");
  // A mode sets what belongs together; either part can still be chosen by itself.
  const mode = choice(config.approvalMode, "approvalMode", modes);
  const harnessModes = modesIn(config);
  const preset: ApprovalMode | undefined = mode === undefined ? undefined : approvalModes[mode];
  return {
    harnessId,
    approvalPolicy:
      choice(config.approvalPolicy, "approvalPolicy", approvalPolicies) ?? preset?.approvalPolicy ?? "never",
    sandbox: choice(config.sandbox, "sandbox", sandboxes) ?? preset?.sandbox ?? "workspace-write",
    approvalsReviewer: preset?.approvalsReviewer ?? "user",
    appServer: {
      ...(endpoint ? { endpoint } : {}),
      ...(command === undefined ? {} : { command }),
      homeScope,
      ...(codexHome === undefined ? {} : { codexHome }),
      ...(modelProvider === undefined ? {} : { modelProvider }),
      configOverrides: overrides(server.configOverrides),
      env: environment(server.env),
    },
    ...contextLimit(config.maxContextTokens),
    clocks: clocks(config.clocks),
    toolTimeouts: toolTimeouts(config.toolTimeouts),
    ...(config.recording === undefined ? {} : { recording: recording(config.recording) }),
    ...(harnessModes ? { harnessModes } : {}),
  };
}

/** The provider that answers a route, when the operator says so: one of harness modes, or of Codex's configuration. */
export function providerOf({ appServer, harnessModes }: PluginConfig, route: HostRoute): { modelProvider?: string } {
  const modelProvider = servedBy(harnessModes, route) ?? appServer.modelProvider;
  return modelProvider === undefined ? {} : { modelProvider };
}

function overrides(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("appServer.configOverrides", "a list of key=value texts", value);
  return value.map((pair: unknown, index) => {
    // The value is not shown: somebody may have put a secret there.
    if (typeof pair === "string" && /^[^=\s]+=/.test(pair)) {
      if (!holdsSecret(pair)) return pair;
      // Every user of the machine can read the arguments of a process.
      throw invalid(`appServer.configOverrides[${index}]`, "without a credential (appServer.env is for those)");
    }
    throw invalid(`appServer.configOverrides[${index}]`, "key=value in TOML syntax");
  });
}

function contextLimit(value: unknown): { maxContextTokens?: number } {
  if (value === undefined) return {};
  if (!Number.isInteger(value) || Number(value) < 1000)
    throw invalid("maxContextTokens", "a whole number of tokens, at least 1000", value);
  return { maxContextTokens: Number(value) };
}

function clocks(value: unknown): Partial<Clocks> {
  const set = section(value ?? {}, "clocks", Object.keys(defaultClocks));
  for (const [name, ms] of Object.entries(set)) {
    if (!Number.isInteger(ms) || Number(ms) < 1) throw invalid(`clocks.${name}`, "a whole number of milliseconds", ms);
  }
  return set as Partial<Clocks>;
}

/** Names are the host's business: a tool that is not there in this turn may be there in the next. */
function toolTimeouts(value: unknown): Record<string, number> {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid("toolTimeouts", "an object of milliseconds by tool name", value);
  }
  for (const [name, ms] of Object.entries(value)) {
    if (Number.isInteger(ms) && Number(ms) >= 1 && Number(ms) <= longestToolMs) continue;
    throw invalid(`toolTimeouts.${name}`, `a whole number of milliseconds, at most ${longestToolMs}`, ms);
  }
  return value as Record<string, number>;
}

function recording(value: unknown): RecordingConfig {
  const numbers = ["maxBytes", "keep", "lastMinutes"] as const;
  const set = section(value, "recording", ["dir", ...numbers]);
  const dir = text(set.dir, "recording.dir");
  if (dir === undefined || !path.isAbsolute(dir)) throw invalid("recording.dir", "an absolute folder", set.dir);
  for (const name of numbers) {
    const number = set[name];
    if (number === undefined || (Number.isInteger(number) && Number(number) >= 1)) continue;
    throw invalid(`recording.${name}`, "a whole number, at least 1", number);
  }
  return { ...(set as Omit<RecordingConfig, "dir">), dir };
}

function environment(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid("appServer.env", "an object of texts", value);
  }
  const env: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(name) || name === "__proto__") {
      throw invalid("appServer.env", "an object whose names are letters, digits and _");
    }
    if (typeof content !== "string" || content.includes("\0")) throw invalid(`appServer.env.${name}`, "a text");
    env[name] = content;
  }
  return env;
}
