import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-sessions");
const state = path.join(folder.path, "state");
afterAll(() => {
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

const bridge = (...args: string[]) => codexBridge(folder.path, [...args, "--state", state]);
const turn = (session: string, ...more: string[]) => bridge("run", "--json", "--session", session, "hello", ...more);
const json = async (...args: string[]) => JSON.parse((await bridge("sessions", ...args, "--json")).stdout);

// A dozen processes one after the other.
it("lists, shows, unbinds, rebinds and forgets sessions", { timeout: 120_000 }, async () => {
  const first = JSON.parse((await turn("a", "--scripted")).stdout);
  const second = JSON.parse((await turn("b", "--scripted")).stdout);
  expect((await json("list")).map((row: { sessionKey: string }) => row.sessionKey)).toEqual(["b", "a"]);
  expect((await bridge("sessions", "list")).stdout).toMatch(/active.*\bb\n.*active.*\ba$/s);
  expect(await json("show", "a")).toMatchObject({
    threadId: first.thread.id,
    lastTurnStatus: "completed",
    rotations: [],
  });

  const taken = await bridge("sessions", "rebind", "b", first.thread.id);
  expect(taken).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("thread_bound_elsewhere") });
  expect((await bridge("sessions", "unbind", "a")).exitCode).toBe(0);
  expect((await bridge("sessions", "rebind", "b", first.thread.id)).exitCode).toBe(0);
  expect(await json("show", "b")).toMatchObject({
    threadId: first.thread.id,
    rotations: [{ from: second.thread.id, reason: "rebound by hand" }],
  });
  expect(JSON.parse((await turn("b", "--scripted")).stdout).thread).toEqual({ id: first.thread.id, resumed: true });
  expect(await json("prune", "--days", "0")).toEqual({ removed: 1 });

  for (const [args, code] of [
    [["show", "nobody"], "session_unknown"],
    [["rebind", "b", "not-an-id"], "thread_id_invalid"],
  ] as const) {
    expect(await bridge("sessions", ...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(code) });
  }
});

it("runs one turn at a time in a session, whatever process asks", { timeout: 180_000 }, async () => {
  const script = path.join(folder.path, "slow.json");
  writeFileSync(script, JSON.stringify({ turns: [{ steps: [[{ stall: true }]] }] }));
  const started = turn("shared", "--scripted", script);
  await expect.poll(async () => (await json("show", "shared")).lastTurnStatus, { timeout: 60_000 }).toBe("running");
  const refused = JSON.parse((await turn("shared", "--scripted", "--clock", "sessionWaitMs=100")).stdout);
  expect(refused).toMatchObject({
    ok: false,
    error: { code: "session_busy", message: expect.stringContaining("process") },
  });
  expect(await bridge("sessions", "unbind", "shared")).toMatchObject({ exitCode: 1 });
  const waiting = turn("shared", "--scripted", "--clock", "sessionWaitMs=120000");
  // It stalls for as long as it is needed here.
  started.kill("SIGINT");
  const [first, waited] = await Promise.all([started, waiting]);
  const { thread } = JSON.parse(first.stdout);
  expect(JSON.parse(waited.stdout).thread).toEqual({ id: thread.id, resumed: true });
});
