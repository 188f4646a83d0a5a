import type { TurnsListParams } from "../protocol/params.ts";
import type { TurnSummary } from "../protocol/shapes.ts";
import type { AppServer } from "../server/app-server.ts";
import { RpcError } from "../wire/errors.ts";

/** What the server itself says about a turn. */
export interface TurnRecord {
  /** What the thread is doing: `active`, `idle`, `systemError`, `notLoaded`. */
  readonly threadStatus: string;
  /** The turn with its items; while it is running, without them. Absent when the server has none of that id. */
  readonly turn?: TurnSummary;
  /** False when this thread keeps no history to look the turn up in (ephemeral threads). */
  readonly listed: boolean;
  /** The turn is over, but its items could not be read (too many, too slow): only how it ended is known. */
  readonly itemsUnread?: true;
}

/** How far back a turn is looked for: server-started turns may have followed it. */
const lookBack = 8;

/**
 * Reads how a turn stands: a status that costs a few milliseconds, and the items only of a turn that is over
 * (`thread/read`, `thread/turns/list`; both on every supported release).
 * @param isWanted whether somebody still wants to know; the items are not asked for when nobody does
 * @throws BridgeError of the request; RpcError when the server does not know the thread
 */
export async function readTurnRecord(
  server: AppServer,
  threadId: string,
  turnId: string | undefined,
  timeoutMs: number,
  isWanted = (): boolean => true,
): Promise<TurnRecord> {
  const { thread } = await server.call("thread/read", { threadId }, { timeoutMs });
  const threadStatus = thread.status.type;
  if (turnId === undefined || !isWanted()) return { threadStatus, listed: true };
  const outline = await listTurns(server, { threadId, limit: lookBack, itemsView: "notLoaded" }, timeoutMs);
  if (!outline) return { threadStatus, listed: false };
  const at = outline.findIndex((turn) => turn.id === turnId);
  const found = outline[at];
  if (!found) return { threadStatus, listed: true };
  if (found.status === "inProgress") return { threadStatus, listed: true, turn: { ...found, items: [] } };
  // How the turn ended is known by now, and counts also when its items are more than can be read.
  const full = await listTurns(server, { threadId, limit: at + 1, itemsView: "full" }, timeoutMs).catch(
    () => undefined,
  );
  const whole = full?.find((turn) => turn.id === turnId);
  return { threadStatus, listed: true, turn: whole ?? found, ...(whole ? {} : { itemsUnread: true }) };
}

/** The turn a thread began last, without its items; undefined when there is none, or the thread keeps no list. */
export async function readNewestTurn(
  server: AppServer,
  threadId: string,
  timeoutMs: number,
): Promise<TurnSummary | undefined> {
  return (await listTurns(server, { threadId, limit: 1, itemsView: "notLoaded" }, timeoutMs))?.[0];
}

/** Newest first; undefined when the thread keeps no list. */
async function listTurns(
  server: AppServer,
  params: TurnsListParams,
  timeoutMs: number,
): Promise<TurnSummary[] | undefined> {
  try {
    const { data } = await server.call("thread/turns/list", params, { timeoutMs });
    return data;
  } catch (thrown) {
    if (thrown instanceof RpcError) return undefined;
    throw thrown;
  }
}
