import { type Clocks, defaultClocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import { type ApprovalMode, approvalModes } from "../harness/modes.ts";
import type { ApprovalPolicy, SandboxMode } from "../harness/types.ts";

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
}

export interface AppServerConfig {
  readonly command?: string;
  readonly codexHome?: string;
  readonly modelProvider?: string;
  /** `key=value` pairs in TOML syntax, as for `codex -c`. */
  readonly configOverrides: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const where = "plugins.entries.codex-bridge.config";
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
  const config = section(value ?? {}, "", [
    "harnessId",
    "approvalMode",
    "approvalPolicy",
    "sandbox",
    "appServer",
    "maxContextTokens",
    "clocks",
  ]);
  const server = section(config.appServer ?? {}, "appServer", [
    "command",
    "codexHome",
    "modelProvider",
    "configOverrides",
    "env",
  ]);
  const harnessId = text(config.harnessId, "harnessId") ?? "codex";
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(harnessId) || harnessId === "openclaw") {
    throw invalid("harnessId", 'a lower-case name that is not the host\'s own "openclaw"', harnessId);
  }
  const command = text(server.command, "appServer.command");
  const codexHome = text(server.codexHome, "appServer.codexHome");
  const modelProvider = text(server.modelProvider, "appServer.modelProvider");
  // A mode sets what belongs together; either part can still be chosen by itself.
  const mode = choice(config.approvalMode, "approvalMode", modes);
  const preset: ApprovalMode | undefined = mode === undefined ? undefined : approvalModes[mode];
  return {
    harnessId,
    approvalPolicy:
      choice(config.approvalPolicy, "approvalPolicy", approvalPolicies) ?? preset?.approvalPolicy ?? "never",
    sandbox: choice(config.sandbox, "sandbox", sandboxes) ?? preset?.sandbox ?? "workspace-write",
    approvalsReviewer: preset?.approvalsReviewer ?? "user",
    appServer: {
      ...(command === undefined ? {} : { command }),
      ...(codexHome === undefined ? {} : { codexHome }),
      ...(modelProvider === undefined ? {} : { modelProvider }),
      configOverrides: overrides(server.configOverrides),
      env: environment(server.env),
    },
    ...contextLimit(config.maxContextTokens),
    clocks: clocks(config.clocks),
  };
}

function section(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid(path, "an object", value);
  }
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    const field = path ? `${path}.${name}` : name;
    const meant = nearest(name, known);
    throw new BridgeError("plugin_config_invalid", `Unknown field ${field} in ${where}.`, {
      remedy: meant
        ? `Write ${path ? `${path}.${meant}` : meant} instead.`
        : `Remove it. Known fields here: ${known.join(", ")}.`,
      facts: { field },
    });
  }
  return fields;
}

function text(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.trim() === "") throw invalid(field, "a text that is not empty", value);
  return value;
}

function choice<Name extends string>(value: unknown, field: string, names: readonly Name[]): Name | undefined {
  if (value === undefined) return undefined;
  const name = names.find((known) => known === value);
  if (name === undefined) throw invalid(field, `one of ${names.join(", ")}`, value);
  return name;
}

function overrides(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("appServer.configOverrides", "a list of key=value texts", value);
  return value.map((pair: unknown, index) => {
    // The value is not shown: somebody may have put a secret there.
    if (typeof pair === "string" && /^[^=\s]+=/.test(pair)) return pair;
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

function environment(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid("appServer.env", "an object of texts", value);
  }
  const env: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    if (typeof content !== "string") throw invalid(`appServer.env.${name}`, "a text");
    env[name] = content;
  }
  return env;
}

function invalid(path: string, expected: string, ...found: readonly unknown[]): BridgeError {
  const field = path === "" ? where : `${path} in ${where}`;
  const seen = found.length === 0 ? "" : `, found ${describe(found[0])}`;
  return new BridgeError("plugin_config_invalid", `${field} must be ${expected}${seen}.`, {
    remedy: "Correct it in openclaw.json and start the host again.",
    facts: { field: path },
  });
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (Array.isArray(value)) return "a list";
  return value === null || typeof value !== "object" ? String(value) : "an object";
}

/** The known name a misspelt one most likely stands for: equal but for case and signs, or two edits away at most. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, "");
  let best: { word: string; distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(plain(name), plain(word));
    if (distance <= 2 && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { word, distance };
  }
  return best?.word;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
