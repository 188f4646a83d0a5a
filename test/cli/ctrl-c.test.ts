import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { bin } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-ctrl-c");
afterAll(() => {
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

it("Ctrl-C twice quits at once, also when Codex confirms nothing, and leaves nothing behind", {
  timeout: 240_000,
}, async () => {
  const script = path.join(folder.path, "slow.json");
  writeFileSync(script, JSON.stringify({ turns: [{ steps: [[{ say: "so far", chunkChars: 1 }, { stall: true }]] }] }));
  const args = [bin, "run", "--state", path.join(folder.path, "state"), "--scripted", script, "x"];
  const child = spawn(process.execPath, args, {
    cwd: folder.path,
    env: { PATH: process.env.PATH ?? "", HOME: folder.path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const said = (stream: NodeJS.ReadableStream, words: string): Promise<string> =>
    new Promise((resolve) => {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk;
        if (text.includes(words)) resolve(text);
      });
    });
  await said(child.stdout, "so far");
  const below = runningBelow(child.pid!);
  const codex = below.filter((pid) => /app-server/.test(commandOf(pid)));
  expect(codex.length).toBeGreaterThan(0);
  // It hears nothing any more, so that the first Ctrl-C cannot end the turn before the second comes.
  for (const pid of codex) process.kill(pid, "SIGSTOP");
  const told = said(child.stderr, "press Ctrl-C again");
  child.kill("SIGINT");
  expect(await told).toContain("Interrupting the turn");
  child.kill("SIGINT");
  expect(await exited).toEqual([130, null]);
  await expect.poll(() => below.filter((pid) => commandOf(pid) !== ""), { timeout: 60_000 }).toEqual([]);
});

function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
