import { z } from "zod";
import { askPerson } from "../questions.ts";
import { failed, tool } from "./results.ts";

const option = z.object({
  label: z.string().describe("The choice, in a few words."),
  description: z.string().describe("What it means or leads to."),
  preview: z.string().optional().describe("What it would look like."),
});

const question = z.object({
  question: z.string().describe("The whole question."),
  header: z.string().describe("One or two words for it, at most 12 characters."),
  options: z.array(option).min(2).max(4),
  multiSelect: z.boolean().default(false).describe("Several choices may be taken."),
});

export const askUserQuestion = tool({
  name: "AskUserQuestion",
  description:
    "Asks the user up to four questions with choices, when a decision is theirs and neither the request nor the files settle it. They may also answer in their own words. Put the choice you would take first.",
  input: z.object({
    questions: z.array(question).min(1).max(4),
    answers: z.record(z.string(), z.string()).optional().describe("Leave this out; the user answers."),
    annotations: z
      .record(z.string(), z.object({ preview: z.string().optional(), notes: z.string().optional() }))
      .optional()
      .describe("Leave this out."),
    metadata: z.object({ source: z.string().optional() }).optional().describe("Where the questions come from."),
  }),
  *run({ questions }, at) {
    const heard = yield* askPerson(
      at,
      questions.map(({ options, multiSelect, ...rest }) => ({
        ...rest,
        several: multiSelect,
        options: options.map(({ label, description, preview }) => ({
          label,
          description: preview === undefined ? description : `${description} ${preview}`,
        })),
      })),
    );
    if (heard.kind === "refused") return failed(heard.text);
    const told = questions.flatMap(({ question: words }, index) => {
      const answers = heard.answers[index] ?? [];
      return answers.length > 0 ? [`"${words}"="${answers.join(", ")}"`] : [];
    });
    if (told.length === 0) return { content: "Nobody answered." };
    return { content: `The user answered your questions: ${told.join(", ")}. Go on accordingly.` };
  },
});
