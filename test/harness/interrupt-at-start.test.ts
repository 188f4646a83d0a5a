import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
beforeAll(async () => {
  bridge = await openTestHost("interrupt-at-start");
});
afterAll(() => bridge.close());

function withWords(words: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").includes(words) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

it.skipIf(process.platform !== "linux")("leaves no command whose sandbox was just being set up", async () => {
  // Where exactly it is met decides; each time a little later.
  for (let delayMs = 0; delayMs < 160; delayMs += 16) {
    const command = `sleep 41${process.pid}${delayMs}`;
    bridge.reply = () => [{ shell: command }];
    const stop = new AbortController();
    const turn = bridge.turn("s", "wait", { signal: stop.signal, sandbox: "workspace-write" });
    await expect.poll(() => withWords(command).length, { interval: 1, timeout: 30_000 }).toBeGreaterThan(0);
    await sleep(delayMs);
    stop.abort();
    expect((await turn).outcome.kind).toBe("interrupted");
    await expect.poll(() => withWords(command), { timeout: 3000 }).toEqual([]);
  }
});
