import { settlesWithin } from "../server/child-process.ts";
import { interrupt } from "../turn/interrupt.ts";
import type { LiveServer } from "./server-slot.ts";

/** How long turns that were interrupted because we leave may take to say that they ended. */
const partingMs = 5000;

/** A server of our own ends with what it runs. One that we only leave would go on with it, and nobody would see it. */
export async function part({ server, router }: LiveServer): Promise<void> {
  if (server.process === undefined && !server.isClosed && router.followed.length > 0) {
    await Promise.all(router.followed.map((threadId) => interrupt(server, threadId, [])));
    await settlesWithin(router.drained(), partingMs);
  }
  await server.stop();
}
