import { performance } from "node:perf_hooks";
import { type FactKey, factOf, factsFor } from "../../src/protocol/facts.ts";
import { settlesWithin } from "../../src/server/child-process.ts";
import { runningBelow } from "../support/processes.ts";
import { type ConformanceHost, killHard, openHost } from "./host.ts";
import type { Releases, Scenario, ScenarioContext, ScenarioResult } from "./scenario.ts";

/** No scenario takes this long; one that does is a failure that names this clock. */
export const scenarioMs = 30_000;
const closeMs = 10_000;

export interface FailedScenario extends ScenarioResult {
  /** What was thrown, as it was thrown. */
  readonly thrown?: unknown;
}

/** Runs scenarios on one release, one after the other, on a host they share. */
export class ReleaseRun {
  readonly #version: string;
  readonly #releases: Releases;
  readonly #before = new Set(runningBelow(process.pid));
  readonly #limitMs: number;
  #shared: ConformanceHost | undefined;
  #count = 0;

  /** @param limitMs the deadline of each scenario */
  constructor(version: string, releases: Releases, limitMs = scenarioMs) {
    this.#version = version;
    this.#releases = releases;
    this.#limitMs = limitMs;
  }

  async run(scenario: Scenario): Promise<FailedScenario> {
    const startedAt = performance.now();
    const lacking = new Set<FactKey>();
    const own: ConformanceHost[] = [];
    const thrown = await this.#attempt(scenario, lacking, own).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const closed = await settlesWithin(Promise.allSettled(own.map((host) => host.close())), closeMs);
    // Whatever state a failure left behind, the next scenario does not meet it.
    if (thrown || !closed) await this.close();
    const elapsedMs = Math.round(performance.now() - startedAt);
    if (thrown) return { status: "fail", error: explain(thrown.error), thrown: thrown.error, elapsedMs };
    if (!closed) return { status: "fail", error: `its hosts did not close within ${closeMs} ms (closeMs)`, elapsedMs };
    if (lacking.size === 0) return { status: "pass", elapsedMs };
    const lacks = [...lacking];
    return {
      status: "degraded",
      lacks,
      reason: lacks.map((fact) => factOf(fact)?.without).join("; "),
      elapsedMs,
    };
  }

  /**
   * Ends what is still running, by force where it has to be.
   * @returns the processes that outlived what started them
   */
  async close(): Promise<number[]> {
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared) await settlesWithin(shared.close(), closeMs);
    const leftovers = runningBelow(process.pid).filter((pid) => !this.#before.has(pid));
    for (const pid of leftovers) killHard(pid);
    return leftovers;
  }

  async #attempt(scenario: Scenario, lacking: Set<FactKey>, own: ConformanceHost[]): Promise<void> {
    this.#shared ??= await openHost(this.#releases.tested, `matrix-${this.#version}`);
    this.#count += 1;
    const context: ScenarioContext = {
      version: this.#version,
      session: `${scenario.id}-${this.#count}`,
      host: this.#shared,
      releases: this.#releases,
      lacks: (fact) => {
        if (factsFor(this.#version).supports(fact)) return false;
        lacking.add(fact);
        return true;
      },
      openHost: async (options) => {
        const host = await openHost(this.#releases.tested, `matrix-${this.#version}-${scenario.id}`, options);
        own.push(host);
        return host;
      },
    };
    const late = Promise.withResolvers<never>();
    const clock = setTimeout(
      () => late.reject(new Error(`the scenario did not end within ${this.#limitMs} ms (scenarioMs)`)),
      this.#limitMs,
    );
    try {
      await Promise.race([scenario.run(context), late.promise]);
    } finally {
      clearTimeout(clock);
    }
  }
}

/** An assertion's message, the line it stands in, and the values it compared. */
function explain(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const line = /conformance\/[\w/-]+\.ts:\d+/.exec(thrown.stack ?? "")?.[0];
  const text = `${thrown.message.trim()}${line ? ` (${line})` : ""}`;
  return text.length > 1500 ? `${text.slice(0, 1500)} …` : text;
}
