import { expect, it } from "vitest";
import type { ServerEvent } from "../../src/protocol/events.ts";
import { DeltaMerge } from "../../src/server/delta-merge.ts";

const delta = (text: string, itemId = "a", threadId = "t"): ServerEvent => ({
  type: "item.delta",
  threadId,
  turnId: "u",
  itemId,
  channel: "text",
  delta: text,
});
const other: ServerEvent = { type: "thread.status", threadId: "t", status: "idle", flags: [] };
const told = (event: ServerEvent): string =>
  event.type === "item.delta" ? `${event.itemId}:${event.delta}` : event.type;

it("makes one of what came together, in order, and keeps nothing beyond its block", async () => {
  const seen: string[] = [];
  const merge = new DeltaMerge(
    (event) => void seen.push(told(event)),
    () => expect.unreachable(),
  );
  for (const text of ["1", "2", "3"]) merge.event(delta(text));
  expect(seen).toEqual([]);
  merge.event(delta("4", "b"));
  expect(seen).toEqual(["a:123"]);
  merge.event(other);
  expect(seen).toEqual(["a:123", "b:4", "thread.status"]);
  merge.event(delta("5"));
  merge.event(delta("6", "a", "another thread"));
  await Promise.resolve();
  expect(seen.slice(3)).toEqual(["a:5", "a:6"]);
  // A request finds all that came before it.
  merge.event(delta("7"));
  merge.flush();
  expect(seen.at(-1)).toBe("a:7");
  await Promise.resolve();
  expect(seen).toHaveLength(6);
});

it("tells the producer to wait as long as anybody lags, and goes on after a consumer that throws", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const errors: unknown[] = [];
  let count = 0;
  const merge = new DeltaMerge(
    (event) => {
      if (event.type === "notice") throw new Error("broken");
      count += 1;
      return gates[count - 1]?.promise;
    },
    (thrown) => errors.push(thrown),
  );
  merge.event(delta("1"));
  merge.event(delta("2", "b"));
  // The first was delivered by the second, and its consumer lags.
  const lag = merge.event(delta("3", "b"));
  expect(lag).toBeInstanceOf(Promise);
  merge.flush();
  let over = false;
  void merge.event(delta("4", "b"))?.then(() => {
    over = true;
  });
  gates[1]!.reject(new Error("late"));
  await new Promise(setImmediate);
  expect(over).toBe(false);
  gates[0]!.resolve();
  await new Promise(setImmediate);
  expect(over).toBe(true);
  expect(merge.event({ type: "notice", text: "" })).toBeUndefined();
  expect(errors.map(String)).toEqual(["Error: late", "Error: broken"]);
});
