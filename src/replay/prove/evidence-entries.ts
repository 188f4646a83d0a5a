import type { Message } from "../play/lanes.ts";
import type { ReplayedRecording } from "../play/replay.ts";
import type { ReplayedEntry } from "../play/replay-transcript.ts";
import type { EvidenceEntry } from "./evidence.ts";

interface Mention {
  readonly turnId: string;
  readonly itemId: string;
  readonly type: string;
  readonly seq: number;
}

interface ItemLike {
  readonly id?: string;
  readonly type?: string;
}

interface TurnLike {
  readonly id?: string;
  readonly items?: readonly ItemLike[];
}

/** Every entry a replay comes to, with what the app-server said that made it. */
export function evidenceEntries({ reduced, entries }: ReplayedRecording): EvidenceEntry[] {
  const messages = reduced.processes.flatMap((process) => process.messages).filter(({ from }) => from === "server");
  const said = new Map(messages.map((message) => [message.seq, message]));
  const mentions = Map.groupBy(messages.flatMap(mentionsIn), ({ turnId, itemId }) => `${turnId}/${itemId}`);
  const failed = new Set(reduced.turns.flatMap(({ state }) => (state.outcome?.kind === "failed" ? state.turnId : [])));
  return entries.map((replayed) => {
    const { turnId } = replayed.entry;
    return evidenceEntry(
      replayed,
      failed.has(turnId) ? said : new Map(),
      mentions.get(`${turnId}/${replayed.entry.itemId}`),
    );
  });
}

function evidenceEntry(
  { entry, seq }: ReplayedEntry,
  said: ReadonlyMap<number, Message>,
  mentions: readonly Mention[] = [],
): EvidenceEntry {
  const told = mentions.findLast((mention) => mention.seq <= seq);
  const item = told ? { id: told.itemId, type: told.type, line: told.seq + 1 } : null;
  // How a turn failed is Codex's word where Codex said so; otherwise a clock, an abort or a dead process ended it.
  const ended = entry.kind === "error" && said.get(seq)?.kind === "notification";
  return { id: entry.id, kind: entry.kind, by: item || ended ? "codex" : "bridge", line: seq + 1, item };
}

/** The items a message of the server tells of, whole or in part. */
function mentionsIn({ body, method, seq }: Message): Mention[] {
  const { turnId, itemId, item, turn, thread, data } = (body ?? {}) as {
    turnId?: string;
    itemId?: string;
    item?: ItemLike;
    turn?: TurnLike;
    thread?: { turns?: readonly TurnLike[] } | null;
    data?: unknown;
  };
  const found: Mention[] = [];
  const add = (of: string | undefined, id: string | undefined, type: string): void => {
    if (typeof of === "string" && typeof id === "string") found.push({ turnId: of, itemId: id, type, seq });
  };
  add(turnId, item?.id, item?.type ?? "");
  add(turnId, itemId, method);
  if (method === "turn/plan/updated") add(turnId, "turn-plan", method);
  const listed = method === "thread/turns/list" && Array.isArray(data) ? (data as TurnLike[]) : [];
  for (const each of [turn, ...(thread?.turns ?? []), ...listed]) {
    for (const { id, type } of each?.items ?? []) add(each?.id, id, type ?? "");
  }
  return found;
}
