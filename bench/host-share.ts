/** Whose a gateway's CPU time is, read from a profile of V8 (`--cpu-prof`). */
import { readFile } from "node:fs/promises";

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample; the first counts from `startTime`, which is the machine's monotonic clock. */
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** From and to, microseconds of the monotonic clock (`process.hrtime`). */
export type Window = readonly [number, number];

export interface Share {
  /** CPU milliseconds in these windows: our own code, all, and what only the collector did. */
  readonly oursMs: number;
  readonly busyMs: number;
  readonly collectorMs: number;
  /** Our functions that took longest, by name. */
  readonly top: readonly { readonly what: string; readonly ms: number }[];
}

/**
 * A sample is whose code it was in: that of the innermost frame that has a file. What Node does for somebody (parsing,
 * writing) is theirs.
 * @param isOurs whether a file is ours
 */
export async function shareOf(
  file: string,
  windows: readonly Window[],
  isOurs: (url: string) => boolean,
): Promise<Share> {
  const profile = JSON.parse(await readFile(file, "utf8")) as Profile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const ownerOf = (id: number): ProfileNode | undefined => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = nodes.get(at)!;
      const { url } = node.callFrame;
      if (url !== "" && !url.startsWith("node:")) return node;
    }
    return undefined;
  };
  const owners = new Map(profile.nodes.map(({ id }) => [id, ownerOf(id)]));
  const sums = { oursMs: 0, busyMs: 0, collectorMs: 0 };
  const top = new Map<string, number>();
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    // A sample stands for the time until the next one.
    at += profile.timeDeltas[index]!;
    const ms = (profile.timeDeltas[index + 1] ?? 0) / 1000;
    const name = nodes.get(id)!.callFrame.functionName;
    if (name === "(idle)" || !windows.some(([from, to]) => at >= from && at <= to)) continue;
    sums.busyMs += ms;
    if (name === "(garbage collector)") sums.collectorMs += ms;
    const owner = owners.get(id);
    if (!owner || !isOurs(owner.callFrame.url)) continue;
    sums.oursMs += ms;
    const what = `${owner.callFrame.functionName || "(top)"} ${owner.callFrame.url.split("/").slice(-2).join("/")}`;
    top.set(what, (top.get(what) ?? 0) + ms);
  }
  const longest = [...top].sort(([, a], [, b]) => b - a).slice(0, 12);
  return { ...sums, top: longest.map(([what, ms]) => ({ what, ms })) };
}
