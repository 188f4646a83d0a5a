import { createHash } from "node:crypto";
import { boundedMemo } from "../bounded-memo.ts";
import type { ThreadSettings, ToolDefinition, TurnStartParams } from "../protocol/params.ts";
import type { ThreadBinding } from "./binding.ts";

/**
 * What becomes of a thread when a setting changes between turns. Measured on 0.125.0, 0.142.5, 0.154.0 and 0.169.0:
 * - `turn`: `turn/start` takes it. Developer instructions go through its `collaborationMode`, because what `thread/resume`
 *   and `thread/fork` are told never reaches the model of a thread that has a history.
 * - `reload`: only read when the thread is loaded; one that is loaded is put away (`thread/archive`) and taken out again.
 * - `fork`: fixed for a thread (0.169 refuses it on resume); a fork takes the whole history along.
 * - `rotate`: fixed for a thread and for its forks; a new thread gets the visible history as a quotation. Only a tool
 *   that is missing, or whose parameters changed, needs that: order, descriptions and tools not needed now do not.
 * - `resume`: the Codex version and the account are the server's; another server resumes the thread as it is. Where it
 *   cannot read what another release wrote, the thread is rotated for that reason.
 */
export const changeClasses = {
  model: "turn",
  effort: "turn",
  cwd: "turn",
  approvalPolicy: "turn",
  approvalsReviewer: "turn",
  sandbox: "turn",
  developerInstructions: "turn",
  config: "reload",
  modelProvider: "fork",
  tools: "rotate",
  codexVersion: "resume",
  account: "resume",
} as const;

/** What a connection last told a loaded thread. */
export interface AppliedSettings {
  readonly model: string | undefined;
  readonly effort: string | undefined;
  readonly cwd: string;
  readonly approvalPolicy: string;
  readonly approvalsReviewer: string;
  readonly sandbox: string;
  readonly config: string;
  /** The thread's last turn when it was told this: one this connection does not know happened elsewhere. */
  readonly lastTurnId?: string | undefined;
}

export interface WantedSettings extends ThreadSettings {
  readonly effort?: string;
  readonly tools?: readonly ToolDefinition[];
}

export function applied(settings: WantedSettings): AppliedSettings {
  const { cwd, approvalPolicy, approvalsReviewer = "user", sandbox, model, effort } = settings;
  return { model, effort, cwd, approvalPolicy, approvalsReviewer, sandbox, config: digest(settings.config ?? {}) };
}

export type TurnOverrides = Pick<
  TurnStartParams,
  "model" | "effort" | "cwd" | "approvalPolicy" | "approvalsReviewer" | "sandboxPolicy" | "collaborationMode"
>;

/**
 * What `turn/start` has to say because it differs from what the thread was told last. Naming an unchanged setting would
 * cost the server a settings update.
 */
export function turnOverrides(before: AppliedSettings, wanted: WantedSettings, bound: ThreadBinding): TurnOverrides {
  const { model, effort, cwd, approvalPolicy, approvalsReviewer = "user", sandbox } = wanted;
  const current = model ?? before.model ?? bound.model;
  const instruct = current !== undefined && instructionsIdentity(wanted) !== bound.instructions;
  return {
    ...(model === undefined || model === before.model ? {} : { model }),
    ...(effort === undefined || effort === before.effort ? {} : { effort }),
    ...(cwd === before.cwd ? {} : { cwd }),
    ...(approvalPolicy === before.approvalPolicy ? {} : { approvalPolicy }),
    ...(approvalsReviewer === before.approvalsReviewer ? {} : { approvalsReviewer }),
    ...(sandbox === before.sandbox ? {} : { sandboxPolicy: { type: sandboxTypes[sandbox] ?? "readOnly" } }),
    ...(instruct ? { collaborationMode: instructing(wanted, current) } : {}),
  };
}

/** `turn/start` spells sandboxes differently from `thread/start`. */
export const sandboxTypes: Readonly<Record<string, string>> = {
  "read-only": "readOnly",
  "workspace-write": "workspaceWrite",
  "danger-full-access": "dangerFullAccess",
};

function instructing(wanted: WantedSettings, model: string): NonNullable<TurnStartParams["collaborationMode"]> {
  return {
    mode: "default",
    settings: {
      model,
      reasoning_effort: wanted.effort ?? null,
      developer_instructions: wanted.developerInstructions ?? null,
    },
  };
}

/** Why a bound thread cannot serve these settings any more; undefined when it can. */
export function mustReplace(
  bound: ThreadBinding,
  wanted: WantedSettings,
): { how: "fork" | "rotate"; reason: string } | undefined {
  const identity = toolIdentity(wanted.tools ?? []);
  const missing = Object.keys(identity).filter((name) => bound.tools && bound.tools[name] !== identity[name]);
  if (missing.length > 0) {
    const which = missing.slice(0, 3).join(", ") + (missing.length > 3 ? ", …" : "");
    return {
      how: "rotate",
      reason: `the thread lacks ${missing.length === 1 ? "a tool" : "tools"} of this turn: ${which}`,
    };
  }
  const { modelProvider } = bound;
  if (modelProvider !== undefined && wanted.modelProvider !== undefined && wanted.modelProvider !== modelProvider) {
    return { how: "fork", reason: `the model provider changed to ${wanted.modelProvider}` };
  }
  return undefined;
}

/** The same tools come with every turn, in new objects: sorting and hashing them took a third of our part of it. */
const schemaDigest = boundedMemo((schema) => digest(withoutDescriptions(JSON.parse(schema))), 1000);
/** Lists that were made for one attempt, and are not changed. */
const identities = new WeakMap<readonly ToolDefinition[], Record<string, string>>();

/** Each tool's name with a digest of its parameters, whatever the order of tools and of schema keys. */
export function toolIdentity(tools: readonly ToolDefinition[]): Readonly<Record<string, string>> {
  const known = identities.get(tools);
  if (known) return known;
  const entries = tools.map((tool): [string, string] => {
    const name = tool.namespace === undefined ? tool.name : `${tool.namespace}.${tool.name}`;
    return [name, schemaDigest(JSON.stringify(tool.inputSchema))];
  });
  const identity = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  identities.set(tools, identity);
  return identity;
}

export function policyIdentity({
  approvalPolicy,
  sandbox,
}: Pick<ThreadSettings, "approvalPolicy" | "sandbox">): string {
  return `${approvalPolicy}/${sandbox}`;
}

const instructionsDigest = boundedMemo((text) => digest(text.replace(/\s+/g, " ").trim()), 50);

export function instructionsIdentity(wanted: Pick<WantedSettings, "developerInstructions">): string {
  return instructionsDigest(wanted.developerInstructions ?? "");
}

/** The same for equal values, whatever the order of their keys. */
function digest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex")
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** A parameter's description is words for the model; a property that is called `description` is not. */
function withoutDescriptions(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions);
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, inner]) => key !== "description" || typeof inner !== "string")
      .map(([key, inner]) => [key, withoutDescriptions(inner)]),
  );
}
