import type { Clocks } from "../clocks.ts";
import { readTurnRecord } from "../thread/history.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import { projectTurn } from "../transcript/project.ts";
import { interrupt } from "../turn/interrupt.ts";
import type { LiveServer } from "./server-slot.ts";

/** What became of a sub-agent that went on after its parent's turn. */
export interface SubAgentEnd {
  /** `lost`: its server is gone, or does not know it any more. */
  readonly status: "completed" | "failed" | "interrupted" | "lost";
  /** What it said last; "" if nothing. */
  readonly text: string;
}

/** A sub-agent has one task; more turns than these are not read. */
const maxTurns = 50;

/**
 * Waits until a sub-agent's thread rests. The server says so when it happens; as with turns, it is asked from time to
 * time, because a word may be lost.
 * @param signal interrupts it
 */
export async function subAgentEnd(
  live: LiveServer,
  threadId: string,
  clocks: Clocks,
  signal?: AbortSignal,
): Promise<SubAgentEnd> {
  const { server, router } = live;
  const stop = (): void => void interrupt(server, threadId, []).catch(() => undefined);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const gone = server.closed.then(() => true);
  try {
    for (;;) {
      const { threadStatus } = await readTurnRecord(server, threadId, undefined, clocks.requestMs);
      router.noteStatus(threadId, threadStatus);
      if (threadStatus !== "active") break;
      const rests = router.rests(threadId, clocks.quietProbeMs).then(() => false);
      if (await Promise.race([rests, gone])) return { status: "lost", text: "" };
    }
    const { data } = await server.call("thread/turns/list", { threadId, limit: 1, itemsView: "full" });
    const status = data[0]?.status;
    const said = data[0]?.items.findLast((item) => item.type === "agentMessage");
    return {
      status: status === "completed" || status === "interrupted" ? status : "failed",
      text: said?.type === "agentMessage" ? said.text : "",
    };
  } catch {
    return { status: "lost", text: "" };
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * What a sub-agent said and did, oldest first, of its newest turns (`thread/turns/list`); nothing is loaded for it.
 * @throws RpcError when the server does not know the thread
 */
export async function subAgentEntries({ server }: LiveServer, threadId: string): Promise<TranscriptEntry[]> {
  const { data } = await server.call("thread/turns/list", { threadId, limit: maxTurns, itemsView: "full" });
  return data.reverse().flatMap((turn) => projectTurn(threadId, turn));
}
