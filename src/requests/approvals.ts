import { createHash } from "node:crypto";
import type { ThreadItem } from "../protocol/items.ts";
import { commandApprovalShape, fileApprovalShape, permissionApprovalShape } from "../protocol/server-requests.ts";
import { shown, shownLiterally } from "./show.ts";
import type { ApprovalAsk, ApprovalDecision } from "./types.ts";

/** An approval as it came in: what a person is shown, what "always" means here, and how to say it to the server. */
export interface Approval {
  readonly ask: ApprovalAsk;
  /** Equal only for the very same thing: command and folder, files and their contents, tool and its parameters. */
  readonly memoryKey: string;
  answer(decision: ApprovalDecision): unknown;
}

export function commandApproval(params: unknown): Approval {
  const p = commandApprovalShape.parse(params);
  const command = p.command ?? "";
  const rule = p.proposedExecpolicyAmendment ?? [];
  const extras = [
    p.networkApprovalContext ? ` (network: ${JSON.stringify(p.networkApprovalContext)})` : "",
    p.additionalPermissions ? ` (more permissions: ${JSON.stringify(p.additionalPermissions)})` : "",
  ].join("");
  return {
    ask: {
      kind: p.kind === "writeStdin" ? "stdin" : "command",
      title: p.kind === "writeStdin" ? "Type into a running command" : "Run a command",
      detail: shownLiterally(command + extras, 700),
      ...optional(p),
      // Leave to reach a host is not leave to run this command.
      ...(command && !p.networkApprovalContext ? { command } : {}),
      subject: p,
      ...(rule.length > 0 ? { rule: rule.map((word) => shownLiterally(word, 200)) } : {}),
      // Declining and accepting for the session work on every release, listed or not.
      decisions: [
        "accept",
        "accept_session",
        ...(rule.length > 0 ? (["accept_rule"] as const) : []),
        "decline",
        "cancel",
      ],
      ...ids(p),
    },
    memoryKey: memoryKey("command", p.kind ?? "command", command, p.cwd ?? "", extras),
    answer: (decision) => {
      if (decision === "accept_rule")
        return { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: rule } } };
      return { decision: decision === "accept_session" ? "acceptForSession" : decision };
    },
  };
}

/** The request has no paths: they stand in the item that was started before it. */
export function fileApproval(params: unknown, item: ThreadItem | undefined): Approval {
  const p = fileApprovalShape.parse(params);
  const changes = item?.type === "fileChange" ? item.changes : [];
  const files = changes.map(({ kind, path }) => {
    const { move_path: to } = kind as { move_path?: unknown };
    return `${kind.type} ${oneLine(path)}${typeof to === "string" ? ` -> ${oneLine(to)}` : ""}`;
  });
  if (p.grantRoot) files.push(`and everything below ${oneLine(p.grantRoot)}`);
  return {
    ask: {
      kind: "file_change",
      title: changes.length === 1 ? "Change a file" : `Change ${changes.length || "some"} files`,
      detail: shownLiterally(files.join("\n") || "(Codex did not say which)", 700),
      ...optional(p),
      subject: { ...p, changes },
      decisions: ["accept", "accept_session", "decline", "cancel"],
      ...ids(p),
    },
    memoryKey: memoryKey("file", JSON.stringify(changes), p.grantRoot ?? "", changes.length === 0 ? p.itemId : ""),
    answer: (decision) => ({ decision: decision === "accept_session" ? "acceptForSession" : decision }),
  };
}

export function permissionApproval(params: unknown): Approval {
  const p = permissionApprovalShape.parse(params);
  const { network, fileSystem } = p.permissions;
  const granted = { ...(network ? { network } : {}), ...(fileSystem ? { fileSystem } : {}) };
  return {
    ask: {
      kind: "permissions",
      title: "Give more permissions",
      detail: shownLiterally(JSON.stringify(granted), 700),
      ...optional(p),
      subject: p,
      decisions: ["accept", "accept_session", "decline"],
      ...ids(p),
    },
    memoryKey: memoryKey("permissions", JSON.stringify(granted), p.cwd ?? ""),
    answer: (decision) => {
      if (decision !== "accept" && decision !== "accept_session") return { permissions: {}, scope: "turn" };
      return { permissions: granted, scope: decision === "accept_session" ? "session" : "turn" };
    },
  };
}

/** What a person allowed for good, in this session and process. Exact matches only, the oldest forgotten first. */
export class ApprovalMemory {
  readonly #max: number;
  readonly #keys = new Set<string>();

  constructor(max = 500) {
    this.#max = max;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    for (const oldest of this.#keys) {
      if (this.#keys.size <= this.#max) break;
      this.#keys.delete(oldest);
    }
  }
}

export function memoryKey(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** A path with a line break in it must not look like two. */
function oneLine(path: string): string {
  return path.replace(/[\n\r\t]/g, (char) => JSON.stringify(char).slice(1, -1));
}

function optional(p: { cwd?: unknown; reason?: unknown }): { cwd?: string; reason?: string } {
  return {
    ...(typeof p.cwd === "string" ? { cwd: shownLiterally(oneLine(p.cwd), 300) } : {}),
    ...(typeof p.reason === "string" && p.reason !== "" ? { reason: shown(p.reason, 300) } : {}),
  };
}

function ids({ threadId, turnId, itemId }: { threadId: string; turnId: string; itemId: string }) {
  return { threadId, turnId, itemId };
}
