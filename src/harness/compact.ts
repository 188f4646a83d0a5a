import type { Clocks } from "../clocks.ts";
import { answerSafely } from "../requests/table.ts";
import { runTurn } from "../turn/run.ts";
import { RpcError } from "../wire/errors.ts";
import type { LiveServer } from "./server-slot.ts";

export interface Compaction {
  readonly compacted: boolean;
  readonly reason?: string;
}

/**
 * Compacts a loaded thread (`thread/compact/start`). Codex does it as a turn of its own, so it ends as turns end: on
 * the server's word, by its own clock, or with the server.
 */
export async function compactThread(
  live: LiveServer,
  threadId: string,
  clocks: Clocks,
  onRetire: () => void,
  signal?: AbortSignal,
): Promise<Compaction> {
  const { server, router } = live;
  const state = await runTurn({
    server,
    router,
    threadId,
    start: async () => {
      await server.call("thread/compact/start", { threadId });
      return {};
    },
    onEffect: () => undefined,
    onEffectError: () => undefined,
    onRequest: (request) => answerSafely(request, "Nobody is asked during a compaction."),
    onRetire,
    clocks,
    budget: { clock: "compaction", ms: clocks.compactionMs },
    ...(signal ? { signal } : {}),
  });
  const outcome = state.outcome!;
  if (outcome.kind === "completed") return { compacted: true };
  if (outcome.kind === "interrupted") return { compacted: false, reason: "the compaction was interrupted" };
  // A refusal is an answer; a dead server or a clock is an error.
  if (outcome.kind === "failed") return { compacted: false, reason: reasonOf(outcome.error) };
  throw outcome.error;
}

function reasonOf(error: Error): string {
  return error instanceof RpcError ? error.rpcMessage : error.message;
}
