import type { CallFaults, Harness, HarnessContext, HarnessTool } from "../harness/types.ts";
import type { JsonObject } from "../json.ts";
import type { NativeCall } from "../native/types.ts";
import { developerInPlace } from "./developer.ts";
import { type Answer, type History, type HistoryCall, nativeCallId, thinkingOf, type UserTurn } from "./history.ts";
import type { AssistantEntry, CompletedCall, Conversation, Entry, ToolResult } from "./types.ts";

/** A native call that Codex has to make next. */
export interface NextCall {
  readonly callId: string;
  readonly call: NativeCall;
}

export type Progress =
  /** Everything the model called is done. `endTurn`: a tool ended the turn with this answer. */
  | { readonly kind: "ready"; readonly conversation: Conversation; readonly endTurn?: string }
  | { readonly kind: "waiting"; readonly calls: readonly NextCall[] };

/** So many native calls one call may come to; a day of polls is less. */
const mostSteps = 500;

export interface RunOptions {
  readonly harness: Harness;
  readonly context: HarnessContext;
  /** What the model may call now. */
  readonly tools: readonly HarnessTool[];
  /** Every tool of the shape: what was called once is told as it was, also where it could not be called now. */
  readonly known: readonly HarnessTool[];
  readonly purpose: Conversation["purpose"];
  readonly instructions: string;
  /** Codex's turn that asks: what an earlier turn left unfinished stays so. */
  readonly turnId: string;
  /** What `observeTurn` saw for the last user message. */
  readonly turnFacts?: JsonObject;
}

/**
 * Runs the programs of every call in a history on the outputs that are there. Those of the last answer may go on; what an
 * earlier answer, another turn or an interruption left unfinished is told as interrupted.
 */
export function runPrograms(history: History, options: RunOptions): Progress {
  const earlier: CompletedCall[] = [];
  const entries: Entry[] = [];
  const last = history.entries.findLast((entry) => entry.kind === "answer");
  let endTurn: string | undefined;
  const lastUser = history.entries.findLast((entry) => entry.kind === "user");
  for (const entry of history.entries) {
    if (entry.kind !== "answer") {
      entries.push(entry === lastUser ? withFacts(lastUser, options.turnFacts) : entry);
      continue;
    }
    const live = entry === last && !entry.aborted && entry.state?.t === options.turnId;
    const run = runAnswer(entry, earlier, live, options);
    if (run.next.length > 0) return { kind: "waiting", calls: run.next };
    earlier.push(...run.completed);
    if (live) endTurn = run.completed.find(({ result }) => result.endTurn !== undefined)?.result.endTurn;
    const told = assistantEntry(entry, run.completed);
    if (told) entries.push(told);
  }
  const { documents, skills } = history;
  const { purpose, instructions } = options;
  const said = developerInPlace(entries, options.context.strict);
  const conversation = { purpose, instructions, documents, skills, ...said };
  return { kind: "ready", conversation, ...(endTurn === undefined ? {} : { endTurn }) };
}

/** The calls of one answer: those that run beside each other at once, any other alone and when its turn has come. */
function runAnswer(answer: Answer, before: readonly CompletedCall[], live: boolean, options: RunOptions) {
  const completed: CompletedCall[] = [];
  const next: NextCall[] = [];
  for (const [index, called] of answer.calls.entries()) {
    const tool = (live ? options.tools : options.known).find(({ name }) => name === called.call.name);
    if (next.length > 0 && !tool?.parallel) break;
    const outcome = runCall(called, tool, [...before, ...completed], options);
    if ("result" in outcome) completed.push({ call: called.call, result: outcome.result });
    else if (!live) completed.push({ call: called.call, result: faultsOf(options.harness).interrupted(called.call) });
    else {
      next.push({ callId: nativeCallId(answer.state?.r ?? "", index, outcome.step), call: outcome.next });
      if (!tool?.parallel) break;
    }
  }
  return { completed, next };
}

type Outcome = { readonly result: ToolResult } | { readonly next: NativeCall; readonly step: number };

function runCall(
  { call, steps, foreign }: HistoryCall,
  tool: HarnessTool | undefined,
  earlier: readonly CompletedCall[],
  options: RunOptions,
): Outcome {
  const faults = faultsOf(options.harness);
  if (foreign) {
    const output = steps[0]?.output;
    return { result: output ? { content: output.text } : faults.interrupted(call) };
  }
  if (!tool) {
    const told = steps.findLast(({ output }) => output)?.output;
    return { result: told ? { content: told.text } : faults.unknownTool(call, options.tools) };
  }
  if (call.problem !== undefined) return { result: faults.badArguments(call, call.problem) };
  try {
    const program = tool.run(call.input, { context: options.context, call, earlier });
    let turn = program.next();
    for (const [number, step] of steps.entries()) {
      if (turn.done) break;
      // Codex answers every call it knows of; one without an output never ran.
      if (!step.output) return { result: faults.interrupted(call) };
      // An older bridge took another way: what is there is all that can be said.
      if (turn.value.name !== step.name) return { result: { content: step.output.text } };
      if (number >= mostSteps) return { result: faults.interrupted(call) };
      turn = program.next(step.output);
    }
    if (turn.done) return { result: turn.value };
    return { next: turn.value, step: steps.length };
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    return { result: { content: `The tool failed: ${words}`, isError: true } };
  }
}

const plainFaults: CallFaults = {
  unknownTool: (call, tools) => ({
    content: `There is no tool "${call.name}". Tools: ${tools.map(({ name }) => name).join(", ") || "none"}.`,
    isError: true,
  }),
  badArguments: (_call, problem) => ({ content: `The arguments are not a JSON object: ${problem}`, isError: true }),
  interrupted: () => ({ content: "The call was interrupted before it finished.", isError: true }),
};

function faultsOf(harness: Harness): CallFaults {
  return harness.faults ? { ...plainFaults, ...harness.faults } : plainFaults;
}

function assistantEntry(answer: Answer, calls: readonly CompletedCall[]): AssistantEntry | undefined {
  const text = answer.state?.text ?? answer.texts.join("\n");
  const thinking = thinkingOf(answer);
  // Thinking alone is what is left of an answer that broke off.
  if (text === "" && calls.length === 0) return undefined;
  return { kind: "assistant", text, thinking, calls };
}

function withFacts(entry: UserTurn, facts: JsonObject | undefined): Entry {
  return entry.facts || !facts ? entry : { ...entry, facts };
}
