import type { Clocks } from "../clocks.ts";
import { answerSafely } from "../requests/table.ts";
import { loadThread } from "../thread/open.ts";
import { runTurn } from "../turn/run.ts";
import { RpcError } from "../wire/errors.ts";
import type { AttemptContext } from "./attempt-context.ts";
import type { LiveServer } from "./server-slot.ts";
import { ownerOf } from "./session.ts";
import type { SessionRef } from "./types.ts";

export interface Compaction {
  readonly compacted: boolean;
  readonly reason?: string;
}

/** `tokensBefore` is what filled the context, when known. */
export type SessionCompaction = Compaction & { readonly tokensBefore?: number };

/** Compacts a session's thread, if it has one. */
export async function compactSession(
  context: AttemptContext,
  session: SessionRef,
  signal: AbortSignal | undefined,
): Promise<SessionCompaction> {
  const { store, slot, clocks } = context;
  const binding = await store.get(ownerOf(session));
  if (binding?.state !== "active") return { compacted: false, reason: "the session has no thread yet" };
  const live = await slot.acquire();
  await loadThread(live.server, live.loaded, binding, await context.providerOf(session, binding));
  const onRetire = (): void => void slot.retire(live);
  const compaction = await compactThread(live, binding.threadId, clocks, onRetire, signal);
  // How full the context is now, nobody has said.
  if (compaction.compacted) await store.patch(ownerOf(session), { contextTokens: undefined });
  return { ...compaction, ...(binding.contextTokens === undefined ? {} : { tokensBefore: binding.contextTokens }) };
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
