import { setTimeout as sleep } from "node:timers/promises";
import type { AppServer } from "../server/app-server.ts";

/** An empty turn id is the only form that works in every state on every release, and never hangs. Children go first. */
export async function interrupt(server: AppServer, threadId: string, children: readonly string[]): Promise<void> {
  const options = { timeoutMs: 5000 };
  const stop = (id: string): Promise<unknown> =>
    server.call("turn/interrupt", { threadId: id, turnId: "" }, options).catch(() => undefined);
  await Promise.all(children.map(stop));
  await stop(threadId);
  await server.call("thread/backgroundTerminals/clean", { threadId }, options).catch(() => undefined);
  void endEscaped(server);
}

/** When it is looked for after an interrupt, in ms: a sandbox takes its time to die, and on a busy machine a long one. */
const escapesAt = [0, 150, 600, 2000];

/** Commands that came through the end of their sandbox are ended as they show up. Nobody waits for it. */
async function endEscaped({ process }: AppServer): Promise<void> {
  let before = 0;
  for (const at of process ? escapesAt : []) {
    await sleep(at - before, undefined, { ref: false });
    before = at;
    await process?.endEscaped().catch(() => undefined);
  }
}
