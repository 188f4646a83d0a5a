import { expect } from "vitest";
import { type ConformanceHost, type HostOptions, killHard, openHost } from "../conformance/host.ts";
import { runningBelow } from "../support/processes.ts";

interface TestHostOptions extends HostOptions {
  /** What is started instead of the managed Codex. */
  readonly command?: string;
}
let openHosts = 0;

/**
 * A harness on the real app-server with a scripted model, in an embedded host, which leaves no process behind.
 * CODEX_UNDER_TEST names another Codex than the managed one, to try an older release by hand.
 */
export async function openTestHost(name: string, options: TestHostOptions = {}): Promise<ConformanceHost> {
  const { command = process.env.CODEX_UNDER_TEST, ...others } = options;
  openHosts += 1;
  const opened = await openHost(command || undefined, name, others);
  const close = opened.close;
  return Object.assign(opened, {
    close: async () => {
      await close();
      openHosts -= 1;
      if (openHosts === 0) expect(runningBelow(process.pid)).toEqual([]);
    },
  });
}

/** kill -9 of everything this process started. */
export function killServers(): void {
  for (const pid of runningBelow(process.pid)) killHard(pid);
}
