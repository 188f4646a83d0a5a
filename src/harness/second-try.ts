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
 * Takes a turn that came to nothing out of the thread, so that its prompt is not there twice: `thread/revert` from
 * 0.148 on, `thread/rollback` before. A server that can do neither keeps it; the model then reads the prompt again.
 */
export async function withdrawTurn(server: AppServer, threadId: string, turnId: string): Promise<void> {
  const refused = (): false => false;
  const reverted = await server.request("thread/revert", { threadId, beforeTurnId: turnId }).then(() => true, refused);
  if (!reverted) await server.request("thread/rollback", { threadId, numTurns: 1 }).catch(refused);
}
