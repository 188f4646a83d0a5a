import { BridgeError } from "../errors.ts";
import { decodeResult } from "../protocol/events.ts";
import { threadResult, turnsListResult } from "../protocol/methods.ts";
import { loadThread } from "../thread/open.ts";
import type { BindingStore } from "../thread/store.ts";
import type { LiveServer } from "./server-slot.ts";
import { ownerOf } from "./session.ts";
import type { SessionRef } from "./types.ts";

/** Copies a session's conversation into another session, at the end of a turn. */
export async function forkSession(
  store: BindingStore,
  live: LiveServer,
  from: SessionRef,
  to: SessionRef,
  lastTurnId: string | undefined,
): Promise<{ threadId: string }> {
  const source = await store.get(ownerOf(from));
  if (source?.state !== "active") {
    throw new BridgeError("session_has_no_thread", "There is no conversation to fork in this session.", {
      remedy: "Run a turn in it first.",
    });
  }
  const { server } = live;
  await loadThread(server, live.loaded, source);
  const point = lastTurnId === undefined ? {} : { lastTurnId };
  const params = { threadId: source.threadId, cwd: source.cwd, ...point, excludeTurns: true };
  const result = decodeResult("thread/fork", threadResult, await server.request("thread/fork", params));
  const threadId = result.thread.id;
  if (lastTurnId !== undefined) await requireForkPoint(live, threadId, lastTurnId);
  const now = Date.now();
  await store.bind({
    ...source,
    ...ownerOf(to),
    sessionId: to.id,
    threadId,
    rolloutPath: result.thread.path ?? undefined,
    codexVersion: server.info.version,
    createdAtMs: now,
    updatedAtMs: now,
  });
  return { threadId };
}

/** Turns keep their ids in a fork. Servers before 0.143 ignore the fork point: that is refused, not passed off. */
async function requireForkPoint(live: LiveServer, fork: string, lastTurnId: string): Promise<void> {
  const params = { threadId: fork, limit: 1, itemsView: "notLoaded" };
  const listed = await live.server.request("thread/turns/list", params);
  if (decodeResult("thread/turns/list", turnsListResult, listed).data[0]?.id === lastTurnId) return;
  await live.server.request("thread/archive", { threadId: fork }).catch(() => undefined);
  throw new BridgeError("fork_point_unsupported", "This Codex did not fork the conversation at that turn.", {
    remedy: "Fork without a turn, name a turn of this conversation, or use Codex 0.143 or newer.",
    facts: { version: live.server.info.version },
  });
}
