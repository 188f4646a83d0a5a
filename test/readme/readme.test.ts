import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { blocksOf } from "../../scripts/readme/blocks.ts";
import { followReadme } from "../../scripts/readme.ts";
import { runningBelow } from "../support/processes.ts";

const folder = path.resolve(import.meta.dirname, `../../.cache/readme-${process.pid}`);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  expect(runningBelow(process.pid)).toEqual([]);
});

it("can be followed word by word in a fresh clone with an empty home", { timeout: 900_000 }, async () => {
  const runs = await followReadme({ folder, install: false });
  expect(runs.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0)).toEqual([]);
  const said = runs.map(({ output }) => output).join("\n");
  // Not only did they end well: they did what the README says they do.
  expect(said).toContain("You wrote: hello");
  expect(said).toContain("✓ both turns ran on the real Codex");
  expect(said).toContain('"ok":true,"harness":"codex"');
  expect(said).toContain("shown: only Codex produced them");
  expect(said).toContain("nothing was edited");
  expect(said).toContain("The files are:");
  expect(said).toMatch(/^completed .*You wrote: hello$/m);
  expect(runs.filter(({ act }) => act === "run").length).toBeGreaterThan(6);
});

describe("the comments of its blocks", () => {
  const block = (comment: string): string => `text\n${comment}\n\`\`\`sh\nls ID\n\`\`\`\n`;

  it("say what is done with each", () => {
    expect(blocksOf(block("<!-- run -->"))).toEqual([{ line: 3, code: "ls ID\n", act: "run", words: {} }]);
    expect(blocksOf(block("<!-- run with ID=a=b X=1 -->"))).toMatchObject([{ words: { ID: "a=b", X: "1" } }]);
    expect(blocksOf(block("<!-- run as a program -->"))).toMatchObject([{ act: "program" }]);
    expect(blocksOf(block("<!-- save as a.ts -->"))).toMatchObject([{ act: "save", file: "a.ts" }]);
    expect(blocksOf(block("<!-- save as a.ts, then ls a.ts -->"))).toMatchObject([{ command: "ls a.ts" }]);
    expect(blocksOf(block("<!-- do not run: costs money -->"))).toMatchObject([{ reason: "costs money" }]);
  });

  it("are never left out, nor misspelt", () => {
    for (const comment of ["", "<!-- runs -->", "<!-- do not run -->", "<!-- save as ../x -->"]) {
      expect(() => blocksOf(block(comment))).toThrow("README:3:");
    }
    expect(() => blocksOf("```sh\nls\n")).toThrow("does not end");
  });
});
