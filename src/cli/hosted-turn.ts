import { createCodexHarness } from "../harness/codex-harness.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../host/embedded-host.ts";
import type { Setup } from "./setup.ts";

/** A turn of the command line; what the set-up decides is left out. */
export type CliTurn = Omit<HostTurn, "approvalPolicy" | "sandbox" | "modelProvider">;

/**
 * One turn in an embedded host of its own, pinned to Codex; the server and a scripted model are gone when it returns.
 * With an `approve`, Codex asks before it leaves the workspace. Without one nobody is asked: a scripted model is trusted,
 * a real one is kept in the workspace.
 */
export async function hostedTurn(setup: Setup, turn: CliTurn): Promise<HostTurnResult> {
  const model = turn.model ?? setup.model;
  const asks = turn.approve !== undefined;
  const host = new EmbeddedHost({
    stateDir: setup.harness.stateDir,
    harnesses: [createCodexHarness(setup.harness)],
    pinnedHarness: "codex",
  });
  try {
    return await host.runTurn({
      ...turn,
      approvalPolicy: asks ? "on-request" : "never",
      sandbox: setup.scriptedModel && !asks ? "danger-full-access" : "workspace-write",
      ...(model === undefined ? {} : { model }),
      ...(setup.modelProvider === undefined ? {} : { modelProvider: setup.modelProvider }),
    });
  } finally {
    await host.dispose();
    await setup.scriptedModel?.close();
    await setup.gateway?.close();
  }
}
