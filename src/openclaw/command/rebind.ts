import { BridgeError } from "../../errors.ts";
import { rebindThread, requireThreadId } from "../../thread/repair.ts";
import type { CommandCall, CommandPlace } from "./definition.ts";
import { bindingOf, onStore } from "./store.ts";

/**
 * `/codexbridge rebind <thread>`: what is said next in this conversation goes to that thread.
 * @throws BridgeError `thread_id_invalid` | `session_has_no_thread` | `session_busy` | `thread_bound_elsewhere`
 */
export async function rebind(place: CommandPlace, call: CommandCall, threadId: string): Promise<string> {
  requireThreadId(threadId);
  const from = await onStore(
    place,
    async (store) => {
      const binding = await bindingOf(store, call);
      if (binding) await rebindThread(store, binding, threadId);
      return binding?.threadId;
    },
    undefined,
  );
  if (from !== undefined) return `This conversation goes on with thread ${threadId}; before, it had ${from}.`;
  throw new BridgeError("session_has_no_thread", "This conversation has no Codex thread yet.", {
    remedy: "Send a message first; its thread can then be replaced.",
  });
}
