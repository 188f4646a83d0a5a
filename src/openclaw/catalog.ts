import { createHash } from "node:crypto";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import type { CodexHarness } from "../harness/codex-harness.ts";
import { type CodexModel, ModelCatalog } from "../harness/models.ts";
import type { PluginConfig } from "./config.ts";
import { listedModels } from "./harness-modes.ts";
import type { Runtime } from "./runtime.ts";
import type { HostHarness } from "./sdk.ts";
import { homeOf, type NativeCatalog, processState, stateFolder } from "./shared-harness.ts";

type Load = NonNullable<HostHarness["loadModelCatalog"]>;
export type HostModel = Awaited<ReturnType<Load>>[number];

/** How long a host that asks for the first time waits; it asks when it starts, and shows what it gets. */
const waitMs = 2500;

/**
 * The models Codex offers, as rows of the host's catalogue (host contract `AgentHarness.loadModelCatalog`). Never on
 * the way of a turn: what is known is answered at once, and refreshed behind that.
 */
export async function hostModels(runtime: Runtime, agentId: string): Promise<HostModel[]> {
  const catalog = catalogOf(runtime, agentId);
  const models = (await catalog?.models.read()) ?? [];
  const config = configOf(runtime);
  if (!config) return [];
  const rows = models.filter(({ hidden }) => !hidden).map((model) => row(model, config.harnessId));
  return [...rows, ...servedRows(config)];
}

/** Whom Codex itself is logged in as, as last seen; for pickers, nothing is asked for it. */
export function seenAccount(runtime: Runtime, agentId: string): { accountType: string } | undefined {
  const account = catalogOf(runtime, agentId)?.account;
  return account && { accountType: account.type };
}

/** Undefined while the configuration is wrong: the turn says so, with what to do about it. */
function catalogOf(runtime: Runtime, agentId: string): NativeCatalog | undefined {
  const config = configOf(runtime);
  if (!config) return undefined;
  const scope = JSON.stringify([homeOf(runtime.place, { config, agentId }), config.appServer]);
  const folder = stateFolder(runtime.place);
  const { catalogs } = processState();
  const known = catalogs.get(folder + scope);
  if (known) return known;
  const name = createHash("sha256").update(scope).digest("hex").slice(0, 16);
  const catalog: NativeCatalog = {
    models: new ModelCatalog({
      file: path.join(folder, "models", `${name}.json`),
      waitMs,
      load: () => runtime.ask(agentId, (harness, native) => look(catalog, harness, native)),
      warn: (message, facts) => runtime.place.log("warn", message, facts),
    }),
  };
  catalogs.set(folder + scope, catalog);
  return catalog;
}

function configOf(runtime: Runtime): PluginConfig | undefined {
  try {
    return runtime.config();
  } catch (thrown) {
    if (thrown instanceof BridgeError) return undefined;
    throw thrown;
  }
}

async function look(catalog: NativeCatalog, harness: CodexHarness, native: boolean): Promise<readonly CodexModel[]> {
  // An account the host lent a server says nothing about Codex's own.
  if (native) catalog.account = await harness.account(waitMs).catch(() => undefined);
  return harness.models();
}

/**
 * Models of harness modes that are configured by name. They stand under a provider whose refs need no other
 * configuration: our own, or OpenAI's where the id `codex` is not ours.
 */
function servedRows({ harnessId, harnessModes }: PluginConfig): HostModel[] {
  const provider = harnessId === "codex" ? "codex" : "openai";
  return listedModels(harnessModes).map(({ id, facts }) => ({
    nativeRuntime: harnessId,
    provider,
    id,
    name: id,
    reasoning: facts.thinking !== "none",
    input: facts.images === false ? ["text"] : ["text", "image"],
    ...(typeof facts.contextWindow === "number" ? { contextWindow: facts.contextWindow } : {}),
  }));
}

/** Without `api` and `baseUrl`: a native runtime claims no route of the host. */
function row(model: CodexModel, nativeRuntime: string): HostModel {
  return {
    nativeRuntime,
    provider: "openai",
    id: model.id,
    name: model.name,
    reasoning: model.efforts.length > 0,
    input: model.input.includes("image") ? ["text", "image"] : ["text"],
  };
}
