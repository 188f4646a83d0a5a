import { z } from "zod";
import { type At, offers } from "./offered.ts";
import type { Program } from "./types.ts";

export interface UserQuestion {
  readonly header: string;
  readonly question: string;
  readonly options: readonly { readonly label: string; readonly description: string }[];
}

export type AskResult =
  /** One list of answers per question, in their order; empty where nobody answered. */
  | { readonly kind: "answered"; readonly answers: readonly (readonly string[])[] }
  | { readonly kind: "refused"; readonly text: string };

const answer = z.object({ answers: z.record(z.string(), z.object({ answers: z.array(z.string()) })) });
const mostQuestions = 3;
const mostOptions = 3;

/** Asks the person behind the thread. Codex asks at most three questions at once: more are asked one after another. */
export function* askUser(at: At, questions: readonly UserQuestion[]): Program<AskResult> {
  if (!offers(at.context, "request_user_input")) return { kind: "refused", text: "nobody can be asked here" };
  const answers: (readonly string[])[] = [];
  for (let start = 0; start < questions.length; start += mostQuestions) {
    const some = questions.slice(start, start + mostQuestions);
    const asked = some.map(({ header, question, options }, index) => ({
      id: `q${start + index + 1}`,
      header: header.slice(0, 12),
      question,
      options: options.slice(0, mostOptions),
    }));
    const { text } = yield { kind: "function", name: "request_user_input", input: { questions: asked } };
    const told = readAnswer(text);
    if (!told) return { kind: "refused", text };
    for (const { id } of asked) answers.push(told.answers[id]?.answers ?? []);
  }
  return { kind: "answered", answers };
}

function readAnswer(text: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
