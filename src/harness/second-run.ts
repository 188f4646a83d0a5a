import { toBridgeError } from "../errors.ts";
import { note, type Running, retire, type Try } from "./attempt-context.ts";
import { type Opened, openOn } from "./attempt-thread.ts";
import { compactThread } from "./compact.ts";
import { lastTurnCalled } from "./rollout-calls.ts";
import { secondTry, withdrawTurn } from "./second-try.ts";

/** How a turn is begun again, when it is. */
export async function worthAgain({ state, live, thread }: Try): Promise<"restart" | "compact" | undefined> {
  const how = secondTry(state, live.server.process === undefined);
  const { rolloutPath } = thread.binding;
  if (how !== "restart" || state.turnId === undefined || rolloutPath === undefined) return how;
  return (await lastTurnCalled(rolloutPath)) ? undefined : how;
}

/** A connection that died unnoticed shows it when it is used; no turn was begun on it. */
export async function openAgain(running: Running): Promise<Opened> {
  return openOn(running).catch((thrown: unknown) => {
    if (toBridgeError(thrown).code !== "server_connection_lost") throw thrown;
    return openOn(running);
  });
}

/** @returns undefined when there is no point in a second try */
export async function makeRoom(running: Running, { live, thread, state }: Try): Promise<Opened | undefined> {
  if (state.turnId !== undefined) await withdrawTurn(live.server, thread.id, state.turnId);
  const onRetire = (): void => retire(running.context, live, thread.id);
  const { signal } = running.attempt;
  const done = await compactThread(live, thread.id, running.clocks, onRetire, signal).catch(() => undefined);
  return done?.compacted ? openAgain(running) : undefined;
}

/** What the dead server knew of the turn is taken out of the thread, and is not to come into the transcript. */
export async function startAnew(running: Running, { thread, state }: Try): Promise<Opened> {
  running.context.unfinished.delete(thread.id);
  await note(running, { lastTurnId: undefined, lastTurnStatus: undefined });
  const opened = await openAgain(running);
  // A thread that had to be replaced meanwhile does not have the turn.
  if (state.turnId !== undefined && opened.thread.id === thread.id) {
    await withdrawTurn(opened.live.server, thread.id, state.turnId);
  }
  return opened;
}
