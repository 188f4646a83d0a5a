import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { BindingStore } from "../../src/thread/store.ts";
import { testFolder } from "../support/home.ts";

const kills = 200;
const writers = 4;

/** A writer, and what it said it had committed. */
function startWriter(
  file: string,
  name: string,
): { child: ChildProcess; said: Map<string, string>; dead: Promise<unknown> } {
  const script = path.join(import.meta.dirname, "writer.ts");
  const child = spawn(process.execPath, [script, file, name, `${process.pid}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = new Map<string, string>();
  let rest = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) said.set(...(line.split(" ") as [string, string]));
  });
  return { child, said, dead: once(child, "close") };
}

it(`keeps every committed binding through ${kills} kills of its writers`, async () => {
  const folder = testFolder("store-kill");
  const file = path.join(folder.path, "sessions.db");
  const asides: string[] = [];
  let committed = 0;
  try {
    for (let round = 0; round < kills / writers; round += 1) {
      const running = Array.from({ length: writers }, (_, n) => startWriter(file, `w${n}`));
      // One of four is killed while it starts and opens, the others in the middle of writing.
      await Promise.all(
        running.map(async ({ child, dead }, n) => {
          if (n > 0) await once(child.stdout!, "data");
          await sleep(Math.random() * (n > 0 ? 60 : 200));
          child.kill("SIGKILL");
          await dead;
        }),
      );
      const store = new BindingStore(file, { onSetAside: (to) => void asides.push(to) });
      const bindings = new Map((await store.list()).map((binding) => [binding.sessionKey, binding]));
      for (const { said } of running) {
        committed += said.size;
        for (const [sessionKey, threadId] of said) {
          const kept = bindings.get(sessionKey);
          // The writer may have committed one more round of this session, and died before it could say so.
          const newer = Number(kept?.threadId.split("-").at(-1)) > Number(threadId.split("-").at(-1));
          expect(kept?.threadId === threadId || newer).toBe(true);
          const rotations = await store.rotations({ agentId: "main", sessionKey });
          expect(rotations.at(-1)?.to).toBe(kept?.threadId);
          expect(new Set(rotations.map(({ to }) => to)).size).toBe(rotations.length);
        }
      }
      await store.close();
    }
    expect(asides).toEqual([]);
    expect(committed).toBeGreaterThan(kills);
  } finally {
    folder.remove();
  }
}, 120_000);
