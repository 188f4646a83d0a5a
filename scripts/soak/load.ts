import { setTimeout as sleep } from "node:timers/promises";
import type { CodexHarness } from "../../src/harness/codex-harness.ts";
import type { EmbeddedHost, HostTurn } from "../../src/host/embedded-host.ts";
import type { TurnControl } from "../../src/turn/run.ts";
import { toldOf } from "../../test/faults/fault.ts";
import type { Dice } from "../../test/support/dice.ts";

export interface LoadOptions {
  readonly harness: CodexHarness;
  readonly host: EmbeddedHost;
  readonly dice: Dice;
  readonly cwd: string;
  /** kill -9 of every server that runs. */
  killServers(): void;
}

/** How often what came to what; `odd` is what no action may come to. */
export interface LoadCounts {
  readonly actions: Record<string, number>;
  readonly told: Record<string, number>;
  readonly odd: string[];
}

/** As many sessions as are used side by side and again and again. */
const sessions = 24;
const expected =
  /^(completed|interrupted by host(, unconfirmed)?|server_exit .*|error (server_exited(_early)?|aborted|wire_request_aborted|session_has_no_thread))$/;

/** One random thing after the other, until it is over. */
export class Load {
  readonly counts: LoadCounts = { actions: {}, told: {}, odd: [] };
  readonly #options: LoadOptions;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  async lane(isOver: () => boolean): Promise<void> {
    const { dice } = this.#options;
    while (!isOver()) {
      const session = `soak-${dice(sessions)}`;
      const action = pick(dice);
      count(this.counts.actions, action);
      const came = await this.#run(action, session).catch((thrown: Error) => thrown);
      const told = toldOf(came);
      count(this.counts.told, told);
      if (expected.test(told)) continue;
      this.counts.odd.push(`${action} in ${session}: ${told}${came instanceof Error ? `, ${came.message}` : ""}`);
    }
  }

  async #run(action: Action, session: string) {
    const { harness, dice, killServers } = this.#options;
    const ref = { key: session, id: session };
    switch (action) {
      case "abort": {
        const abort = new AbortController();
        setTimeout(() => abort.abort(), dice(300));
        return this.#turn(session, "say something", { signal: abort.signal });
      }
      case "steer": {
        const control = Promise.withResolvers<TurnControl>();
        const turn = this.#turn(session, "say something", { onControl: control.resolve });
        turn.catch(() => undefined);
        await sleep(dice(200));
        // A turn that could not begin has no control to give.
        const given = await Promise.race([
          control.promise,
          turn.then(
            () => undefined,
            () => undefined,
          ),
        ]);
        await given?.steer({ id: `steer-${dice(1e9)}`, text: "and more" });
        return turn;
      }
      case "crash": {
        const turn = this.#turn(session, "shell now");
        turn.catch(() => undefined);
        await sleep(dice(400));
        killServers();
        return turn;
      }
      case "compact": {
        await harness.compact(ref);
        return { told: "completed" };
      }
      case "fork": {
        const copy = `soak-${dice(sessions)}`;
        if (copy !== session) await harness.fork(ref, { key: copy, id: copy });
        return { told: "completed" };
      }
      case "renew":
        await harness.reset(ref, "the soak begins it anew");
        return { told: "completed" };
      default:
        return this.#turn(session, `${action} now`);
    }
  }

  #turn(sessionKey: string, prompt: string, extra: Partial<HostTurn> = {}) {
    const asks = prompt.startsWith("ask");
    return this.#options.host.runTurn({
      sessionKey,
      prompt,
      cwd: this.#options.cwd,
      model: "gpt-5.5",
      modelProvider: "scripted",
      approvalPolicy: asks ? "on-request" : "never",
      sandbox: asks ? "workspace-write" : "danger-full-access",
      tools: [
        {
          name: "look_up",
          description: "Looks a word up.",
          inputSchema: { type: "object", properties: { word: { type: "string" } } },
          execute: () => sleep(this.#options.dice(40), "a bird"),
        },
      ],
      approve: async () => (this.#options.dice(2) === 0 ? "accept" : "decline"),
      observer: { onPartialReply: () => undefined },
      ...extra,
    });
  }
}

/** Of a hundred. */
const weights = {
  plain: 28,
  tool: 16,
  shell: 14,
  patch: 6,
  ask: 8,
  abort: 12,
  steer: 6,
  compact: 3,
  fork: 2,
  renew: 3,
  crash: 2,
} as const;
type Action = keyof typeof weights;

function pick(dice: Dice): Action {
  let at = dice(100);
  for (const [action, weight] of Object.entries(weights) as [Action, number][]) {
    at -= weight;
    if (at < 0) return action;
  }
  return "plain";
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
