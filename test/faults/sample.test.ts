import { afterAll, describe, expect, it } from "vitest";
import { findCodexBinary } from "../../src/server/binary.ts";
import { runningBelow } from "../support/processes.ts";
import { faults } from "./faults.ts";
import { runFault } from "./run-fault.ts";

/* Some of what `npm run faults` tries: one of each kind, on the release we bring along. */
const sample = [
  "kill-in-mid-text",
  "kill-at-turn-start-answer",
  "kill-at-tool-answer",
  "sleep-in-mid-text",
  "stdout-closed",
  "twice-everything",
  "cut-message",
  "order-message",
  "overload-turn-start",
  "model-cut-once",
  "transcript-fails-once",
  "observer-throws",
  "control-throws",
];

describe.skipIf(process.platform !== "linux")("a fault", () => {
  afterAll(() => expect(runningBelow(process.pid)).toEqual([]));

  it.each(sample)("%s", { timeout: 120_000 }, async (id) => {
    const fault = faults.find((each) => each.id === id)!;
    const { problems, next } = await runFault(findCodexBinary().file, fault);
    expect(problems).toEqual([]);
    expect(next).toBe("ok");
  });
});

it("is described once", () => {
  const ids = faults.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(60);
});
