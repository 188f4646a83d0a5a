import { ReleaseRun } from "../../test/conformance/release-run.ts";
import { scenarios } from "../../test/conformance/scenarios.ts";
import type { WorkerMessage, WorkerOrder } from "./messages.ts";
import { tapTraffic } from "./traffic.ts";

/* One release in a process of its own: what hangs or leaks there is found and ended there. Started by run.ts. */

process.once("message", (order: WorkerOrder) => void work(order));
// Nobody is waiting for the results any more.
process.once("disconnect", () => process.exit(1));

async function work({ version, releases, ids, traffic }: WorkerOrder): Promise<void> {
  const tap = traffic ? tapTraffic() : undefined;
  const run = new ReleaseRun(version, releases);
  for (const scenario of scenarios) {
    if (!ids.includes(scenario.id)) continue;
    send({ type: "begin", id: scenario.id });
    // What other releases say is not this one's.
    if (tap) tap.listening = scenario.mixesReleases !== true;
    const { thrown: _, ...result } = await run.run(scenario);
    send({ type: "result", id: scenario.id, result });
  }
  const leftovers = await run.close();
  send({ type: "end", leftovers: leftovers.length, ...(tap ? { traffic: tap.seen() } : {}) }, () => process.exit(0));
}

function send(message: WorkerMessage, onSent: () => void = () => undefined): void {
  process.send?.(message, onSent);
}
