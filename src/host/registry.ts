import { BridgeError } from "../errors.ts";
import type { Harness, RouteQuery } from "../harness/types.ts";

/** Why a harness was chosen: part of the proof that a run used only Codex. */
export interface Selection {
  readonly harness: Harness;
  readonly reason: string;
}

/** The harnesses of an embedded host. Ids are first come; there is no silent fallback. */
export class HarnessRegistry {
  readonly #harnesses = new Map<string, Harness>();

  /** @throws BridgeError `harness_id_taken` */
  register(harness: Harness): void {
    if (this.#harnesses.has(harness.id)) {
      throw new BridgeError("harness_id_taken", `A harness with the id ${harness.id} is already registered.`, {
        remedy: "Give one of the two another id.",
        facts: { id: harness.id },
      });
    }
    this.#harnesses.set(harness.id, harness);
  }

  /**
   * Chooses the harness for a route: the pinned one or none, otherwise the first that supports it.
   * @throws BridgeError `harness_not_registered` | `harness_unsupported_route`
   */
  select(route: RouteQuery, pinned?: string): Selection {
    if (pinned !== undefined) {
      const harness = this.#harnesses.get(pinned);
      if (!harness) {
        throw new BridgeError("harness_not_registered", `The pinned harness ${pinned} is not registered.`, {
          remedy: `Register it, or pin one of: ${[...this.#harnesses.keys()].join(", ") || "(none)"}.`,
        });
      }
      const support = harness.supports(route);
      if (!support.supported) throw unsupported(route, [`${pinned}: ${support.reason}`]);
      return { harness, reason: `pinned to ${pinned}` };
    }
    const reasons: string[] = [];
    for (const harness of this.#harnesses.values()) {
      const support = harness.supports(route);
      if (support.supported) return { harness, reason: `first harness that supports provider ${route.provider}` };
      reasons.push(`${harness.id}: ${support.reason}`);
    }
    throw unsupported(route, reasons);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#harnesses.values()].map((harness) => harness.dispose()));
  }
}

function unsupported(route: RouteQuery, reasons: readonly string[]): BridgeError {
  return new BridgeError(
    "harness_unsupported_route",
    `No harness runs models of provider ${route.provider}. ${reasons.join("; ")}`.trim(),
    { remedy: "Use a provider that a registered harness supports." },
  );
}
