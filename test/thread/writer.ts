/**
 * A process that writes bindings as fast as it can and says on stdout what was committed; killed at any moment by
 * store-kill.test.ts. Arguments: the store's file, the writer's name, the process it is to end with, and a pause after each
 * write (ms, for bench/).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { BindingStore } from "../../src/thread/store.ts";

const [file, name, parent, pauseMs] = process.argv.slice(2) as [string, string, string, string?];
const store = new BindingStore(file);
const started = Date.now();
// Asked of the system: whoever starts this may be killed before it can say a word, and nobody would end this.
for (let n = 0; process.ppid === Number(parent); n += 1) {
  const sessionKey = `${name}-${n % 20}`;
  const threadId = `${name}-${started}-${n}`;
  const rotation = { reason: `round ${n}`, from: `${name}-before-${n}` };
  await store.bind(
    {
      agentId: "main",
      sessionKey,
      sessionId: "s",
      threadId,
      codexVersion: "0.169.0",
      cwd: "/w",
      policy: "never/read-only",
      tools: {},
      instructions: "",
      state: "active",
      createdAtMs: started,
      updatedAtMs: Date.now(),
    },
    rotation,
  );
  // One write: the line is out before the next commit, or it is not there at all.
  process.stdout.write(`${sessionKey} ${threadId}\n`);
  if (pauseMs !== undefined) await sleep(Number(pauseMs));
}
