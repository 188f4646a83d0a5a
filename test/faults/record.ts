import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AppServer } from "../../src/server/app-server.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { projectTurn } from "../../src/transcript/project.ts";
import { RpcError } from "../../src/wire/errors.ts";
import type { Stand } from "./stand.ts";

/* What is on file of a session: in the host's transcript, and at the server. */

/** Every line of the transcripts as it was written, also one that was written twice. */
export function writtenEntries({ folders }: Stand): TranscriptEntry[] {
  return entriesBelow(folders.transcripts).flat();
}

/** Entries that are there twice in one of the transcripts of a folder. */
export function doubledLines(folder: string): string[] {
  return entriesBelow(folder).flatMap(doubledIn);
}

function entriesBelow(folder: string): TranscriptEntry[][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) =>
    readFileSync(path.join(folder, name), "utf8")
      .split("\n")
      .flatMap((line): TranscriptEntry[] => {
        try {
          const entry = JSON.parse(line) as TranscriptEntry | null;
          return typeof entry?.id === "string" ? [entry] : [];
        } catch {
          // A line that a crash cut off; whether something is lost with it is seen by what is there.
          return [];
        }
      }),
  );
}

/** Entries that are there twice: under one id, or the same words of the same turn under two. */
export function doubledIn(written: readonly TranscriptEntry[]): string[] {
  const byId = new Map<string, TranscriptEntry>();
  const doubled: string[] = [];
  for (const entry of written) {
    const before = byId.get(entry.id);
    // A whole entry takes the place of one that was cut off.
    if (before && !(before.incomplete && !entry.incomplete)) doubled.push(`${entry.id} is written twice`);
    byId.set(entry.id, entry);
  }
  const words = new Set<string>();
  for (const { kind, turnId, text = "" } of byId.values()) {
    if (kind === "tool" || text === "") continue;
    const said = JSON.stringify([kind, turnId, text]);
    if (words.has(said)) doubled.push(`${kind} "${text.slice(0, 40)}" stands twice in turn ${turnId}`);
    words.add(said);
  }
  return doubled;
}

/** What the server has on file of these turns and the transcript has not. */
export async function lostOf(
  server: AppServer,
  transcript: readonly TranscriptEntry[],
  turns: readonly { threadId: string; turnId: string }[],
): Promise<string[]> {
  const lost: string[] = [];
  for (const { threadId, turnId } of turns) {
    const turns = await server.call("thread/turns/list", { threadId, limit: 20, itemsView: "full" }).catch(unlessGone);
    const turn = turns?.data.find(({ id }) => id === turnId);
    // A server that was killed may not even have written down that the turn began.
    for (const entry of turn ? projectTurn(threadId, turn) : []) {
      // The prompt of a turn that was begun again stands under the turn that came to nothing.
      if (entry.kind === "user" || transcript.some((mine) => holds(mine, entry))) continue;
      lost.push(`${entry.kind} ${entry.itemId} "${(entry.text ?? entry.tool?.title ?? "").slice(0, 40)}"`);
    }
  }
  return lost;
}

/** A thread whose file is gone has no record that could be missed. */
function unlessGone(thrown: unknown): undefined {
  if (!(thrown instanceof RpcError)) throw thrown;
}

/** Older servers number the items of a turn that is over: there, only the words tell which is which. */
function holds(mine: TranscriptEntry, recorded: TranscriptEntry): boolean {
  if (mine.turnId !== recorded.turnId || mine.kind !== recorded.kind) return false;
  if (recorded.kind === "tool") return mine.itemId === recorded.itemId || mine.tool?.title === recorded.tool?.title;
  return mine.text === recorded.text;
}
