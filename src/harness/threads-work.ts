import { readTurnRecord } from "../thread/history.ts";
import type { LiveServer } from "./server-slot.ts";

/** How long one thread is asked. */
const askMs = 5000;

/** Whether any thread of a server is at work. They are asked: the word that one rests may have been lost. */
export async function threadsWork({ server, router }: LiveServer): Promise<boolean> {
  for (const threadId of router.atWork) {
    const record = await readTurnRecord(server, threadId, undefined, askMs).catch(() => undefined);
    router.noteStatus(threadId, record?.threadStatus ?? "idle");
  }
  return router.atWork.length > 0;
}
