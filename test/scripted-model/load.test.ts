import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { loadScriptFile, parseScript } from "../../src/scripted-model/load.ts";

let folder: string;
beforeAll(async () => {
  const state = fileURLToPath(new URL("../../node_modules/.cache/codex-bridge/", import.meta.url));
  await mkdir(state, { recursive: true });
  folder = await mkdtemp(join(state, "scripts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a document with every kind of part loads unchanged", async () => {
  const script = {
    turns: [
      {
        when: "^hello",
        steps: [
          [
            { say: "a", phase: "commentary", chunkChars: 1, delayMs: 0 },
            { think: "a", raw: "b" },
            { shell: "ls", yieldMs: 1, workdir: "/", escalate: "please" },
            { patch: "p" },
            { call: "t", args: { q: [1] }, namespace: "n", id: "call_x" },
            { custom: "exec", input: "i", id: "call_y" },
            { plan: [{ step: "s", status: "pending" }], explanation: "e" },
            { waitMs: 1 },
            { deltas: 3, text: "x" },
            { usage: { input: 1, output: 2, cached: 0 } },
          ],
          [{ cut: true }],
          [{ stall: true }],
          [{ failed: { code: "c", message: "m" } }],
          [{ incomplete: "max_output_tokens" }],
        ],
      },
    ],
  };
  const path = join(folder, "all.json");
  await writeFile(path, JSON.stringify(script));
  expect(await loadScriptFile(path)).toEqual(script);
});

test("a missing file is script_not_found", async () => {
  const path = join(folder, "none.json");
  const error = await loadScriptFile(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BridgeError);
  expect(error).toMatchObject({ code: "script_not_found", message: expect.stringContaining("ENOENT") });
  expect((error as BridgeError).remedy).toBeTruthy();
});

test.each([
  ["{", "$", "expected JSON"],
  ["[]", "$", "found []"],
  ['{"turns":[]}', "$.turns", "found []"],
  ['{"turns":[{"when":"(","steps":[]}]}', "$.turns[0].when", "regular expression"],
  ['{"turns":[{"steps":[[{"says":"x"}]]}]}', "$.turns[0].steps[0][0]", "found says"],
  ['{"turns":[{"steps":[[{"say":7}]]}]}', "$.turns[0].steps[0][0].say", "found 7"],
  ['{"turns":[{"steps":[[],[{"say":"x"},{"shell":"ls","yield":1}]]}]}', "$.turns[0].steps[1][1]", "yield"],
])("%s is script_invalid at %s", (text, place, problem) => {
  let error: unknown;
  try {
    parseScript(text, "s.json");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "script_invalid", facts: { path: "s.json", place } });
  expect((error as BridgeError).message).toContain(`s.json at ${place}: `);
  expect((error as BridgeError).message).toContain(problem);
  expect((error as BridgeError).remedy).toContain(place);
});
