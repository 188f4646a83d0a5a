import type { ApprovalAsk, ApprovalDecision, FormAnswer, FormAsk, Question, QuestionAsk } from "../requests/types.ts";
import { plain } from "../visible.ts";
import type { Approver, AskingOptions } from "./approve.ts";
import { askField, leftOut } from "./ask-field.ts";

/** One thing that can be chosen; what is shown of it is clean. */
export interface Choice<T> {
  readonly value: T;
  readonly name: string;
  readonly description?: string;
}

interface InWords {
  readonly message: string;
  readonly validate?: (text: string) => true | string;
}

/**
 * What a person is asked with. Rejects with an error named `AbortPromptError` when the answer is not needed any more, and
 * `ExitPromptError` when the person wants out.
 */
export interface Prompts {
  /** `default`: what is chosen by a line end alone. */
  select<T>(config: { message: string; choices: Choice<T>[]; default?: NoInfer<T> }): Promise<T>;
  checkbox<T>(config: { message: string; choices: Choice<T>[]; required: boolean }): Promise<T[]>;
  input(config: InWords): Promise<string>;
  password(config: { message: string; mask: true }): Promise<string>;
}

/** Where somebody is asked. */
export interface AskingPlace extends AskingOptions {
  /** The prompts of one request, which its signal takes back. Loaded when the first one is needed. */
  prompts(signal: AbortSignal): Promise<Prompts>;
  /** Shows what the next prompt is about. */
  print(text: string): void;
}

/** One question to the person, with everything it needs. */
export interface Asking {
  readonly prompts: Prompts;
  print(text: string): void;
}

export interface TerminalOptions extends AskingOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

const labels: Record<ApprovalDecision, string> = {
  accept: "Yes, this once",
  accept_session: "Yes, and the very same again in this session",
  accept_rule: "Yes, and from now on whatever begins like this",
  decline: "No, go on without it",
  cancel: "No, and stop the turn",
};
const other = Symbol("an answer in one's own words");

/** Asks the person at a terminal, line by line. */
export function terminalApprover({ input, output, ...options }: TerminalOptions): Required<Approver> {
  return approverAt({
    ...options,
    print: (text) => void output.write(`${plain(text)}\n`),
    async prompts(signal) {
      const { select, checkbox, input: words, password } = await import("@inquirer/prompts");
      const context = { input, output, signal };
      return {
        select: (config) => select(config, context),
        checkbox: (config) => checkbox(config, context),
        input: (config) => words(config, context),
        password: (config) => password(config, context),
      };
    },
  });
}

/** Asks a person. One thing at a time: two prompts would fight for the keyboard. */
export function approverAt(place: AskingPlace): Required<Approver> {
  let last: Promise<unknown> = Promise.resolve();

  /** @returns undefined when nobody answered: the request is over, or Ctrl-C was pressed. */
  async function ask<T>(signal: AbortSignal, work: (asking: Asking) => Promise<T>): Promise<T | undefined> {
    const turn = last.then(async () => {
      // It may have waited behind others for longer than its request had.
      if (signal.aborted) return undefined;
      const prompts = await place.prompts(signal);
      place.beforeAsking();
      const print = (text: string): void => place.print(text);
      try {
        return await work({ prompts, print });
      } catch (thrown) {
        const name = thrown instanceof Error ? thrown.name : "";
        if (name === "ExitPromptError") place.interrupt();
        else if (name !== "AbortPromptError") throw thrown;
        else print("(no answer is needed any more)");
        return undefined;
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    approve: async (request, signal) => (await ask(signal, (asking) => decide(asking, request))) ?? giveUp(request),
    answer: (request, signal) => ask(signal, (asking) => answerAll(asking, request)),
    fillIn: async (request, signal) =>
      (await ask(signal, (asking) => fillIn(asking, request))) ?? { action: "cancel" as const },
  };
}

function giveUp({ decisions }: ApprovalAsk): ApprovalDecision {
  return decisions.includes("cancel") ? "cancel" : "decline";
}

async function decide({ prompts, print }: Asking, ask: ApprovalAsk): Promise<ApprovalDecision> {
  print(`\n${ask.title}\n${indented(ask.detail)}`);
  if (ask.cwd !== undefined) print(`  in ${ask.cwd}`);
  if (ask.reason !== undefined) print(`  because: ${hanging(ask.reason)}`);
  if (ask.rule) print(`  proposed rule: ${hanging(ask.rule.join(" "))} …`);
  const choices = ask.decisions.map((value) => ({ value, name: labels[value] }));
  // A line end typed ahead must not allow anything.
  return prompts.select({ message: "Allow it?", choices, default: "decline" });
}

async function answerAll(asking: Asking, ask: QuestionAsk): Promise<Record<string, readonly string[]>> {
  const answers: [string, string[]][] = [];
  for (const question of ask.questions) {
    const answer = await answerOne(asking, question);
    // No words are no answer.
    if (answer !== "") answers.push([question.id, [answer]]);
  }
  return Object.fromEntries(answers);
}

async function answerOne({ prompts }: Asking, question: Question): Promise<string> {
  const message = plain([question.header, question.question].filter((text) => text !== "").join(": "));
  const inWords = (): Promise<string> =>
    question.secret ? prompts.password({ message, mask: true }) : prompts.input({ message });
  if (question.options.length === 0) return inWords();
  const choices: Choice<string | typeof other>[] = question.options.map(
    // The label goes back as it came; only what is shown of it is cleaned.
    ({ label, description }) => ({ value: label, name: plain(label), description: plain(description) }),
  );
  if (question.allowOther) choices.push({ value: other, name: "Something else…" });
  const chosen = await prompts.select({ message, choices });
  return typeof chosen === "string" ? chosen : inWords();
}

async function fillIn(asking: Asking, ask: FormAsk): Promise<FormAnswer> {
  const { prompts, print } = asking;
  print(`\n${ask.server} asks:\n${indented(ask.message)}`);
  if (ask.mode === "url") print(`  ${literally(ask.url)}`);
  const action = await prompts.select({
    message: ask.mode === "url" ? "Open this page yourself if you trust it. Done?" : "Answer it?",
    choices: [
      { value: "accept" as const, name: ask.mode === "url" ? "Yes, it is done" : "Yes, fill in the form" },
      { value: "decline" as const, name: "No" },
      { value: "cancel" as const, name: "Not now" },
    ],
    default: "decline" as const,
  });
  if (action !== "accept") return { action };
  const content: [string, unknown][] = [];
  for (const field of ask.mode === "form" ? ask.fields : []) {
    const value = await askField(asking, field);
    if (value !== leftOut) content.push([field.name, value]);
  }
  return { action, content: Object.fromEntries(content) };
}

/** The address as it is; one that could look like another is written the way a browser would ask for it. */
function literally(url: string): string {
  if (/^[\x21-\x7e]*$/.test(url)) return url;
  return URL.canParse(url) ? new URL(url).href : encodeURI(url);
}

/** Further lines stand below the first one: none of them can pass for a line of ours. */
function hanging(text: string): string {
  return text.replaceAll("\n", "\n    ");
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
