import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { type Answer, type History, readHistory, type UserTurn } from "./conversation/history.ts";
import { type Progress, runPrograms } from "./conversation/run-programs.ts";
import type { AnswerState, StateSeal } from "./conversation/state-item.ts";
import type { Conversation } from "./conversation/types.ts";
import { allTools, usableTools } from "./harness/tool.ts";
import type { Harness, HarnessContext, HarnessTool, Place } from "./harness/types.ts";
import type { JsonObject } from "./json.ts";
import { listen } from "./listen.ts";
import type { Reply } from "./reply/reply.ts";
import type { CodexRequest } from "./request/parse.ts";
import type { GatewaySession } from "./sessions.ts";
import { UpstreamError } from "./upstream/errors.ts";
import type { ModelAnswer, ModelUsage } from "./upstream/types.ts";

/** How often the model is asked in one response because what it called needed no tool of Codex. */
const mostRounds = 8;
/** How often a model is told that its answer has the wrong form. */
const mostCorrections = 3;

export interface Responding {
  readonly request: CodexRequest;
  readonly session: GatewaySession;
  readonly harness: Harness;
  readonly model: string;
  readonly seal: StateSeal;
  readonly reply: Reply;
  readonly signal: AbortSignal;
}

/** Answers one request of Codex: with the next native call of what is under way, or with the model's next words. */
export async function respond(responding: Responding): Promise<void> {
  const { request, harness, reply, seal } = responding;
  const history = readHistory(request, seal);
  const scene = await setScene(responding, history);
  let now = history;
  let progress = run(responding, scene, now);
  let corrections = 0;
  let usage: ModelUsage | undefined;
  for (let round = 0; round < mostRounds; round += 1) {
    if (progress.kind === "waiting") {
      for (const call of progress.calls) reply.call(call);
      return reply.completed(usage);
    }
    if (progress.endTurn !== undefined) {
      reply.text(progress.endTurn);
      return reply.completed(usage);
    }
    const { conversation } = progress;
    const answer = await listen(responding, scene, conversation);
    usage = answer.usage ?? estimate(conversation, answer);
    const read = interpreted(responding, scene, answer, corrections < mostCorrections);
    if (read.kind === "again") {
      corrections += 1;
      now = corrected(now, answer, read.correction);
      progress = run(responding, scene, now);
      continue;
    }
    if (harness.interpret) reply.text(read.text);
    if (answer.stop === "refusal") {
      reply.text(answer.text === "" ? "The model declined to answer." : "\n\n(The model declined to go on.)");
    }
    reply.close();
    if (answer.stop === "pause") {
      now = { ...now, entries: [...now.entries, plainAnswer(answer)] };
      progress = run(responding, scene, now);
      continue;
    }
    if (request.purpose === "compaction") return finish(reply, answer, usage);
    const state = stateOf(responding, scene, answer, read);
    reply.state(seal.seal(state));
    if (read.calls.length === 0) return finish(reply, answer, usage);
    now = { ...now, entries: [...now.entries, calling(state, answer.text, read.calls)] };
    progress = run(responding, scene, now);
  }
  if (progress.kind === "waiting") {
    for (const call of progress.calls) reply.call(call);
    return reply.completed(usage);
  }
  throw new UpstreamError(
    "refused",
    `The model called tools ${mostRounds} times in a row in ways that came to nothing.`,
  );
}

/** What does not change while one request is answered. */
export interface Scene {
  readonly context: HarnessContext;
  readonly tools: readonly HarnessTool[];
  readonly known: readonly HarnessTool[];
  /** Seen for this request; carried by its state item. */
  readonly freshFacts?: JsonObject;
  readonly turnFacts?: JsonObject;
}

