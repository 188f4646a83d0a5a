import { BridgeError } from "../errors.ts";
import type { ThreadBinding } from "./binding.ts";
import { leaseHolder } from "./lease.ts";
import type { BindingStore } from "./store.ts";

/** @throws BridgeError `thread_id_invalid` */
export function requireThreadId(text: string): void {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)) return;
  throw new BridgeError("thread_id_invalid", "That is not the id of a Codex thread.", {
    remedy: "Thread ids look like 01a1fedb-5107-7cf2-8f0e-7edf807d5458; `codex-bridge sessions list` shows them.",
  });
}

/** @throws BridgeError `session_busy` when a turn of the session runs, in whichever process */
export async function requireNotRunning(store: BindingStore, binding: ThreadBinding): Promise<void> {
  const holder = leaseHolder(await store.database(), binding);
  if (!holder) return;
  throw new BridgeError("session_busy", `Process ${holder.pid} has a turn running in this session.`, {
    remedy: "Wait for it, or end that process.",
    facts: { pid: holder.pid, host: holder.host },
  });
}

/**
 * The session goes on with another thread, whose id was looked at with `requireThreadId`. What that one was started with is not known here: the next turn finds out
 * from Codex.
 * @throws BridgeError `session_busy` | `thread_bound_elsewhere`
 */
export async function rebindThread(store: BindingStore, before: ThreadBinding, threadId: string): Promise<void> {
  await requireNotRunning(store, before);
  const rotation = { reason: "rebound by hand", from: before.threadId };
  const { rolloutPath: _, lastTurnId: __, lastTurnStatus: ___, contextTokens: ____, ...kept } = before;
  const bound = { ...kept, threadId, state: "active" as const, tools: null, instructions: "", updatedAtMs: Date.now() };
  await store.bind(bound, rotation);
}
