import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { headOf } from "../../scripts/arguments.ts";

const repository = path.resolve(import.meta.dirname, "../..");

it("scripts say how they are called, and what of a call they do not understand", { timeout: 60_000 }, async () => {
  const called = (...args: string[]) =>
    execa(process.execPath, ["bench/tools.ts", ...args], { cwd: repository, reject: false });
  const [help, unknown, number] = await Promise.all([called("--help"), called("--nosuch"), called("--calls", "3x")]);
  expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  expect(help.stdout).toMatch(/^What a host tool costs.*\n[\s\S]*\n {2}node bench\/tools\.ts \[--json\]/);
  expect(unknown).toMatchObject({ exitCode: 2, stdout: "", stderr: "Unknown option '--nosuch' (--help explains)" });
  expect(number).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(/^--calls takes .*$/) });
});

const scripts = ["bench", "scripts"].flatMap((folder) =>
  readdirSync(path.join(repository, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(folder, name)),
);

it.each(scripts.filter((file) => readFileSync(path.join(repository, file), "utf8").includes("(headOf(")))(
  "the head of %s says how it is called",
  (file) => {
    const ways = [`node ${file}`, "npm run "];
    expect(ways.some((way) => headOf(path.join(repository, file)).includes(way))).toBe(true);
  },
);
