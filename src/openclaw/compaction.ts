import { toBridgeError } from "../errors.ts";
import type { CodexHarness } from "../harness/codex-harness.ts";
import type { HostHarness } from "./sdk.ts";
import { sessionRef } from "./session-ref.ts";

type Compact = NonNullable<HostHarness["compact"]>;
type CompactParams = Parameters<Compact>[0];
type CompactResult = NonNullable<Awaited<ReturnType<Compact>>>;

/**
 * Compacts the session's thread (host contract `AgentHarness.compact`). Codex keeps the summary to itself, so the host
 * gets none; a refusal and a failure are answers with a reason, never exceptions.
 */
export async function compactHostSession(
  params: CompactParams,
  harness: () => Promise<CodexHarness>,
): Promise<CompactResult> {
  try {
    const running = await harness();
    const { compacted, reason, tokensBefore } = await running.compact(sessionRef(params), {
      ...(params.abortSignal ? { signal: params.abortSignal } : {}),
    });
    if (compacted) {
      return {
        ok: true,
        compacted: true,
        compactionKind: "native-harness",
        result: { tokensBefore: tokensBefore ?? 0, details: { backend: "codex-app-server" } },
      };
    }
    const nothingToDo = tokensBefore === undefined && reason === noThread;
    return { ok: nothingToDo, compacted: false, reason: reason ?? "Codex did not compact the thread" };
  } catch (thrown) {
    const { code, message, remedy } = toBridgeError(thrown, "compaction_failed");
    return {
      ok: false,
      compacted: false,
      reason: remedy === undefined ? message : `${message} ${remedy}`,
      failure: { reason: code, rawError: message },
    };
  }
}

const noThread = "the session has no thread yet";
