import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Part, Script } from "../../src/scripted-model/script.ts";
import type { ModelRequest } from "../../src/scripted-model/server.ts";
import { offeredTools } from "../../src/scripted-model/tool-shape.ts";
import { type Answer, type GatewayClient, list } from "./client.ts";
import { isConversation } from "./model.ts";
import type { Stand } from "./stand.ts";
import { type HistoryRow, readHistory, type SeenTurn, type SendOptions, type SentTurn, sendMessage } from "./turn.ts";

/** One thing an operator or a user does, and what they and the host's own records must then show. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** It begins with a gateway of its own configuration: nobody has to start one for it. */
  readonly ownGateway?: true;
  /** Why it is not tried with the official plugin: that has nothing of the kind. */
  readonly oursAlone?: string;
  /** @throws AssertionError when something is not as promised */
  run(context: Context): Promise<void>;
}

/** What a scenario may do. One is made for each run of a scenario. */
export class Context {
  readonly stand: Stand;
  /** Figures for the report; not judged. */
  readonly figures: Record<string, number | string> = {};
  readonly #id: string;
  readonly #firstRequest: number;
  #sessions = 0;

  constructor(stand: Stand, id: string) {
    this.stand = stand;
    this.#id = id;
    this.#firstRequest = stand.model.requests.length;
    stand.model.play(undefined);
  }

  get client(): GatewayClient {
    return this.stand.client;
  }

  /** Model requests of this scenario that a person's message caused, oldest first. */
  get requests(): readonly ModelRequest[] {
    return this.stand.model.requests.slice(this.#firstRequest).filter(isConversation);
  }

  play(script: Script): void {
    this.stand.model.play(script);
  }

  /** Every turn plays these steps. */
  steps(...steps: Part[][]): void {
    const rest: Part[] = [{ say: "The script has no more steps.", phase: "final_answer" }];
    this.play((request) => (steps[request.step] ?? rest).map((part) => reachable(part, request)));
  }

  /** A session nobody used before. */
  newSession(): string {
    this.#sessions += 1;
    return `agent:main:e2e-${this.#id}-${process.pid}-${this.#sessions}`;
  }

  send(session: string, message: string, options?: SendOptions): Promise<SentTurn> {
    return sendMessage(this.client, session, message, options);
  }

  /** Sends a message and waits for the run's end. */
  async turn(session: string, message: string, options?: SendOptions & { timeoutMs?: number }): Promise<SeenTurn> {
    const { timeoutMs, ...rest } = options ?? {};
    return await (await this.send(session, message, rest)).ended(timeoutMs);
  }

  /** A turn that must end well. */
  async goodTurn(session: string, message: string, options?: SendOptions): Promise<SeenTurn> {
    const turn = await this.turn(session, message, options);
    assert.equal(turn.state, "final", `the run ended with ${JSON.stringify(turn.last).slice(0, 600)}`);
    return turn;
  }

  history(session: string): Promise<HistoryRow[]> {
    return readHistory(this.client, session);
  }

  /** The host's own row for the session; undefined if it has none. */
  async sessionRow(session: string): Promise<Answer | undefined> {
    const { sessions } = await this.client.call("sessions.list", { limit: 200 });
    return list(sessions).find((row) => String(row.key) === session);
  }

  /**
   * Asks again until it does not throw; what came last is thrown after `timeoutMs`. For records the host writes a
   * moment after the run's end.
   */
  async eventually<T>(check: () => Promise<T>, timeoutMs = 10_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      try {
        return await check();
      } catch (thrown) {
        if (Date.now() > deadline) throw thrown;
        await sleep(200);
      }
    }
  }
}

/** A host tool that is not offered at once is one the model would have searched for; it is called where it lives then. */
export function reachable(part: Part, request: ModelRequest): Part {
  if (!("call" in part) || part.namespace !== undefined) return part;
  const offered = offeredTools(request.body).some(({ name }) => name === part.call);
  return offered ? part : { ...part, namespace: "openclaw" };
}

/** The Codex thread a model request belongs to. */
export function threadOf(request: ModelRequest | undefined): string {
  return String(request?.body.prompt_cache_key ?? "");
}

/** Everything the model was sent, as one text. */
export function sentText(request: ModelRequest | undefined): string {
  return JSON.stringify(request?.body ?? {});
}

/** Each idempotency key occurs once, and no two visible rows say the same twice in a row. */
export function assertNoDuplicates(rows: readonly HistoryRow[]): void {
  const keys = rows.flatMap(({ raw }) => (raw.idempotencyKey ? [String(raw.idempotencyKey)] : []));
  assert.deepEqual(keys, [...new Set(keys)], "an idempotency key occurs twice in the history");
  const texts = rows.filter(({ text }) => text).map(({ role, text }) => `${role}: ${text}`);
  assert.deepEqual(texts, [...new Set(texts)], "a row occurs twice in the history");
}
