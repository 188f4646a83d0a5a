import { afterEach, expect, it } from "vitest";
import { findCodexBinary } from "../../src/server/binary.ts";
import { runningBelow } from "../support/processes.ts";
import { ReleaseRun } from "./release-run.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { managedVersion } from "./versions.ts";

/* That the matrix itself can fail: what hangs, what breaks, and what it no longer expects rightly. */

const { command } = findCodexBinary();
const releases = { tested: command, floor: command, newest: command };
let run: ReleaseRun;
afterEach(async () => {
  expect(await run.close()).toEqual([]);
  expect(runningBelow(process.pid)).toEqual([]);
});

const text = scenarios.find(({ id }) => id === "text")!;
const scenario = (id: string, work: Scenario["run"]): Scenario => ({ id, title: id, run: work });

it("names the clock of a scenario that hangs, and the next one works", async () => {
  run = new ReleaseRun(managedVersion(), releases, 8000);
  const hanging = scenario("hanging", async ({ host, session, openHost }) => {
    const own = await openHost();
    for (const each of [host, own]) each.reply = () => [{ stall: true }];
    await Promise.all([host.turn(session, "go"), own.turn(session, "go")]);
  });
  const { status, error } = await run.run(hanging);
  expect([status, error]).toEqual(["fail", expect.stringContaining("did not end within 8000 ms (scenarioMs)")]);
  expect(await run.run(text)).toMatchObject({ status: "pass" });
});

it("tells what was compared in a scenario that fails, and the next one works", async () => {
  run = new ReleaseRun(managedVersion(), releases);
  const broken = scenario("broken", async ({ host }) => {
    host.reply = () => {
      throw new Error("a script of an earlier scenario");
    };
    expect("found").toBe("expected");
  });
  expect(await run.run(broken)).toMatchObject({ status: "fail", error: expect.stringMatching(/found[\s\S]*\.ts:\d+/) });
  expect(await run.run(text)).toMatchObject({ status: "pass" });
});

it("fails a scenario that works although the release is said to lack something", async () => {
  run = new ReleaseRun("0.125.0", releases);
  const forking = scenarios.find(({ id }) => id === "fork-at-turn")!;
  expect(await run.run(forking)).toMatchObject({ status: "fail", error: expect.stringContaining("rejection") });
});

it("says what is lacking, and why, where the bridge does what it does instead", async () => {
  run = new ReleaseRun("0.125.0", releases);
  const lacking = scenario("lacking", async ({ lacks }) => {
    expect(lacks("thread/fork.lastTurnId")).toBe(true);
  });
  expect(await run.run(lacking)).toMatchObject({
    status: "degraded",
    lacks: ["thread/fork.lastTurnId"],
    reason: expect.stringContaining("forked"),
  });
});

it("has a scenario for each id once", () => {
  const ids = scenarios.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
