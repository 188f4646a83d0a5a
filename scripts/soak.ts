import { fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCodexHarness } from "../src/harness/codex-harness.ts";
import { EmbeddedHost } from "../src/host/embedded-host.ts";
import { scriptedOverrides } from "../src/library/scripted.ts";
import { newestTestedVersion } from "../src/protocol/newest-tested.ts";
import { doubledLines } from "../test/faults/record.ts";
import { seededDice } from "../test/support/dice.ts";
import { testFolder } from "../test/support/home.ts";
import { runningBelow } from "../test/support/processes.ts";
import { notUnderstood, scriptArguments, wholeNumber } from "./arguments.ts";
import { installRelease } from "./codex-releases.ts";
import { Load } from "./soak/load.ts";
import { type Sample, sampleOf, verdicts } from "./soak/measure.ts";
import { asPage, asText, isFlat, type SoakReport } from "./soak/page.ts";

const usage = `Keeps a bridge busy with random work, and looks whether anything grows that should not.

  npm run soak -- --minutes N [--seed S] [--version ${newestTestedVersion}] [--lanes N] [--json] [--write]

  --seed    the same random choices again (what they meet depends on the machine)
  --write   write docs/soak.md

The exit code is 1 if a measure is not flat, something is left, or a turn ended as none may. Linux only.`;

const { values } = scriptArguments(usage, {
  options: {
    minutes: { type: "string", default: "20" },
    seed: { type: "string" },
    version: { type: "string", default: newestTestedVersion },
    lanes: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

async function soak(minutes: number, seed: number, lanes: number): Promise<SoakReport> {
  const folder = testFolder("soak");
  const cwd = path.join(folder.path, "work");
  mkdirSync(cwd);
  const model = fork(path.join(import.meta.dirname, "soak/model.ts"));
  const [modelUrl] = (await once(model, "message")) as [string];
  const helpers = new Set(runningBelow(process.pid));
  const harness = createCodexHarness({
    stateDir: folder.path,
    server: {
      command: (await installRelease(values.version)).command,
      codexHome: path.join(folder.path, "home"),
      configOverrides: scriptedOverrides(modelUrl),
      env: { HOME: folder.path },
    },
  });
  const host = new EmbeddedHost({ stateDir: folder.path, harnesses: [harness] });
  const own = (): number[] => runningBelow(process.pid).filter((pid) => !helpers.has(pid));
  const load = new Load({
    harness,
    host,
    cwd,
    dice: seededDice(seed),
    killServers: () => {
      for (const pid of own()) killHard(pid);
    },
  });
  const samples: Sample[] = [];
  const left: string[] = [];
  try {
    const from = performance.now();
    const isOver = (): boolean => performance.now() - from > minutes * 60_000;
    const everyMs = Math.max(1000, (minutes * 60_000) / 200);
    const sampling = (async () => {
      while (!isOver()) {
        await sleep(everyMs);
        samples.push(sampleOf(harness, folder.path, helpers.size, performance.now() - from));
        const { counts } = load;
        if (samples.length % 20 === 0) progress(samples.at(-1)!, counts.odd.length);
      }
    })();
    await Promise.all([sampling, ...Array.from({ length: lanes }, () => load.lane(isOver))]);
    for (let wait = 0; wait < 100 && open(harness) > 0; wait += 1) await sleep(100);
    if (open(harness) > 0) left.push(`open work: ${JSON.stringify(harness.snapshot())}`);
    left.push(...doubledLines(path.join(folder.path, "transcripts")));
  } finally {
    await host.dispose();
    for (let wait = 0; wait < 60 && own().length > 0; wait += 1) await sleep(50);
    left.push(...own().map((pid) => `process ${pid}`));
    for (const pid of own()) killHard(pid);
    model.disconnect();
    folder.remove();
  }
  return { version: values.version, seed, minutes, counts: load.counts, samples, verdicts: verdicts(samples), left };
}

function open(harness: {
  snapshot(): { sessions: number; requests: number; serverRequests: number; followed: number };
}) {
  const { sessions, requests, serverRequests, followed } = harness.snapshot();
  return sessions + requests + serverRequests + followed;
}

function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

function progress({ atMs, rssBytes, fds, processes }: Sample, odd: number): void {
  const mebibytes = Math.round(rssBytes / 2 ** 20);
  process.stderr.write(
    `${(atMs / 60_000).toFixed(1)} min: ${mebibytes} MiB, ${fds} fds, ${processes} processes, ${odd} odd\n`,
  );
}

const minutes = Number(values.minutes);
if (!(minutes > 0)) notUnderstood("--minutes takes a number above 0");
const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber("seed", values.seed, 0);
const report = await soak(minutes, seed, wholeNumber("lanes", values.lanes));
console.log(values.json ? JSON.stringify(report, null, 1) : asText(report));
if (values.write) await writeFile(path.resolve(import.meta.dirname, "../docs/soak.md"), asPage(report));
process.exitCode = isFlat(report) ? 0 : 1;
