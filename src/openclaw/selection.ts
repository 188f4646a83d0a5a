import { isRecord } from "./record.ts";
import type { HostAttempt } from "./sdk.ts";

/*
 * A host prepares `agentHarnessId` and `agentHarnessRuntimeOverride` of every attempt as the harness it has chosen, so they
 * do not tell whether another one could have been: its configuration does (host docs, "Runtime selection"), in the same way
 * on 2026.8.2 to 2026.9.6. A harness that is named there and missing, or refuses the route, is an error, and one that fails
 * is not replaced. But the next model of a fallback chain may be another runtime's.
 */

/** Why the host runs this attempt on our harness, where it is known that no other one could have; otherwise undefined. */
export function selectionOf(params: HostAttempt, harnessId: string): string | undefined {
  const { config, provider, modelId } = params;
  const agent = agentIn(config, params.agentId);
  const pinned = (model: ModelRef): boolean => pinnedRuntime(config, agent, model) === harnessId;
  const others = chainOf(params, agent).map(modelRef);
  const own = modelRef(modelId);
  // A model may be named with its provider.
  const model = own?.provider === plain(provider) ? own : { provider: plain(provider), modelId };
  const strict = pinned(model) && others.every((model) => model && pinned(model));
  return strict ? `pinned to ${harnessId}` : undefined;
}

interface ModelRef {
  readonly provider: string;
  readonly modelId: string;
}

/** The models that may run before or after this attempt in the same run; none when it is the only one. */
function chainOf(params: HostAttempt, agent: unknown): string[] {
  const { config, isFinalFallbackAttempt, fallbackActive, modelFallbacksOverride = [] } = params;
  if (isFinalFallbackAttempt !== false && fallbackActive !== true) return [];
  const models = [at(agent, "model"), at(config, "agents", "defaults", "model")];
  const named = models.flatMap((model) => [isRecord(model) ? model.primary : model, ...list(at(model, "fallbacks"))]);
  return [...modelFallbacksOverride, ...named.filter((name) => name !== undefined).map(String)];
}

/** @returns undefined for an alias: which model it stands for is the host's to know */
function modelRef(name: string): ModelRef | undefined {
  const slash = name.indexOf("/");
  if (slash <= 0) return undefined;
  // What stands after the @ is an auth profile.
  return {
    provider: plain(name.slice(0, slash)),
    modelId: name
      .slice(slash + 1)
      .split("@")[0]!
      .trim(),
  };
}

/** The runtime that the most specific of the host's rules names for a model; undefined where none does, or not for sure. */
function pinnedRuntime(config: unknown, agent: unknown, model: ModelRef): string | undefined {
  const maps = [at(agent, "models"), at(config, "agents", "defaults", "models")];
  const providers = entries(at(config, "models", "providers")).filter(([name]) => plain(name) === model.provider);
  // The host merges them.
  if (providers.length > 1) return undefined;
  const provider = providers[0]?.[1];
  const rows = list(at(provider, "models")).map((row): [string, unknown] => [String(at(row, "id") ?? ""), row]);
  const rules = [
    ...maps.map((map) => ruleIn(entries(map), model, model.modelId)),
    // Of these the first one counts, whether it names a runtime or not.
    runtimeOf(rows.find(([name]) => isWhole(name, model, model.modelId) || name === model.modelId)?.[1]),
    ...maps.map((map) => ruleIn(entries(map), model, "*")),
    runtimeOf(provider),
  ];
  return rules.find((rule) => rule !== undefined);
}

/** Of the rows that name a runtime, names with their provider come before bare ones. */
function ruleIn(rows: readonly [string, unknown][], model: ModelRef, modelId: string): string | undefined {
  const ruled = rows.filter(([, row]) => runtimeOf(row) !== undefined);
  const whole = ruled.find(([name]) => isWhole(name, model, modelId));
  const bare = modelId === "*" ? undefined : ruled.find(([name]) => name.trim() === modelId);
  return runtimeOf((whole ?? bare)?.[1]);
}

function isWhole(name: string, { provider }: ModelRef, modelId: string): boolean {
  const slash = name.indexOf("/");
  return slash > 0 && plain(name.slice(0, slash)) === provider && name.slice(slash + 1).trim() === modelId;
}

function runtimeOf(row: unknown): string | undefined {
  const id = at(row, "agentRuntime", "id");
  const runtime = typeof id === "string" ? plain(id) : "";
  if (runtime === "") return undefined;
  return runtime === "codex-app-server" ? "codex" : runtime;
}

/** Newer configurations have `agents.entries`, older ones `agents.list`. */
function agentIn(config: unknown, agentId: string | undefined): unknown {
  const wanted = plain(agentId ?? "");
  const named = at(config, "agents", "entries");
  if (isRecord(named)) return entries(named).find(([id]) => plain(id) === wanted)?.[1];
  return list(at(config, "agents", "list")).find((agent) => plain(String(at(agent, "id") ?? "")) === wanted);
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, name) => (isRecord(found) ? found[name] : undefined), value);
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}
