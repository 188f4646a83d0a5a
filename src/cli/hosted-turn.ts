import type { HostTurnResult } from "../host/embedded-host.ts";
import { type CodexTurn, hostOf } from "../library/embedded-host.ts";
import type { Setup } from "../library/setup.ts";

/** A turn of the command line; what the set-up decides is left out. */
export type CliTurn = Omit<CodexTurn, "approvalPolicy" | "sandbox" | "modelProvider">;

/** One turn in an embedded host of its own; the server and a scripted model are gone when it returns. */
export async function hostedTurn(setup: Setup, turn: CliTurn): Promise<HostTurnResult> {
  const host = hostOf(setup);
  try {
    return await host.runTurn(turn);
  } finally {
    await host.dispose();
  }
}
