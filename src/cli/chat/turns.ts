import { randomUUID } from "node:crypto";
import { type BridgeError, toBridgeError } from "../../errors.ts";
import type { ServerIdentity } from "../../harness/types.ts";
import type { HostTurnResult } from "../../host/embedded-host.ts";
import type { CodexHost } from "../../library/embedded-host.ts";
import type { RequestHandlers } from "../../requests/types.ts";
import type { TurnControl } from "../../turn/run.ts";
import type { SteerMessage } from "../../turn/steering.ts";
import type { TurnBasics } from "../turn-setup.ts";
import type { Conversation } from "./conversation.ts";
import type { Working } from "./live-lines.ts";
import { count, duration } from "./status-line.ts";

/** What the next turn runs with; commands change it. */
export interface ChatSettings {
  sessionKey: string;
  model?: string;
  effort?: string;
}

export interface TurnsOptions {
  readonly host: Pick<CodexHost, "runTurn">;
  readonly conversation: Conversation;
  readonly settings: ChatSettings;
  readonly basics: TurnBasics;
  readonly handlers: RequestHandlers;
  /** Words that were for a turn which is no more: the person decides what becomes of them. */
  giveBack(text: string): void;
  readonly now?: () => number;
}

interface Running {
  readonly abort: AbortController;
  readonly sinceMs: number;
  /** What was said before the turn could be reached. */
  readonly early: SteerMessage[];
  control?: TurnControl;
}

/** Runs what a person writes: as a turn, or into the one that runs. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #now: () => number;
  #running: Running | undefined;
  #server: ServerIdentity | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What ran the last turn. */
  get server(): ServerIdentity | undefined {
    return this.#server;
  }

  get working(): Working | undefined {
    if (!this.#running) return undefined;
    const { sinceMs, abort } = this.#running;
    return { elapsedMs: this.#now() - sinceMs, interrupting: abort.signal.aborted };
  }

  /** Begins a turn, or says it to the one that runs; what that one does not take becomes the next. */
  submit(text: string): void {
    const { conversation } = this.#options;
    if (!this.#running) {
      this.#last = this.#run(text);
      return;
    }
    const message = { id: randomUUID(), text };
    conversation.steering(message);
    const { control, early } = this.#running;
    if (control) void this.#steer(control, message);
    else early.push(message);
  }

  /** Ends the turn and keeps what there is. @returns false when none runs */
  interrupt(): boolean {
    if (!this.#running) return false;
    this.#running.abort.abort(new Error("interrupted by the person at the terminal"));
    return true;
  }

  /** Resolves when nothing runs. */
  async rest(): Promise<void> {
    while (this.#running) await this.#last;
  }

  /** Something else that takes a while, which can be interrupted like a turn. What is written meanwhile comes after it. */
  work(activity: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#options.conversation.does(activity);
    const done = this.#during(async ({ abort }) => {
      await run(abort.signal);
      return true;
    });
    this.#last = done;
    return done;
  }

  #run(prompt: string): Promise<void> {
    const { host, conversation, settings, basics, handlers } = this.#options;
    conversation.begun(prompt);
    return this.#during(async (running) => {
      const result = await host.runTurn({
        ...basics,
        ...handlers,
        sessionKey: settings.sessionKey,
        prompt,
        signal: running.abort.signal,
        observer: conversation.observer,
        onControl: (control) => this.#reached(running, control),
        ...(settings.model === undefined ? {} : { model: settings.model }),
        ...(settings.effort === undefined ? {} : { effort: settings.effort }),
      });
      this.#server = result.server;
      this.#tell(result, running);
      return result.outcome.kind === "completed";
    });
  }

  /** @param run resolves with whether it came to a good end */
  async #during(run: (running: Running) => Promise<boolean>): Promise<void> {
    const { conversation } = this.#options;
    const running: Running = { abort: new AbortController(), sinceMs: this.#now(), early: [] };
    this.#running = running;
    let completed = false;
    try {
      completed = await run(running);
    } catch (thrown) {
      if (running.abort.signal.aborted) conversation.note("warning", "Interrupted.");
      else conversation.note("error", errorText(toBridgeError(thrown)));
    }
    const unheard = conversation.ended().join("\n\n");
    this.#running = undefined;
    if (unheard === "") return;
    // After a failure or an interruption nobody knows whether it is still meant.
    if (completed && !running.abort.signal.aborted) this.submit(unheard);
    else this.#options.giveBack(unheard);
  }

  #reached(running: Running, control: TurnControl): void {
    running.control = control;
    for (const message of running.early.splice(0)) void this.#steer(control, message);
  }

  async #steer(control: TurnControl, message: SteerMessage): Promise<void> {
    const status = await control.steer(message).catch(() => "returned" as const);
    if (status === "returned") void this.#options.conversation.observer.onSteer?.({ id: message.id, status });
  }

  #tell({ outcome, usage, classification }: HostTurnResult, { sinceMs }: Running): void {
    const { conversation } = this.#options;
    const took = duration(this.#now() - sinceMs);
    const tokens = usage === undefined ? "" : ` · ${count(usage.turn.totalTokens)} tokens`;
    if (usage) void conversation.observer.onUsage?.(usage);
    if (outcome.kind === "completed") {
      if (classification !== undefined) conversation.note("warning", `There is no answer (${classification}).`);
      conversation.note("info", `${took}${tokens}`);
    } else if (outcome.kind === "interrupted") {
      conversation.note("warning", `Interrupted after ${took}${tokens}; what there is was kept.`);
    } else {
      const reset = "resetsAtMs" in outcome ? `Until ${new Date(outcome.resetsAtMs).toLocaleString()}.` : undefined;
      conversation.note("error", errorText(outcome.error, reset));
    }
  }
}

/** An error as a person reads it: its code, what happened, what to do. */
export function errorText({ code, message, remedy }: BridgeError, more?: string): string {
  return [`${code}: ${message}`, more, remedy].filter((line) => line !== undefined).join("\n");
}
