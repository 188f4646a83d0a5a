import { readExecOutput } from "./exec.ts";
import { type At, find, nativeCall } from "./offered.ts";
import type { NativeOutput, Program } from "./types.ts";

export type PatchResult =
  | { readonly kind: "applied" }
  /** It does not fit the files. */
  | { readonly kind: "failed"; readonly text: string }
  /** Somebody declined it, or the sandbox did. */
  | { readonly kind: "refused"; readonly text: string };

/**
 * Changes files through Codex's own patches, so that approvals and diffs are what they always are. Where the patch tool
 * is not offered, the same patch goes through the shell, where every release intercepts it.
 */
export function* applyPatch(at: At, patch: string): Program<PatchResult> {
  const tool = find(at.context, "apply_patch");
  if (tool) return readPatch(yield nativeCall(tool, { input: patch }));
  // No line of a patch can be the delimiter: content lines begin with a blank, a plus or a minus.
  const cmd = `apply_patch <<'PATCH'\n${patch.replace(/\n$/, "")}\nPATCH`;
  return readPatch(yield { kind: "function", name: "exec_command", input: { cmd } });
}

function readPatch(output: NativeOutput): PatchResult {
  const heard = readExecOutput(output);
  let text = heard.kind === "exited" ? heard.result.output : output.text;
  // The oldest releases answer with JSON inside of the envelope.
  const json = /^\{"output":/.test(text) ? safeOutput(text) : undefined;
  text = json?.output ?? text.replace(/^Exit code: 0\nWall time: [\d.]+ seconds\nOutput:\n/, "");
  if (/^Success\. Updated the following files:/.test(text)) return { kind: "applied" };
  if (/rejected by user|Rejected\(|aborted/i.test(text)) return { kind: "refused", text };
  return /verification failed|Invalid patch|Failed to/i.test(text)
    ? { kind: "failed", text }
    : { kind: "refused", text };
}

function safeOutput(text: string): { output: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const output = (value as { output?: unknown }).output;
    return typeof output === "string" ? { output } : undefined;
  } catch {
    return undefined;
  }
}
