import { BridgeError } from "../errors.ts";
import type { ThreadBinding } from "../thread/store.ts";
import { RpcError } from "../wire/errors.ts";
import type { LiveServer } from "./server-slot.ts";

const compactTimeoutMs = 300_000;

/** Compacts a thread and waits until the server says that the compaction turn is over. */
export async function compactThread(
  live: LiveServer,
  binding: ThreadBinding,
  signal: AbortSignal | undefined,
): Promise<{ compacted: boolean; reason?: string }> {
  const { threadId } = binding;
  const over = Promise.withResolvers<{ compacted: boolean; reason?: string }>();
  // Nobody may be waiting yet when the connection closes.
  over.promise.catch(() => undefined);
  const timer = setTimeout(() => {
    over.reject(
      new BridgeError("compaction_timeout", `Codex did not finish compacting within ${compactTimeoutMs} ms.`, {
        remedy: "Try again, or start a new session.",
        facts: { clock: "compaction" },
      }),
    );
  }, compactTimeoutMs);
  const onAbort = (): void => over.reject(new BridgeError("aborted", "The compaction was aborted."));
  signal?.addEventListener("abort", onAbort, { once: true });
  const unfollow = live.router.follow(threadId, {
    onEvent: (event) => {
      if (event.type !== "turn.completed") return;
      const { status, error } = event.turn;
      over.resolve(
        status === "completed" ? { compacted: true } : { compacted: false, reason: error?.message ?? status },
      );
    },
    onRequest: (request) => request.reject({ code: -32601, message: "no requests are answered during compaction" }),
    onClosed: (reason) => over.reject(reason),
  });
  try {
    if (!live.loaded.has(threadId)) {
      await live.server.request("thread/resume", { threadId, cwd: binding.cwd });
      live.loaded.set(threadId, undefined);
    }
    await live.server.request("thread/compact/start", { threadId });
    return await over.promise;
  } catch (thrown) {
    if (thrown instanceof RpcError) return { compacted: false, reason: thrown.rpcMessage };
    throw thrown;
  } finally {
    unfollow();
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
