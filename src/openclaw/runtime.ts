import type { CodexHarness } from "../harness/codex-harness.ts";
import type { HarnessCommons } from "../harness/commons.ts";
import type { AttemptResult } from "../harness/types.ts";
import { type AuthFacts, blockProfile, credentialFor, nativeAccount } from "./auth.ts";
import type { PluginConfig } from "./config.ts";
import { type HostRoute, servedBy } from "./harness-modes.ts";
import type { LiveConfig } from "./live-config.ts";
import type { HostSession } from "./session-ref.ts";
import { acquireHarness, type Place, peekHarness, releaseHarnesses, useCommons } from "./shared-harness.ts";

/** A host's call, as far as it decides on which server it runs. */
export type CallFacts = AuthFacts & HostSession & HostRoute & { readonly runId?: string };

/** What one registration of the plugin works with: the configuration as it is now, and the servers of this process. */
export class Runtime {
  readonly place: Place;
  readonly #config: LiveConfig;
  readonly #owner = Symbol("codex-bridge registration");

  constructor(place: Place, config: LiveConfig) {
    this.place = place;
    this.#config = config;
  }

  /** @throws BridgeError `plugin_config_invalid` */
  config(): PluginConfig {
    return this.#config.read();
  }

  /** The record of sessions, without any server. */
  commons(): HarnessCommons {
    return useCommons(this.place, this.#owner);
  }

  /**
   * The harness for a call: its agent's, with its account.
   * @throws BridgeError `plugin_config_invalid` | `auth_profile_unusable` | `state_unwritable` | `codex_binary_not_found`
   */
  async harness(facts: CallFacts): Promise<CodexHarness> {
    const config = this.config();
    // What the host lends for a route of ours is the provider's, and nothing for Codex to see.
    const served = servedBy(config.harnessModes, facts) !== undefined;
    const credential = served ? nativeAccount : await credentialFor(facts, config.appServer.homeScope);
    const agentId = facts.agentId ?? "main";
    const harness = await acquireHarness(this.place, this.#owner, { config, agentId, credential });
    return { ...harness, runAttempt: async (attempt) => this.#noted(facts, await harness.runAttempt(attempt)) };
  }

  /**
   * Somebody to ask about models and limits: who runs already, or a server that is stopped again afterwards.
   * @param question told whether the server has Codex's own account, and not one the host lent it
   */
  async ask<T>(agentId: string, question: (harness: CodexHarness, native: boolean) => Promise<T>): Promise<T> {
    const config = this.config();
    const running = peekHarness(this.place, config, agentId);
    if (running) return question(running, config.appServer.homeScope === "user");
    const owner = Symbol("codex-bridge question");
    try {
      return await question(
        await acquireHarness(this.place, owner, { config, agentId, credential: nativeAccount }),
        true,
      );
    } finally {
      await releaseHarnesses(owner);
    }
  }

  release(): Promise<void> {
    return releaseHarnesses(this.#owner);
  }

  /** An account that has used up its allowance is not chosen again before that is back. */
  async #noted(facts: CallFacts, result: AttemptResult): Promise<AttemptResult> {
    const { outcome } = result;
    if (outcome.kind === "failed" && outcome.category === "usage_limit" && outcome.resetsAtMs !== undefined) {
      await blockProfile(facts, outcome.resetsAtMs).catch((error: unknown) =>
        this.place.log("warn", `the auth profile could not be marked as used up: ${String(error)}`),
      );
    }
    return result;
  }
}
