import type { AppServer } from "../server/app-server.ts";
import type { TurnState } from "../turn/state.ts";

/** What makes a turn worth beginning again: only when nothing of it was seen, and nothing was done. */
export function secondTry(state: TurnState): "restart" | "compact" | undefined {
  const { outcome } = state;
  if (state.touched || state.stop || state.steers.length > 0) return undefined;
  if (outcome?.kind === "server_exit") return "restart";
  return outcome?.kind === "failed" && outcome.category === "context_overflow" ? "compact" : undefined;
}

/**
 * Takes a turn that came to nothing out of the thread, so that its prompt is not there twice. A server that refuses
 * keeps it; the model then reads the prompt again.
 */
export async function withdrawTurn(server: AppServer, threadId: string, turnId: string): Promise<void> {
  const withdrawn = server.facts.supports("thread/revert")
    ? server.call("thread/revert", { threadId, beforeTurnId: turnId })
    : server.call("thread/rollback", { threadId, numTurns: 1 });
  await withdrawn.catch(() => undefined);
}
