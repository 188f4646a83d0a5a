import type { FactKey } from "../../src/protocol/facts.ts";
import type { ConformanceHost, HostOptions } from "./host.ts";

/** One thing the bridge promises on every release, tried on the real binary. */
export interface Scenario {
  /** Stable, and unique among all scenarios: results are kept under it. */
  readonly id: string;
  readonly title: string;
  /** It starts servers of other releases, too. */
  readonly mixesReleases?: true;
  /**
   * Throws when the promise is not kept. It asks `context.lacks` where a release cannot keep it, and then requires what
   * the bridge does instead; so a release that can, contrary to expectation, fails as well.
   */
  run(context: ScenarioContext): Promise<void>;
}

export interface ScenarioContext {
  readonly version: string;
  /** Unique in its host: for naming sessions and files. */
  readonly session: string;
  /** Shared by the scenarios of a release; one that kills or reconfigures its server opens its own. */
  readonly host: ConformanceHost;
  readonly releases: Releases;
  /** Whether the release lacks something; then the scenario's result is `degraded`. */
  lacks(fact: FactKey): boolean;
  /** A host of its own, closed after the scenario. */
  openHost(options?: HostOptions): Promise<ConformanceHost>;
}

/** Executables: the release that is tried, the oldest one and the newest one the bridge works with. */
export interface Releases {
  readonly tested: string;
  readonly floor: string;
  readonly newest: string;
}

export interface ScenarioResult {
  readonly status: "pass" | "degraded" | "fail";
  /** What the release lacks, and so what the bridge cannot do on it. */
  readonly lacks?: readonly FactKey[];
  readonly reason?: string;
  /** What went wrong, in a few lines. */
  readonly error?: string;
  readonly elapsedMs: number;
}
