import { BridgeError } from "../errors.ts";
import type { ApprovalPolicy, SandboxMode } from "../harness/types.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

/** What Codex itself may do in an attempt. */
export interface Permissions {
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandbox: SandboxMode;
  readonly approvalsReviewer: "user" | "auto_review";
  /** Why Codex itself may do nothing at all; absent when it may. */
  readonly nativeOff?: string;
  /** Codex configuration that takes single abilities away. */
  readonly config: Readonly<Record<string, unknown>>;
}

type Base = Pick<Permissions, "approvalPolicy" | "sandbox" | "approvalsReviewer">;
type Asked = Pick<
  HostAttempt,
  | "agentId"
  | "clientTools"
  | "config"
  | "disableTools"
  | "execOverrides"
  | "expectedAgentHarnessRuntimeArtifact"
  | "expectedRuntimeArtifact"
  | "expectedSessionRuntimeOwnership"
  | "forceRestartSafeTools"
  | "memoryFlushWritePath"
  | "modelRun"
  | "permissionMode"
  | "pluginHarnessToolPolicyRestricted"
  | "pluginHarnessToolPolicySafeDeniedTools"
  | "requireWorkspaceOnly"
  | "requireWritableSandbox"
  | "sandbox"
  | "toolsAllow"
>;

/** The host's names of what Codex can do by itself without a shell, and the setting that takes it away. */
const separable: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  web_search: { web_search: "disabled" },
  image_generate: { "features.image_generation": false },
  sessions_spawn: { "features.multi_agent": false },
  subagents: { "features.multi_agent": false },
  update_plan: { "tools.update_plan.enabled": false },
};
/** What Codex does with its shell and its patches: one of these is not to be had without the others. */
const tied: ReadonlySet<string> = new Set([
  "apply_patch",
  "edit",
  "exec",
  "ls",
  "process",
  "read",
  "view_image",
  "write",
]);

/**
 * The host's policy for one attempt in Codex's terms. What Codex cannot be held to by a setting switches its own tools
 * off as a whole: the host's tools, bound to the host's authority, remain.
 *
 * @throws BridgeError `attempt_unsupported` for a demand that could only be ignored
 */
export function permissionsFor(params: Asked, base: Base, host: Pick<HostRuntime, "resolveAttemptFsWorkspaceOnly">) {
  refuseUnsupported(params);
  const nativeOff = whyNativeOff(params);
  const tuple = confined(tightened(byMode(params.permissionMode, base), execMode(params)), params, host);
  const config = Object.assign({}, ...deniedNames(params).map((name) => separable[name] ?? {}));
  return { ...tuple, ...(nativeOff ? { nativeOff } : {}), config } as Permissions;
}

function deniedNames({ pluginHarnessToolPolicySafeDeniedTools: denied = [] }: Asked): readonly string[] {
  return denied;
}

function whyNativeOff(params: Asked): string | undefined {
  const { toolsAllow, sandbox, execOverrides } = params;
  if (sandbox?.enabled) return "the host's own sandbox is active";
  if (params.disableTools || params.modelRun) return "the host allows no tools";
  if (params.pluginHarnessToolPolicyRestricted) return "the host's tool policy restricts native tools";
  if (toolsAllow && !toolsAllow.includes("*")) return "the host allows only named tools";
  if (params.memoryFlushWritePath?.trim()) return "this run may only append to a memory file";
  if (params.forceRestartSafeTools) return "only tools that are safe to repeat may run";
  if (execOverrides?.host === "node" || execOverrides?.host === "sandbox") {
    return `commands belong on the ${execOverrides.host}`;
  }
  // Other denied tools are the host's alone: it leaves them out of its surface.
  const denied = deniedNames(params).find((name) => tied.has(name));
  return denied === undefined ? undefined : `the tool ${denied} is denied`;
}

/** The session's permission mode decides the whole tuple; without one the plugin's configuration does. */
function byMode(mode: Asked["permissionMode"], base: Base): Base {
  switch (mode) {
    case undefined:
    case null:
      return base;
    case "read-only":
      return { sandbox: "read-only", approvalPolicy: "on-request", approvalsReviewer: "user" };
    case "guarded":
      return { sandbox: "workspace-write", approvalPolicy: "on-request", approvalsReviewer: "user" };
    case "workspace":
      return { sandbox: "workspace-write", approvalPolicy: "on-request", approvalsReviewer: "auto_review" };
    case "full":
      return { sandbox: "danger-full-access", approvalPolicy: "never", approvalsReviewer: "user" };
    default:
      throw unsupported(`the permission mode ${String(mode).slice(0, 40)}`);
  }
}

/** The turn's own exec mode, else the agent's, else the one of all agents. */
function execMode({ execOverrides, config, agentId }: Asked): string | undefined {
  const agents = config?.agents as { entries?: Record<string, { tools?: { exec?: { mode?: string } } }> } | undefined;
  const tools = config?.tools as { exec?: { mode?: string } } | undefined;
  const agent = agentId === undefined ? undefined : agents?.entries?.[agentId];
  const asked = execOverrides?.security === "deny" ? "deny" : execOverrides?.mode;
  return asked ?? agent?.tools?.exec?.mode ?? tools?.exec?.mode;
}

/** An exec mode can only take away. `allowlist` has no likeness in Codex: nothing runs unasked outside reading. */
function tightened(tuple: Base, mode: string | undefined): Base {
  switch (mode) {
    case "deny":
    case "allowlist":
      return { sandbox: "read-only", approvalPolicy: "on-request", approvalsReviewer: "user" };
    case "ask":
      return {
        ...tuple,
        sandbox: lower(tuple.sandbox, "workspace-write"),
        approvalPolicy: tuple.approvalPolicy === "untrusted" ? "untrusted" : "on-request",
        approvalsReviewer: "user",
      };
    case "auto":
      return {
        sandbox: lower(tuple.sandbox, "workspace-write"),
        approvalPolicy: tuple.approvalPolicy === "never" ? "on-request" : tuple.approvalPolicy,
        approvalsReviewer: "auto_review",
      };
    default:
      return tuple;
  }
}

function confined(tuple: Base, params: Asked, host: Pick<HostRuntime, "resolveAttemptFsWorkspaceOnly">): Base {
  const workspaceOnly =
    params.requireWorkspaceOnly === true ||
    host.resolveAttemptFsWorkspaceOnly({
      ...(params.config ? { config: params.config } : {}),
      sessionAgentId: params.agentId ?? "main",
    });
  return workspaceOnly ? { ...tuple, sandbox: lower(tuple.sandbox, "workspace-write") } : tuple;
}

const reach: readonly SandboxMode[] = ["read-only", "workspace-write", "danger-full-access"];

function lower(one: SandboxMode, other: SandboxMode): SandboxMode {
  return reach.indexOf(one) < reach.indexOf(other) ? one : other;
}

function refuseUnsupported(params: Asked): void {
  if (params.requireWritableSandbox && params.sandbox?.enabled) throw unsupported("a writable workspace in a sandbox");
  if (params.clientTools && params.clientTools.length > 0) throw unsupported("tools of the client");
  if (params.expectedRuntimeArtifact || params.expectedAgentHarnessRuntimeArtifact) {
    throw unsupported("a pinned runtime artifact");
  }
  if (params.expectedSessionRuntimeOwnership) throw unsupported("a native session that owns its model");
}

function unsupported(what: string): BridgeError {
  return new BridgeError("attempt_unsupported", `The host asks for ${what}, which this harness cannot give.`, {
    remedy: "Run this session on the host's own runtime (agentRuntime.id: openclaw).",
  });
}
