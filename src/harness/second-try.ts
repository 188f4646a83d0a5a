import type { AppServer } from "../server/app-server.ts";
import type { TurnState } from "../turn/state.ts";

/**
 * What makes a turn worth beginning again: only when nothing of it was seen, and nothing was done.
 * @param remote a server that outlives our connection may have done what we did not see
 */
export function secondTry(state: TurnState, remote: boolean): "restart" | "compact" | undefined {
  const { outcome } = state;
  if (state.touched || state.stop || state.steers.length > 0) return undefined;
  if (outcome?.kind === "server_exit") return remote ? undefined : "restart";
  return outcome?.kind === "failed" && outcome.category === "context_overflow" ? "compact" : undefined;
}

/**
 * Takes a turn that came to nothing out of the thread, so that its prompt is not there twice. A server that refuses
 * keeps it; the model then reads the prompt again.
 */
export async function withdrawTurn(server: AppServer, threadId: string, turnId: string): Promise<void> {
  if (server.facts.supports("thread/revert")) {
    await server.call("thread/revert", { threadId, beforeTurnId: turnId }).catch(() => undefined);
    return;
  }
  // It takes away the last prompt, with what followed it. A server that was killed may not have written this turn's down:
  // the last one is then that of the turn before, which is to stay.
  const last = { threadId, limit: 1, itemsView: "full" } as const;
  const listed = await server.call("thread/turns/list", last).catch(() => undefined);
  const turn = listed?.data[0];
  if (turn?.id !== turnId || !turn.items.some(({ type }) => type === "userMessage")) return;
  await server.call("thread/rollback", { threadId, numTurns: 1 }).catch(() => undefined);
}
