import type { Clocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import { answerSafely } from "../requests/table.ts";
import type { ThreadBinding } from "../thread/binding.ts";
import { throwNamed } from "../thread/refusals.ts";
import type { TurnUsage } from "../turn/outcome.ts";
import { runTurn } from "../turn/run.ts";
import type { HostEffect, TurnState } from "../turn/state.ts";
import { turnUsage } from "../turn/usage.ts";
import { mergedConfig } from "./merged-config.ts";
import { mcpServersOff, nativeOff } from "./native-off.ts";
import type { LiveServer } from "./server-slot.ts";
import type { SessionRef } from "./types.ts";

/** A question that is answered in words alone, and of which nothing stays. */
export interface Aside {
  /** Whose conversation it is asked in; absent: nobody's. That conversation does not change, and may be running. */
  readonly session?: SessionRef;
  readonly question: string;
  /** Data URLs. */
  readonly images?: readonly string[];
  /** What the model is told besides; a conversation keeps its own instructions unless these are given. */
  readonly instructions?: string;
  readonly cwd: string;
  readonly model?: string;
  readonly modelProvider?: string;
  /** Codex configuration that makes the provider known. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The provider tells its model other base instructions: those of a question without a session go beside them. */
  readonly ownPrompt?: boolean;
  readonly effort?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Throws when the one who asks may not any more; called before anything is sent. */
  assertCurrent?(): void;
}

export interface AsideAnswer {
  readonly text: string;
  readonly usage?: TurnUsage;
  /** The model that answered, when the server named it. */
  readonly model?: string;
}

/** Items in which nothing is done. Anything else means that a tool was reached after all. */
const words: ReadonlySet<string> = new Set([
  "userMessage",
  "agentMessage",
  "reasoning",
  "plan",
  "contextCompaction",
  "hookPrompt",
]);

/** Tools that keep something beyond the question. */
const quiet = { features: { goals: false, memories: false, hooks: false }, notify: [] };
/** What a model is not told when a question has no conversation. */
const bare = { project_doc_max_bytes: 0, include_environment_context: false, "skills.include_instructions": false };

/**
 * Asks in an ephemeral thread: a fork of the session's, or an empty one. Codex's own tools are off, the host's are
 * refused, and an answer that came about with one of them anyway is not passed on.
 *
 * @param bound the session's thread, when the question has a session
 * @throws BridgeError `aside_used_tool` | `aside_failed` | `aborted`, or what made its turn fail
 */
export async function askAside(
  live: LiveServer,
  aside: Aside,
  bound: ThreadBinding | undefined,
  clocks: Clocks,
  onRetire: () => void,
): Promise<AsideAnswer> {
  const thread = await openAside(live, aside, bound);
  const stop = new AbortController();
  let tool: string | undefined;
  const state = await runTurn({
    server: live.server,
    router: live.router,
    threadId: thread.id,
    start: () => startAside(live, thread.id, aside),
    onEffect: (effect) => {
      tool ??= toolOf(effect);
      if (tool !== undefined) stop.abort();
    },
    onEffectError: () => undefined,
    onRequest: (request) => answerSafely(request, "This question is answered in words alone; no tool runs."),
    onRetire,
    clocks,
    budget: { clock: "run_budget", ms: aside.timeoutMs },
    signal: aside.signal ? AbortSignal.any([aside.signal, stop.signal]) : stop.signal,
  });
  // Nothing may follow from it; a server that does not know the request forgets the thread when it ends.
  live.server.call("thread/unsubscribe", { threadId: thread.id }).catch(() => undefined);
  if (tool !== undefined) throw usedTool(tool);
  const usage = turnUsage(state.usage);
  return {
    text: answerOf(state, aside),
    ...(usage ? { usage } : {}),
    ...(thread.model ? { model: thread.model } : {}),
  };
}

/** Another server may have the thread in its memory: a fork reads it from its file. */
async function openAside(live: LiveServer, aside: Aside, bound: ThreadBinding | undefined) {
  aside.assertCurrent?.();
  const { model, modelProvider, instructions } = aside;
  const serversOff = await mcpServersOff(live.server, aside.cwd, aside.timeoutMs);
  const chosen = {
    cwd: aside.cwd,
    approvalPolicy: "never",
    sandbox: "read-only",
    ...(model === undefined ? {} : { model }),
    ...(modelProvider === undefined ? {} : { modelProvider }),
    ...(bound && instructions !== undefined ? { developerInstructions: instructions } : {}),
  };
  const config = mergedConfig(aside.config ?? {}, bound ? quiet : { ...quiet, ...bare });
  const settings = {
    ...chosen,
    ...nativeOff({ ...chosen, config }, serversOff),
    ephemeral: true,
  } as const;
  const { thread, model: named } = bound
    ? await live.server.call("thread/fork", { threadId: bound.threadId, ...settings, excludeTurns: true })
    : await live.server.call("thread/start", {
        ...settings,
        // Instead of Codex's own, which are about working in a folder and would be most of the request.
        baseInstructions: instructions ?? "Answer in words.",
        ...(aside.ownPrompt && instructions !== undefined ? { developerInstructions: instructions } : {}),
        environments: [],
        dynamicTools: [],
      });
  return { id: thread.id, model: named ?? undefined };
}

async function startAside(live: LiveServer, threadId: string, aside: Aside): Promise<{ turnId: string }> {
  aside.assertCurrent?.();
  const params = {
    threadId,
    input: [
      { type: "text" as const, text: aside.question },
      ...(aside.images ?? []).map((url) => ({ type: "image" as const, url })),
    ],
    environments: [] as const,
    ...(aside.effort === undefined ? {} : { effort: aside.effort }),
  };
  const { turn } = await live.server.call("turn/start", params).catch(throwNamed);
  return { turnId: turn.id };
}

function toolOf(effect: HostEffect): string | undefined {
  if (effect.type === "agent") return "a sub-agent";
  if (effect.type !== "tool.start" && effect.type !== "item") return undefined;
  return words.has(effect.item.type) ? undefined : effect.item.type;
}

function answerOf({ outcome, answer }: TurnState, { signal }: Aside): string {
  if (outcome?.kind === "completed") return answer?.text ?? "";
  if (outcome && "error" in outcome) throw outcome.error;
  if (signal?.aborted) throw new BridgeError("aborted", "The question was withdrawn.", { cause: signal.reason });
  throw new BridgeError("aside_failed", "Codex interrupted the question.", { remedy: "Ask again." });
}

function usedTool(tool: string): BridgeError {
  return new BridgeError("aside_used_tool", `Codex reached for a tool (${tool}) where only words were asked for.`, {
    remedy: "Ask again, or ask in the conversation itself.",
    facts: { tool },
  });
}
