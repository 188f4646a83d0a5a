import type { LiveConfig } from "../live-config.ts";
import type { HostApi } from "../sdk.ts";
import type { Place } from "../shared-harness.ts";

type Definition = Parameters<HostApi["registerCommand"]>[0];
export type CommandCall = Parameters<Definition["handler"]>[0];

/** What the command works with. */
export interface CommandPlace {
  readonly place: Place;
  readonly config: LiveConfig;
  /** The host's version, when it says it. */
  readonly hostVersion?: string;
  /** The host's whole configuration as it is now. */
  hostConfig(): unknown;
}

/**
 * `/codexbridge` in a chat (`/codex` is reserved for the official plugin). It answers without a model. Only for operators: it
 * shows paths of the machine, and can give a conversation another thread.
 */
export function bridgeCommand(place: CommandPlace): Definition {
  return {
    name: "codexbridge",
    description: "Codex bridge: status, threads, rebind <thread>, trace, doctor",
    acceptsArgs: true,
    requireAuth: true,
    requiredScopes: ["operator.admin"],
    async handler(call) {
      const { answerCommand } = await import("./answer.ts");
      return { text: await answerCommand(place, call) };
    },
  };
}

/** What a registration has for the command. */
export function commandPlace(api: HostApi, place: Place, config: LiveConfig): CommandPlace {
  const { version } = api.runtime as { readonly version?: unknown };
  return {
    place,
    config,
    ...(typeof version === "string" ? { hostVersion: version } : {}),
    hostConfig: () => api.runtime.config?.current?.() ?? api.config,
  };
}
