import { shown } from "../requests/show.ts";
import type { ApprovalAsk, ApprovalDecision } from "../requests/types.ts";
import type { Deadline } from "./deadline.ts";
import { isRecord } from "./record.ts";
import type { HostAttempt } from "./sdk.ts";

type Capabilities = HostAttempt["hostCapabilities"];
type HostDecision = "allow-once" | "allow-always" | "deny";

export interface ApprovalContext {
  readonly params: HostAttempt;
  readonly deadline: Deadline;
  /** How long a person may take, in milliseconds. */
  readonly timeoutMs: number;
  emit(data: Record<string, unknown>): void;
}

/** The host's names of what Codex wants to do; its policies know them. */
const policyNames: Readonly<Record<ApprovalAsk["kind"], string>> = {
  command: "exec",
  stdin: "exec",
  file_change: "apply_patch",
  permissions: "codex_permissions",
  mcp_tool: "codex_mcp_tool",
};

const maxTitleChars = 80;
const maxDescriptionChars = 512;

/**
 * Decides what Codex asks leave for: first the host's policies and hooks, then a person through the host. The run's
 * authority is asserted again after everything that waits; whatever fails or is missing declines.
 */
export async function approve(
  ask: ApprovalAsk,
  signal: AbortSignal,
  context: ApprovalContext,
): Promise<ApprovalDecision> {
  const { params } = context;
  const host = params.hostCapabilities;
  const no: ApprovalDecision = "decline";
  try {
    host.assertActive();
    const bound = await bindFiles(ask, params);
    if (bound === "refused") return no;
    host.assertActive();
    const policy = await askPolicy(ask, params, signal);
    if (policy === "refused" || signal.aborted) return no;
    host.assertActive();
    const decision =
      policy === "approved" ? "accept" : await askPerson(ask, signal, context, bound?.requiresOneShot === true);
    if (decision === no || signal.aborted) return no;
    // What was approved must still be what runs.
    if (bound && !(await bound.revalidate()).ok) return no;
    host.assertActive();
    return decision;
  } catch {
    return no;
  }
}

/** The bytes of scripts a command would run, as they are while it is decided on. */
async function bindFiles(ask: ApprovalAsk, { hostCapabilities, workspaceDir }: HostAttempt) {
  if (ask.kind !== "command" || ask.command === undefined || !hostCapabilities.prepareMutableFileApproval)
    return undefined;
  const prepared = await hostCapabilities.prepareMutableFileApproval({
    command: ask.command,
    cwd: folderOf(ask) ?? workspaceDir,
  });
  return prepared.ok ? prepared : ("refused" as const);
}

/** Where it would be done. `cwd` of the ask is for people: what they could not see is spelt out in it. */
function folderOf({ subject, cwd }: ApprovalAsk): string | undefined {
  return isRecord(subject) && typeof subject.cwd === "string" ? subject.cwd : cwd;
}

async function askPolicy(
  ask: ApprovalAsk,
  { hostCapabilities }: HostAttempt,
  signal: AbortSignal,
): Promise<"refused" | "approved" | "undecided"> {
  const cwd = folderOf(ask);
  const given = isRecord(ask.subject) ? ask.subject : { detail: ask.detail };
  const request = {
    toolName: policyNames[ask.kind],
    params: { ...given, ...(ask.command === undefined ? {} : { command: ask.command }) },
    ...(ask.itemId ? { toolCallId: ask.itemId } : {}),
    ...(cwd === undefined ? {} : { nativeOperation: { cwd } }),
    signal,
  };
  const outcome = await hostCapabilities.runBeforeToolCall(request as Parameters<Capabilities["runBeforeToolCall"]>[0]);
  if (outcome.blocked) return "refused";
  // Codex runs what it asked for; arguments a hook has changed cannot be given to it.
  if (JSON.stringify(outcome.params) !== JSON.stringify(request.params)) return "refused";
  return outcome.approvalResolution ? "approved" : "undecided";
}

async function askPerson(
  ask: ApprovalAsk,
  signal: AbortSignal,
  { params, deadline, timeoutMs, emit }: ApprovalContext,
  oneShot: boolean,
): Promise<ApprovalDecision> {
  const host = params.hostCapabilities;
  const lasting = ask.decisions.includes("accept_session") && !oneShot;
  const about = {
    kind: ask.kind === "command" || ask.kind === "stdin" ? "exec" : "plugin",
    title: ask.title,
    itemId: ask.itemId,
  };
  const resume = deadline.pause();
  try {
    const requested = await host.requestApproval({
      signal,
      title: shown(`Codex: ${ask.title}`, maxTitleChars),
      description: shown(description(ask), maxDescriptionChars),
      detail: ask.detail,
      severity: ask.kind === "command" || ask.kind === "stdin" ? "warning" : "info",
      toolName: policyNames[ask.kind],
      ...(ask.itemId ? { toolCallId: ask.itemId } : {}),
      allowedDecisions: ["allow-once", ...(lasting ? (["allow-always"] as const) : []), "deny"],
      timeoutMs,
      transportTimeoutMs: timeoutMs + 10_000,
    });
    host.assertActive();
    const id = requested?.id;
    // No id, or a decision that is explicitly nothing: there is nobody to ask.
    if (!id || requested.decision === null) {
      emit({ phase: "resolved", status: "unavailable", ...about, message: "Nobody can be asked." });
      return "decline";
    }
    emit({ phase: "requested", status: "pending", ...about, approvalId: id, approvalSlug: id });
    const decided = requested.decision ?? (await waitFor(host, id, timeoutMs, signal));
    host.assertActive();
    const decision = inCodexTerms(decided, lasting);
    const status = decision === "decline" ? "denied" : "approved";
    emit({ phase: "resolved", status, ...about, approvalId: id, approvalSlug: id });
    return decision;
  } finally {
    resume();
  }
}

async function waitFor(host: Capabilities, approvalId: string, timeoutMs: number, signal: AbortSignal) {
  const result = await host.waitForApproval({ approvalId, timeoutMs, transportTimeoutMs: timeoutMs + 10_000, signal });
  return result?.decision as HostDecision | null | undefined;
}

function inCodexTerms(decided: HostDecision | null | undefined, lasting: boolean): ApprovalDecision {
  if (decided === "allow-once") return "accept";
  if (decided === "allow-always") return lasting ? "accept_session" : "accept";
  return "decline";
}

function description(ask: ApprovalAsk): string {
  return [ask.detail, ask.cwd && `in ${ask.cwd}`, ask.reason && `Reason: ${ask.reason}`].filter(Boolean).join("\n");
}
