import path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { bin } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";

it("npm start's guided run proves its claims and leaves nothing behind", async () => {
  const folder = testFolder("demo");
  const { stdout, exitCode } = await execa(process.execPath, [bin, "demo"], {
    reject: false,
    cwd: folder.path,
    env: { HOME: folder.path },
  });
  expect(stdout).toContain("a new process resumed the same thread");
  expect(stdout.match(/✓ /g)?.length).toBeGreaterThanOrEqual(7);
  expect(stdout).not.toContain("✗");
  expect(exitCode).toBe(0);
  const { readdirSync } = await import("node:fs");
  expect(readdirSync(path.join(folder.path, ".state"))).toEqual([]);
  folder.remove();
});
