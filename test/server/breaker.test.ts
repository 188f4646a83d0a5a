import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { Breaker } from "../../src/server/breaker.ts";

const cause = new BridgeError("server_exited_early", "Codex ended with code 3.", { remedy: "Look at it." });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a breaker", () => {
  it("lets the first start through, and pauses longer before each of the next", async () => {
    const breaker = new Breaker();
    await breaker.ready();
    for (const waitMs of [250, 500]) {
      breaker.failed(cause);
      let ready = false;
      void breaker.ready().then(() => {
        ready = true;
      });
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect(ready).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(ready).toBe(true);
    }
  });

  it("refuses at once after three, says when it tries again, then tries once", async () => {
    const breaker = new Breaker();
    for (let failure = 0; failure < 3; failure += 1) breaker.failed(cause);
    await expect(breaker.ready()).rejects.toMatchObject({
      code: "server_start_suspended",
      message:
        "Codex could not be started 3 times in a row; it is tried again in 1 s. The last time: Codex ended with code 3.",
      remedy: "Look at it.",
      facts: { failures: 3, retryAtMs: Date.now() + 1000, lastCode: "server_exited_early" },
    });
    await vi.advanceTimersByTimeAsync(1000);
    await breaker.ready();
    breaker.failed(cause);
    await expect(breaker.ready()).rejects.toMatchObject({ facts: { failures: 4, retryAtMs: Date.now() + 2000 } });
  });

  it("never waits for longer than a minute, and a good start makes up for everything", async () => {
    const breaker = new Breaker();
    for (let failure = 0; failure < 30; failure += 1) breaker.failed(cause);
    await expect(breaker.ready()).rejects.toMatchObject({ facts: { retryAtMs: Date.now() + 60_000 } });
    breaker.succeeded();
    await breaker.ready();
    expect(breaker.closed).toBe(true);
    breaker.failed(cause);
    expect(breaker.closed).toBe(false);
    const again = breaker.ready();
    await vi.advanceTimersByTimeAsync(250);
    await again;
  });
});
