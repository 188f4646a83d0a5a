import { fork } from "node:child_process";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { killHard } from "../../test/conformance/host.ts";
import { scenarioMs } from "../../test/conformance/release-run.ts";
import type { ScenarioResult } from "../../test/conformance/scenario.ts";
import { runningBelow } from "../../test/support/processes.ts";
import type { Traffic, WorkerMessage, WorkerOrder } from "./messages.ts";

/** A worker ends a scenario that hangs by itself; one that is silent for longer than that hangs as a whole. */
const silentMs = scenarioMs * 2;

/** What is found out when everything else is over. */
export const leftoversScenario = { id: "leftovers", title: "no process is left running" };

export interface ReleaseReport {
  readonly version: string;
  readonly results: Record<string, ScenarioResult>;
  readonly elapsedMs: number;
  readonly traffic?: Traffic;
  /** Why nothing could be tried: npm has no executable of this release for this machine. */
  readonly unavailable?: string;
}

/** Tries the ordered scenarios on one release, in a process of its own. Never rejects: what goes wrong is a result. */
export function runRelease(
  order: WorkerOrder,
  onResult: (id: string, result: ScenarioResult) => void,
): Promise<ReleaseReport> {
  const startedAt = performance.now();
  const worker = fork(path.join(import.meta.dirname, "worker.ts"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const results: Record<string, ScenarioResult> = {};
  let current = "start";
  let traffic: Traffic | undefined;
  let why: string | undefined;
  let silence: NodeJS.Timeout | undefined;

  const put = (id: string, result: ScenarioResult): void => {
    results[id] = result;
    onResult(id, result);
  };
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      why = `the worker said nothing for ${silentMs} ms (silentMs) and was killed`;
      const pid = worker.pid;
      if (pid !== undefined) for (const each of [...runningBelow(pid), pid]) killHard(each);
    }, silentMs);
  };
  worker.on("message", (message: WorkerMessage) => {
    heard();
    if (message.type === "begin") current = message.id;
    else if (message.type === "result") put(message.id, message.result);
    else {
      traffic = message.traffic;
      const found = message.leftovers === 0 ? undefined : `${message.leftovers} processes were left running`;
      put(leftoversScenario.id, { ...(found ? { status: "fail", error: found } : { status: "pass" }), elapsedMs: 0 });
    }
  });
  heard();
  worker.send(order);
  return new Promise((resolve) => {
    worker.once("exit", (code, signal) => {
      clearTimeout(silence);
      const error = `in ${current}: ${why ?? `the worker ended by itself (${signal ?? `code ${code}`})`}`;
      for (const id of [...order.ids, leftoversScenario.id]) {
        if (!results[id]) put(id, { status: "fail", error, elapsedMs: 0 });
      }
      const elapsedMs = Math.round(performance.now() - startedAt);
      resolve({ version: order.version, results, elapsedMs, ...(traffic ? { traffic } : {}) });
    });
  });
}