async function setScene({ request, session, harness, model, signal }: Responding, history: History): Promise<Scene> {
  const { provider } = session;
  const cwd = history.cwd ?? session.cwd;
  const effort = session.effort ?? request.effort;
  const bare: HarnessContext = {
    model,
    provider: { id: provider.id, name: provider.name, baseUrl: provider.baseUrl },
    cwd,
    ...(effort === undefined ? {} : { effort }),
    modelFacts: provider.models[model] ?? {},
    guidance: session.guidance,
    strict: session.strict,
    child: request.child,
    threadId: request.threadId,
    codexVersion: request.codexVersion,
    offered: request.offered,
    ...(request.recalled ? { recalled: true as const } : {}),
    facts: history.facts ?? {},
  };
  const place: Place = { cwd, platform: process.platform, home: homedir(), now: new Date(), signal };
  const freshFacts = history.facts ? undefined : await harness.observe?.(place, bare);
  const context = freshFacts ? { ...bare, facts: freshFacts } : bare;
  const tools = usableTools(harness, context);
  const known = allTools(harness, context);
  const last = history.entries.findLast((entry) => entry.kind === "user" || entry.kind === "answer");
  const unseen = last?.kind === "user" && !last.facts && harness.observeTurn;
  const scene = { context, tools, known, ...(freshFacts ? { freshFacts } : {}) };
  if (!unseen || !harness.observeTurn) return scene;
  const before = runPrograms(history, { ...optionsOf(request, harness), context, tools, known });
  if (before.kind === "waiting") return scene;
  return { ...scene, turnFacts: await harness.observeTurn(place, context, before.conversation) };
}

function run(
  { request, harness }: Responding,
  { context, tools, known, turnFacts }: Scene,
  history: History,
): Progress {
  const options = { ...optionsOf(request, harness), context, tools, known, ...(turnFacts ? { turnFacts } : {}) };
  return runPrograms(history, options);
}

function optionsOf({ purpose, instructions, turnId }: CodexRequest, harness: Harness) {
  return { harness, purpose, instructions, turnId };
}

function interpreted(
  { request, harness }: Responding,
  { context, tools }: Scene,
  answer: ModelAnswer,
  mayCorrect: boolean,
) {
  const plain = { kind: "answer", text: answer.text, calls: answer.calls } as const;
  // A summary is words, in whatever form the model was taught to answer.
  if (!harness.interpret || request.purpose === "compaction" || tools.length === 0) return plain;
  const read = harness.interpret(answer, context);
  return read.kind === "again" && !mayCorrect ? plain : read;
}

function corrected(history: History, answer: ModelAnswer, correction: string): History {
  const told: UserTurn = { kind: "user", parts: [{ type: "text", text: correction }] };
  return { ...history, entries: [...history.entries, plainAnswer(answer), told] };
}

function plainAnswer({ text, thinking }: ModelAnswer): Answer {
  return { kind: "answer", texts: [text], thoughts: thinking.map((block) => block.text), calls: [] };
}

function stateOf(
  { request, harness }: Responding,
  { freshFacts, turnFacts }: Scene,
  answer: ModelAnswer,
  read: { text: string; calls: ModelAnswer["calls"] },
): AnswerState {
  // Codex keeps words around a thought as two messages, and those the model did not say.
  const apart = answer.stop === "refusal" || answer.thinking.some(({ after }) => after !== undefined);
  return {
    v: 1,
    h: harness.id,
    r: randomBytes(6).toString("hex"),
    t: request.turnId,
    ...(answer.text === read.text && !apart ? {} : { text: answer.text }),
    ...(answer.thinking.length === 0 ? {} : { th: answer.thinking.map((block) => ({ ...block })) }),
    ...(read.calls.length === 0 ? {} : { calls: read.calls.map(storedCall) }),
    ...(freshFacts ? { facts: freshFacts } : {}),
    ...(turnFacts ? { turn: turnFacts } : {}),
  };
}

function storedCall({ id, name, text, problem }: ModelAnswer["calls"][number]) {
  return { id, name, text, ...(problem === undefined ? {} : { problem }) };
}

function calling(state: AnswerState, text: string, calls: ModelAnswer["calls"]): Answer {
  return { kind: "answer", texts: [text], thoughts: [], state, calls: calls.map((call) => ({ call, steps: [] })) };
}

/** The end of a turn, said so that no end looks like another. */
function finish(reply: Reply, { stop }: ModelAnswer, usage: ModelUsage): Promise<void> {
  if (stop === "context_full") {
    throw new UpstreamError("context_full", "The model stopped because its context is full.");
  }
  if (stop === "max_tokens") {
    throw new UpstreamError("refused", "The model stopped at its limit of output tokens; its answer is not complete.");
  }
  return reply.completed(usage);
}

/** Where an upstream counts nothing, Codex still has to know when its context is full: about four bytes are a token. */
function estimate(conversation: Conversation, answer: ModelAnswer): ModelUsage {
  const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);
  return { input: tokens(conversation), cacheRead: 0, cacheWrite: 0, output: tokens(answer), reasoning: 0 };
}
