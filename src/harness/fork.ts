import { BridgeError } from "../errors.ts";
import type { ThreadBinding } from "../thread/binding.ts";
import { nameThread } from "../thread/name.ts";
import { loadThread, type ProviderSettings } from "../thread/open.ts";
import { noteLoaded } from "../thread/resume.ts";
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
  providerOf: (session: SessionRef, bound: ThreadBinding) => Promise<ProviderSettings>,
): Promise<{ threadId: string }> {
  const source = await store.get(ownerOf(from));
  if (source?.state !== "active") {
    throw new BridgeError("session_has_no_thread", "There is no conversation to fork in this session.", {
      remedy: "Run a turn in it first.",
    });
  }
  const { server } = live;
  if (lastTurnId !== undefined && !server.facts.supports("thread/fork.lastTurnId")) throw pointUnsupported(live);
  await loadThread(server, live.loaded, source, await providerOf(from, source));
  // A fork that is told nothing would be made for Codex's own provider.
  const provider = await providerOf(to, source);
  const point = lastTurnId === undefined ? {} : { lastTurnId };
  const params = { threadId: source.threadId, cwd: source.cwd, ...provider, ...point, excludeTurns: true } as const;
  const result = await server.call("thread/fork", params);
  const threadId = result.thread.id;
  if (lastTurnId !== undefined) await requireForkPoint(live, threadId, lastTurnId);
  noteLoaded(live.loaded, threadId, source.cwd);
  const now = Date.now();
  const owner = { ...ownerOf(to), sessionId: to.id, threadId };
  await store.bind({
    ...source,
    ...owner,
    rolloutPath: result.thread.path ?? undefined,
    codexVersion: server.info.version,
    createdAtMs: now,
    updatedAtMs: now,
  });
  await nameThread(server, owner);
  return { threadId };
}

/** Turns keep their ids in a fork. A server that did not take the fork point is found out, not passed off. */
async function requireForkPoint(live: LiveServer, fork: string, lastTurnId: string): Promise<void> {
  const { data } = await live.server.call("thread/turns/list", { threadId: fork, limit: 1, itemsView: "notLoaded" });
  if (data[0]?.id === lastTurnId) return;
  await live.server.call("thread/archive", { threadId: fork }).catch(() => undefined);
  throw pointUnsupported(live);
}

function pointUnsupported({ server }: LiveServer): BridgeError {
  return new BridgeError("fork_point_unsupported", "This Codex did not fork the conversation at that turn.", {
    remedy: "Fork without a turn, name a turn of this conversation, or use Codex 0.143 or newer.",
    facts: { version: server.info.version },
  });
}
