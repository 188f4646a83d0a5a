import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Cli } from "./clis.ts";
import type { RawRequest } from "./mock.ts";
import { startMock } from "./mock.ts";
import { answersFor, commands, files, plays, prompt } from "./play.ts";

export interface Capture {
  readonly requests: readonly RawRequest[];
  readonly others: readonly RawRequest[];
}

const longestMs = 120_000;

/**
 * Runs a CLI once, in a home and a project of its own, against the mock.
 * @throws Error when it did not get through its three requests
 */
export async function runCli(cli: Cli, folder: string): Promise<Capture> {
  const place = await realpath(await mkdtemp(path.join(os.tmpdir(), "harness-capture-")));
  const [home, work] = [path.join(place, "home"), path.join(place, "work")];
  await mkdir(home);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(work, name)), { recursive: true });
    await writeFile(path.join(work, name), text);
  }
  const mock = await startMock(
    cli.wire,
    answersFor(plays[cli.harness]!, path.join(work, "notes.txt"), commands.failingLate),
  );
  try {
    const { file, args, env } = cli.command(folder, mock.url, prompt);
    const child = spawn(file, args, {
      cwd: work,
      env: { PATH: process.env.PATH ?? "", HOME: home, XDG_CONFIG_HOME: path.join(home, ".config"), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: longestMs,
      killSignal: "SIGKILL",
    });
    let words = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (words += text));
    const [code] = (await once(child, "close")) as [number | null];
    const { requests, others } = mock;
    if (requests.length < 3) {
      const paths = others.map(({ method, path: asked }) => `${method} ${asked}`).join(", ");
      throw new Error(
        `${cli.id} ended with ${code} after ${requests.length} requests (others: ${paths}): ${words.slice(-2000)}`,
      );
    }
    return { requests: requests.slice(0, 3), others };
  } finally {
    await mock.close();
    await rm(place, { recursive: true, force: true });
  }
}
