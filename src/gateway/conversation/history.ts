import { type JsonObject, parseObject } from "../json.ts";
import type { NativeOutput } from "../native/types.ts";
import type { RequestItem } from "../request/items.ts";
import type { CodexRequest } from "../request/parse.ts";
import { fragmentOf } from "./contextual.ts";
import type { AnswerState, StateSeal } from "./state-item.ts";
import type { DeveloperEntry, ModelCall, Part, ProjectDocument, Thinking } from "./types.ts";

/* What Codex resends, read into one entry per answer and message. Nothing is run here and nothing is remembered. */

export interface UserTurn {
  readonly kind: "user";
  readonly parts: readonly Part[];
  facts?: JsonObject;
}

/** A native call that belongs to a call of the model, and what came of it. */
export interface Step {
  readonly name: string;
  output?: NativeOutput;
}

export interface HistoryCall {
  readonly call: ModelCall;
  /** By their number; a program's first native call is 0. */
  readonly steps: Step[];
  /** Made without the gateway's knowledge: its one step is the call itself. */
  readonly foreign?: true;
}

export interface Answer {
  readonly kind: "answer";
  readonly texts: string[];
  readonly thoughts: string[];
  state?: AnswerState;
  readonly calls: HistoryCall[];
  /** Codex marks a turn that was interrupted. */
  aborted?: true;
}

export interface History {
  readonly entries: readonly (UserTurn | DeveloperEntry | Answer)[];
  readonly documents: readonly ProjectDocument[];
  readonly skills: string;
  /** The working folder Codex named last. */
  readonly cwd?: string;
  /** What was observed at the beginning; absent when nothing carries it. */
  readonly facts?: JsonObject;
}

/** The id of the `step`th native call for the `index`th call of answer `answer`. */
export function nativeCallId(answer: string, index: number, step: number): string {
  return `cb_${answer}_${index}_${step}`;
}

const callIdForm = /^cb_([a-z0-9]+)_(\d+)_(\d+)$/;

export function readHistory(request: CodexRequest, seal: StateSeal): History {
  const reader = new Reader(seal);
  for (const item of request.items) reader.take(item);
  return reader.done();
}

class Reader {
  readonly #seal: StateSeal;
  readonly #entries: (UserTurn | DeveloperEntry | Answer)[] = [];
  readonly #documents = new Map<string, ProjectDocument>();
  readonly #answers = new Map<string, Answer>();
  readonly #open = new Map<string, Step>();
  #skills = "";
  #cwd: string | undefined;
  #facts: JsonObject | undefined;

  constructor(seal: StateSeal) {
    this.#seal = seal;
  }

  take(item: RequestItem): void {
    if (item.type === "message") {
      if (item.role === "assistant") this.#answerFor("text").texts.push(textOf(item.parts));
      else this.#said(item.role === "user" ? "user" : "developer", item.parts);
    } else if (item.type === "reasoning") this.#reasoning(item.sealed, item.text);
    else if (item.type === "call") this.#called(item);
    else if (item.type === "output") {
      const step = this.#open.get(item.callId);
      if (step) step.output = { parts: item.parts, text: textOf(item.parts) };
    }
  }

  done(): History {
    return {
      entries: this.#entries,
      documents: [...this.#documents.values()],
      skills: this.#skills,
      ...(this.#cwd === undefined ? {} : { cwd: this.#cwd }),
      ...(this.#facts === undefined ? {} : { facts: this.#facts }),
    };
  }

  #said(role: "user" | "developer", parts: readonly Part[]): void {
    const said: Part[] = [];
    for (const part of parts) {
      const fragment = fragmentOf(role, part);
      if (fragment.kind === "said") said.push(fragment.part);
      else if (fragment.kind === "aborted") this.#abort();
      else if (fragment.kind === "document") this.#documents.set(fragment.document.place, fragment.document);
      else if (fragment.kind === "skills") this.#skills = fragment.text;
      else if (fragment.kind === "environment") this.#cwd = fragment.cwd ?? this.#cwd;
    }
    if (said.length === 0) return;
    if (role === "user") this.#entries.push({ kind: "user", parts: said });
    else this.#entries.push({ kind: "developer", text: textOf(said) });
  }

  #abort(): void {
    const last = this.#entries.findLast((entry) => entry.kind === "answer");
    if (last) last.aborted = true;
  }

  #reasoning(sealed: string | undefined, text: string): void {
    const state = this.#seal.open(sealed);
    if (!state) {
      if (text !== "" && !sealed?.startsWith("cb1.")) this.#answerFor("text").thoughts.push(text);
      return;
    }
    const answer = this.#answerFor("state");
    answer.state = state;
    this.#answers.set(state.r, answer);
    this.#facts ??= state.facts;
    const spoken = this.#entries.findLast((entry) => entry.kind === "user");
    if (spoken && state.turn && !spoken.facts) spoken.facts = state.turn;
    for (const { id, name, text: words, problem } of state.calls ?? []) {
      const call = modelCall(id, name, words);
      answer.calls.push({ call: problem === undefined ? call : { ...call, input: {}, problem }, steps: [] });
    }
  }

  #called(item: RequestItem & { type: "call" }): void {
    const [, answerId = "", index = "", number = ""] = callIdForm.exec(item.callId) ?? [];
    const own = this.#answers.get(answerId)?.calls[Number(index)];
    const step: Step = { name: item.name };
    this.#open.set(item.callId, step);
    if (own && Number(number) <= own.steps.length) {
      own.steps[Number(number)] = step;
      return;
    }
    const name = item.namespace === undefined ? item.name : `${item.namespace}__${item.name}`;
    const words = item.kind === "custom" ? JSON.stringify({ input: item.text }) : item.text;
    this.#answerFor("call").calls.push({ call: modelCall(item.callId, name, words), steps: [step], foreign: true });
  }

  /** The answer that something of the model belongs to: the one that is being read, unless it has gone past that. */
  #answerFor(what: "text" | "state" | "call"): Answer {
    const last = this.#entries.at(-1);
    if (last?.kind === "answer" && !last.aborted) {
      const called = last.calls.length > 0;
      const answered = last.calls.some(({ steps }) => steps.some(({ output }) => output));
      const over = what === "call" ? answered : called || last.state !== undefined;
      if (!over) return last;
    }
    const answer: Answer = { kind: "answer", texts: [], thoughts: [], calls: [] };
    this.#entries.push(answer);
    return answer;
  }
}

/** A call as the model wrote it, its arguments parsed. */
export function modelCall(id: string, name: string, text: string): ModelCall {
  const parsed = parseObject(text);
  return parsed.ok ? { id, name, text, input: parsed.value } : { id, name, text, input: {}, problem: parsed.problem };
}

export function thinkingOf(answer: Answer): readonly Thinking[] {
  if (answer.state) {
    return (answer.state.th ?? []).map(({ text, signature, redacted, after }) => ({
      text,
      ...(signature === undefined ? {} : { signature }),
      ...(redacted === undefined ? {} : { redacted }),
      ...(after === undefined ? {} : { after }),
    }));
  }
  return answer.thoughts.map((text) => ({ text }));
}

function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
