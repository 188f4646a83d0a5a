import type { AppServer } from "../server/app-server.ts";

/** An empty turn id is the only form that works in every state on every release, and never hangs. Children go first. */
export async function interrupt(server: AppServer, threadId: string, children: readonly string[]): Promise<void> {
  const options = { timeoutMs: 5000 };
  const stop = (id: string): Promise<unknown> =>
    server.call("turn/interrupt", { threadId: id, turnId: "" }, options).catch(() => undefined);
  await Promise.all(children.map(stop));
  await stop(threadId);
  await server.call("thread/backgroundTerminals/clean", { threadId }, options).catch(() => undefined);
  await server.process?.endEscaped();
}
