import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-prove");
afterAll(() => {
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

const bridge = (...args: string[]) => codexBridge(folder.path, [...args, "--state", "state"]);

it("proves a live run to have been Codex's alone, as the README says, until a byte is changed", {
  timeout: 120_000,
}, async () => {
  const run = await bridge("run", "--scripted", "--json", "--record", "rec", "--session", "work", "hello");
  const document = JSON.parse(run.stdout);
  expect(document).toMatchObject({
    ok: true,
    selection: "pinned to codex",
    server: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  writeFileSync(path.join(folder.path, "run.json"), run.stdout);

  const proof = await bridge("prove", "rec", "--run", "run.json", "--session", "work");
  expect(proof).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("shown: only Codex produced them") });
  const verify = () => bridge("prove", "--verify", "rec/evidence.json", "--session", "work");
  expect(await verify()).toMatchObject({ exitCode: 0 });

  const wire = path.join(folder.path, "rec", "wire.jsonl");
  const before = readFileSync(wire, "utf8");
  writeFileSync(wire, before.replace('"turn/completed"', '"turn/compIeted"'));
  expect((await verify()).exitCode).toBe(1);
  writeFileSync(wire, before);
  expect((await verify()).exitCode).toBe(0);

  // A run that was free to go elsewhere shows nothing.
  writeFileSync(path.join(folder.path, "free.json"), JSON.stringify({ ...document, selection: "first registered" }));
  expect((await bridge("prove", "rec", "--run", "free.json", "--session", "work")).exitCode).toBe(1);
});
