import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import type { AttemptResult } from "../../src/harness/types.ts";
import { EmbeddedHost } from "../../src/host/embedded-host.ts";
import type { AppServerOptions } from "../../src/server/app-server.ts";
import { standClocks } from "./stand.ts";

/*
 * A host in a process of its own, on the folders of a stand: for what only two processes can do to each other. It is
 * told what to run by messages, and says what came of it.
 */

export interface HostProcessSetup {
  readonly folder: string;
  readonly stateDir: string;
  readonly server: AppServerOptions;
  readonly settings: object;
  /** How far its clock is ahead of everybody else's. */
  readonly clockAheadMs?: number;
}

export interface HostProcessAnswer {
  readonly ready?: true;
  readonly result?: Pick<AttemptResult, "ok" | "text" | "turnId" | "thread">;
  readonly error?: { readonly code: string };
}

const { folder, stateDir, server, settings, clockAheadMs = 0 } = JSON.parse(process.argv[2]!) as HostProcessSetup;
if (clockAheadMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + clockAheadMs;
}
const harness = createCodexHarness({ stateDir, server, clocks: standClocks });
const host = new EmbeddedHost({ stateDir: folder, harnesses: [harness] });
const say = (answer: HostProcessAnswer): void => void process.send?.(answer);

process.on("message", ({ sessionKey, prompt }: { sessionKey: string; prompt: string }) => {
  host
    .runTurn({ ...(settings as { cwd: string; approvalPolicy: "never"; sandbox: "read-only" }), sessionKey, prompt })
    .then(
      ({ ok, text, turnId, thread }) => say({ result: { ok, text, turnId, thread } }),
      (thrown: { code?: string }) => say({ error: { code: thrown.code ?? String(thrown) } }),
    );
});
process.on("disconnect", () => void host.dispose().then(() => process.exit()));
say({ ready: true });
