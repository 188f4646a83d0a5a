import type { Releases, ScenarioResult } from "../../test/conformance/scenario.ts";

/* What the matrix and its workers tell each other. */

export interface WorkerOrder {
  readonly version: string;
  readonly releases: Releases;
  readonly ids: readonly string[];
  readonly traffic: boolean;
}

export type WorkerMessage =
  | { readonly type: "begin"; readonly id: string }
  | { readonly type: "result"; readonly id: string; readonly result: ScenarioResult }
  | { readonly type: "end"; readonly leftovers: number; readonly traffic?: Traffic };

/** Methods with the top-level keys of their parameters, both sorted. */
export type Methods = Readonly<Record<string, readonly string[]>>;

export interface Traffic {
  /** Requests and notifications of ours. */
  readonly sent: Methods;
  /** Requests and notifications of the server. */
  readonly received: Methods;
}
