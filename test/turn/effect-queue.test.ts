import { expect, it } from "vitest";
import { EffectQueue } from "../../src/turn/effect-queue.ts";
import type { HostEffect } from "../../src/turn/state.ts";

const item = { type: "agentMessage", id: "m", text: "" } as const;
const delta = (text: string, id = "m"): HostEffect => ({
  type: "delta",
  channel: "text",
  item: { ...item, id },
  delta: text,
  text,
});

it("carries effects out in order and merges deltas that wait", async () => {
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const queue = new EffectQueue(
    async (effect) => {
      seen.push(effect.type === "delta" ? effect.delta : effect.type);
      if (seen.length === 1) await gate.promise;
    },
    () => undefined,
  );
  queue.push([delta("a")]);
  queue.push([delta("b"), delta("c"), { type: "reasoning.end" }, delta("d"), delta("e", "n")]);
  gate.resolve();
  await queue.idle();
  expect(seen).toEqual(["a", "bc", "reasoning.end", "d", "e"]);
});

it("tells the producer to wait when the consumer lags, and wakes it", async () => {
  const gate = Promise.withResolvers<void>();
  const queue = new EffectQueue(
    () => gate.promise,
    () => undefined,
    2,
  );
  const notices = Array.from({ length: 6 }, (): HostEffect => ({ type: "notice", text: "n" }));
  const lag = queue.push(notices);
  expect(lag).toBeInstanceOf(Promise);
  gate.resolve();
  await lag;
  await queue.idle();
});

it("goes on after a handler that throws or rejects, and reports it", async () => {
  const errors: unknown[] = [];
  let count = 0;
  const queue = new EffectQueue(
    () => {
      count += 1;
      if (count === 1) throw new Error("sync");
      return count === 2 ? Promise.reject(new Error("async")) : undefined;
    },
    (error) => errors.push(error),
  );
  queue.push([{ type: "reasoning.end" }, { type: "reasoning.end" }, { type: "reasoning.end" }]);
  await queue.idle();
  expect(count).toBe(3);
  expect(errors.map(String)).toEqual(["Error: sync", "Error: async"]);
});
