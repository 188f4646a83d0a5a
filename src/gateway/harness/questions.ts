import { askUser } from "../native/ask.ts";
import type { At } from "../native/offered.ts";
import type { Program } from "../native/types.ts";

export interface Question {
  readonly question: string;
  readonly header?: string;
  readonly options: readonly { readonly label: string; readonly description?: string }[];
  readonly several?: boolean;
}

export type Answers =
  | { readonly kind: "answered"; readonly answers: readonly (readonly string[])[] }
  | { readonly kind: "refused"; readonly text: string };

const shownOptions = 3;

/**
 * Asks the person behind the thread. Codex shows three choices and takes any words as an answer: further choices, and
 * that several are welcome, are said in the question.
 */
export function* askPerson(at: At, questions: readonly Question[]): Program<Answers> {
  return yield* askUser(
    at,
    questions.map(({ question, header = "", options, several }, index) => {
      const rest = options.slice(shownOptions).map(({ label }) => label);
      const words = [
        question,
        ...(rest.length > 0 ? [`(Also possible: ${rest.join(", ")}.)`] : []),
        ...(several ? ["(Several may be chosen.)"] : []),
      ];
      return {
        header: header === "" ? `Question ${index + 1}` : header,
        question: words.join(" "),
        options: options.slice(0, shownOptions).map(({ label, description = "" }) => ({
          label,
          description: description === "" ? label : description,
        })),
      };
    }),
  );
}
