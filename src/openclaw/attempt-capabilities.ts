import type { FieldUse } from "./attempt-callbacks.ts";
import type { HostAttempt } from "./sdk.ts";

/** Everything a host lends to an attempt. A capability that a host adds or drops makes the type check fail here. */
export const capabilityUses = {
  kind: "ignored: there is one kind",
  version: "ignored: what is there is looked for by name",
  assertActive: "used: after everything that waits, and before what has effects",
  retainSourceAuthority: "used: sub-agents that outlive their turn",
  reportOutputTokens: "used: usage",
  annotateCurrentUserTurn:
    "ignored: tells copies of a native prompt apart from the host's own; nothing is copied from native threads here, the host alone writes what people said",
  prepareContextMedia: "used: history of a replaced thread",
  prepareReplyMedia: "ignored: Codex runs on the host's machine, its files are readable after the attempt",
  trajectory: "used: trajectory",
  preparedEnvironment: "used: environment of commands",
  activeComputerContext: "ignored: a hint for the host's own computer tool, which gives it itself",
  bindToolSurface: "ignored: createToolSurface returns bound tools, and there are no others",
  createToolSurface: "used: tools",
  prepareMutableFileApproval: "used: approvals",
  runBeforeToolCall: "used: approvals",
  requestApproval: "used: approvals",
  waitForApproval: "used: approvals",
} as const satisfies Record<keyof HostAttempt["hostCapabilities"], FieldUse>;

/** Nothing here that a host does not lend. */
export type UnknownCapability = Exclude<keyof typeof capabilityUses, keyof HostAttempt["hostCapabilities"]>;
export const noUnknownCapability: [UnknownCapability] extends [never] ? true : UnknownCapability = true;
