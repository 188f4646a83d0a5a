import type { ApprovalPolicy, SandboxMode } from "./types.ts";

/** Approval settings that belong together, by one name. */
export interface ApprovalMode {
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandbox: SandboxMode;
  readonly approvalsReviewer: "user" | "auto_review";
}

/** `full`: never ask, no sandbox. `ask`: people decide what leaves the workspace. `guardian`: Codex's reviewer does. */
export const approvalModes = {
  full: { approvalPolicy: "never", sandbox: "danger-full-access", approvalsReviewer: "user" },
  ask: { approvalPolicy: "on-request", sandbox: "workspace-write", approvalsReviewer: "user" },
  guardian: { approvalPolicy: "on-request", sandbox: "workspace-write", approvalsReviewer: "auto_review" },
} as const satisfies Readonly<Record<string, ApprovalMode>>;
