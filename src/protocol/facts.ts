import semver from "semver";
import { newestTestedVersion } from "./newest-tested.ts";

/** One thing that not every supported release has. */
interface Fact {
  /** First release that has it; absent: the oldest supported one already does. */
  readonly since?: string;
  /** First release that has it no more; absent: the newest tested one still does. */
  readonly until?: string;
  /** Releases in between that lack it. */
  readonly except?: readonly string[];
  /** What a user of a release without it goes without, or gets instead. */
  readonly without: string;
}

/**
 * Every difference between supported releases that the bridge or its users meet: the only place where versions are
 * compared. Keys that name a method, or a method and a field of its parameters, are checked against the schema of every
 * release in `protocol/`; the others are behaviour, measured on the real binaries (`npm run matrix:codex`).
 */
const table = {
  "thread/revert": { since: "0.148.0", without: "thread/rollback takes turns out of a thread" },
  "thread/rollback": { until: "0.156.0", without: "thread/revert takes turns out of a thread" },
  "turn/start.additionalContext": { since: "0.135.0", without: "context stands in the prompt, after its own words" },
  "turn/steer.clientUserMessageId": { since: "0.136.0", without: "a steer is recognised by its words" },
  "mcpServerStatus/list.threadId": {
    since: "0.135.0",
    without: "the MCP servers that are listed are those of the whole app-server",
  },
  "thread/turns/list.itemsView": { since: "0.130.0", without: "a list of turns always comes with all its items" },
  "thread/fork.lastTurnId": { since: "0.143.0", without: "a session can be forked only at its end" },
  modelProviderPerThread: {
    except: ["0.166.0"],
    without: "turns run only with the model provider the app-server was started with (`model_provider`)",
  },
  interruptHangsUp: {
    since: "0.154.0",
    without: "the model request of an interrupted turn is given up only when the model says its next word",
  },
  usageLimitOverHttp: {
    since: "0.155.0",
    without: "a used-up quota the model server reports with HTTP 429 is told as `rate_limit`, not as `usage_limit`",
  },
  contextOverflowOverHttp: {
    since: "0.169.0",
    without:
      "a full context the model server reports with HTTP 400 is told as a failure of category `other`, and the bridge " +
      "does not compact the thread and try again by itself",
  },
} as const satisfies Readonly<Record<string, Fact>>;

export type FactKey = keyof typeof table;

/** What one release has. For one newer than the newest tested, the facts of that one apply. */
export interface Facts {
  readonly version: string;
  readonly untested: boolean;
  supports(key: FactKey): boolean;
}

export function factsFor(version: string): Facts {
  return {
    version,
    untested: semver.gt(version, newestTestedVersion),
    supports: (key) => holds(table[key], version),
  };
}

/** @returns undefined for something every supported release has alike */
export function factOf(key: string): Fact | undefined {
  return Object.hasOwn(table, key) ? table[key as FactKey] : undefined;
}

export const factKeys = Object.keys(table) as readonly FactKey[];

function holds({ since, until, except = [] }: Fact, version: string): boolean {
  if (except.includes(version)) return false;
  return (since === undefined || semver.gte(version, since)) && (until === undefined || semver.lt(version, until));
}
