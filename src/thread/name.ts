import { z } from "zod";
import type { ResultOf } from "../protocol/methods.ts";
import type { AppServer } from "../server/app-server.ts";
import { settlesWithin } from "../server/child-process.ts";
import { inLine, type Lines } from "../server/in-line.ts";
import { RpcError } from "../wire/errors.ts";
import type { ThreadBinding } from "./binding.ts";
import type { BindingStore } from "./store.ts";

/** How long a session's next work waits for it. */
const patienceMs = 2000;
const names: Lines = new WeakMap();
const prefix = "codex-bridge ";
const nameShape = z.object({ agent: z.string(), session: z.string(), id: z.string() });

/**
 * Writes the session into the thread's name (`thread/name/set`), so that Codex itself can say whose thread it is when
 * our own record was lost. Nothing depends on it; it never fails. Not before the thread's first turn: releases
 * from 0.142 to 0.156 let that turn wait up to 1.6 s for it. One at a time on each server: with 150 threads 0.125.0 works
 * half a second for one, and turns would stand in line behind all of them.
 * @returns false when the server had too much to do; the next turn may try again
 */
export async function nameThread(
  server: AppServer,
  {
    threadId,
    agentId,
    sessionKey,
    sessionId,
  }: Pick<ThreadBinding, "threadId" | "agentId" | "sessionKey" | "sessionId">,
): Promise<boolean> {
  const name = prefix + JSON.stringify({ agent: agentId, session: sessionKey, id: sessionId });
  let isWanted = true;
  const ask = (): Promise<boolean> =>
    server.call("thread/name/set", { threadId, name }).then(
      () => true,
      (thrown) => thrown instanceof RpcError,
    );
  const named = inLine(names, server, () => isWanted, ask);
  const inTime = await settlesWithin(named, patienceMs);
  isWanted = false;
  return inTime && (await named) === true;
}

/** Binds what the server can list back to its sessions, newest thread first. @returns how many sessions */
export async function rebuildBindings(server: AppServer, store: BindingStore): Promise<number> {
  let cursor: string | null | undefined;
  let count = 0;
  do {
    const more = cursor ? { cursor } : {};
    const page: ResultOf<"thread/list"> = await server.call("thread/list", {
      limit: 100,
      sortKey: "updated_at",
      ...more,
    });
    for (const thread of page.data) {
      const named = parseName(thread.name);
      if (!named) continue;
      const owner = { agentId: named.agent, sessionKey: named.session };
      if (await store.get(owner)) continue;
      const now = Date.now();
      await store.bind({
        ...owner,
        sessionId: named.id,
        threadId: thread.id,
        ...(thread.path ? { rolloutPath: thread.path } : {}),
        codexVersion: server.info.version,
        codexHome: server.info.codexHome,
        cwd: thread.cwd ?? "",
        policy: "",
        tools: null,
        instructions: "",
        state: "active",
        createdAtMs: now,
        updatedAtMs: now,
      });
      count += 1;
    }
    cursor = page.nextCursor;
  } while (cursor);
  return count;
}

function parseName(name: string | null | undefined): z.infer<typeof nameShape> | undefined {
  if (!name?.startsWith(prefix)) return undefined;
  try {
    return nameShape.parse(JSON.parse(name.slice(prefix.length)));
  } catch {
    return undefined;
  }
}
