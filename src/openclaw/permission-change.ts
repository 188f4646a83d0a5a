import type { HostAttempt, HostRuntime } from "./sdk.ts";

type Handle = Parameters<HostRuntime["setActiveEmbeddedRun"]>[1];

/** What the operator allows a run is changed while it runs: its turn ends, and the host goes on with a new attempt. */
export interface PermissionChange {
  /** The part of the run's handle by which the host changes permissions; nothing where the host has no such change. */
  readonly handle: Pick<Handle, "permissionChangeOwner" | "applyPermissionMode">;
  /** The turn has to end, because it runs with permissions that hold no more. */
  readonly requested: boolean;
  /** The turn runs, with the permissions this attempt was prepared with; unless they were changed in the meantime. */
  began(): void;
}

/**
 * Codex takes new permissions with a turn only (`turn/start`), and a running command keeps those it was started with.
 * So the turn is interrupted, its background terminals with it, and the host repeats the attempt in the same
 * conversation (host contract `permissionChange`).
 *
 * @param endTurn interrupts the turn
 * @param mayChange false once the run takes no more changes: it is over, or was cancelled
 */
export function permissionChange(
  { permissionChange: change, abortSignal }: Pick<HostAttempt, "permissionChange" | "abortSignal">,
  endTurn: () => void,
  mayChange: () => boolean,
): PermissionChange {
  let requested = false;
  if (!change) return { handle: {}, requested, began: () => undefined };
  const end = (): void => {
    if (requested) return;
    requested = true;
    endTurn();
  };
  return {
    handle: {
      permissionChangeOwner: change.owner,
      async applyPermissionMode(mode, revokeApprovals) {
        // A second change while the turn ends for the first is the one that counts.
        if (abortSignal?.aborted || !(requested || mayChange())) return false;
        const applied = change.request(mode);
        end();
        // Nothing that was asked for under the old permissions may be granted under the new ones.
        revokeApprovals();
        return await applied;
      },
    },
    get requested() {
      return requested;
    },
    began() {
      if (!change.applied()) end();
    },
  };
}
