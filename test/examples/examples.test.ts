import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stagePackage } from "../../scripts/build/stage.ts";
import { runningBelow } from "../support/processes.ts";

/*
 * The examples as somebody would run them who has installed the package. Not below node_modules, where Node runs no
 * TypeScript; Codex is found in the repository's, further up.
 */

const repository = path.resolve(import.meta.dirname, "../..");
const project = path.join(repository, ".cache", `examples-${process.pid}`);

beforeAll(async () => {
  cpSync(path.join(repository, "examples"), project, { recursive: true });
  mkdirSync(path.join(project, "node_modules"));
  // Without it the project would be a part of ours, and our package's name mean what was built here last.
  writeFileSync(path.join(project, "package.json"), '{ "private": true, "type": "module" }');
  await stagePackage(path.join(project, "node_modules", "openclaw-codex-bridge"));
});
afterAll(() => {
  rmSync(project, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  expect(runningBelow(process.pid)).toEqual([]);
});

const example = (...args: string[]) =>
  execa(process.execPath, args, {
    cwd: project,
    reject: false,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? "", HOME: project },
  });

it("one turn: shows the words and says on what it ran", { timeout: 180_000 }, async () => {
  const { exitCode, stdout, stderr } = await example("one-turn.ts", "greetings");
  expect(stderr).toBe("");
  expect(stdout).toContain("You wrote: greetings\ncompleted on Codex ");
  expect(exitCode).toBe(0);
});

it("tools and approvals: one command is let through and one is not", { timeout: 180_000 }, async () => {
  const { exitCode, stdout, stderr } = await example("tools-and-approvals.ts");
  expect(stderr).toBe("");
  expect(stdout).toContain("stock: ");
  expect(stdout).toMatch(/^accept: command .*echo ordered/m);
  expect(stdout).toMatch(/^decline: command .*rm -f order.txt/m);
  expect(stdout).toContain("12 lamps in stock");
  expect(existsSync(path.join(project, "order.txt"))).toBe(true);
  expect(exitCode).toBe(0);
});

it("Codex only: the turn's recording proves it", { timeout: 180_000 }, async () => {
  const { exitCode, stdout } = await example("--test", "codex-only.test.ts");
  expect(stdout).toContain("pass 1");
  expect(exitCode).toBe(0);
  expect(existsSync(path.join(project, ".state", "evidence", "evidence.json"))).toBe(true);
});

it("replay: a recording is a unit test, and one that was changed fails it", async () => {
  expect(await example("--test", "replay.test.ts")).toMatchObject({ exitCode: 0 });
  cpSync(path.join(project, "replay.test.ts"), path.join(project, "recording", "transcript.txt"));
  const { exitCode, stdout } = await example("--test", "replay.test.ts");
  expect(stdout).toContain("different");
  expect(exitCode).toBe(1);
});
