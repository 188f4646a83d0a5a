import { z } from "zod";
import type { ToolResult } from "../../conversation/types.ts";
import { askUser } from "../../native/ask.ts";
import { updatePlan } from "../../native/plan.ts";
import type { Program } from "../../native/types.ts";
import { resultText } from "../chat-messages.ts";
import type { CallContext } from "../types.ts";
import { failed, json, tool } from "./results.ts";

const status = z.enum(["pending", "in_progress", "completed"]);
const item = z.object({ id: z.int(), content: z.string(), status });
type Item = z.output<typeof item>;

/** The checklist as the last result of one of its tools has it. */
function currentItems({ earlier }: CallContext): Item[] {
  for (const { call, result } of earlier.toReversed()) {
    if (!/^(checklist|todo)_/.test(call.name) || result.isError) continue;
    const text = resultText(result);
    try {
      const told = z.object({ items: z.array(item) }).safeParse(JSON.parse(text.slice(text.indexOf("{"))));
      if (told.success) return told.data.items;
    } catch {
      // An interrupted call has no list.
    }
  }
  return [];
}

function percent(items: readonly { status: string }[]): number {
  const done = items.filter((each) => each.status === "completed").length;
  return items.length === 0 ? 0 : Math.round((100 * done) / items.length);
}

function listed(items: readonly Item[], head: string): ToolResult {
  const list = {
    items,
    completion_pct: percent(items),
    in_progress_id: items.find((each) => each.status === "in_progress")?.id ?? null,
  };
  return { content: `${head}\n${JSON.stringify(list, undefined, 2)}` };
}

function* set(items: readonly Item[], at: CallContext): Program<ToolResult> {
  const refused = yield* updatePlan(
    at,
    items.map((each) => ({ step: each.content, status: each.status })),
  );
  if (refused !== undefined) return failed(refused);
  return listed(items, `Todo list updated (${items.length} items, ${percent(items)}% complete)`);
}

/** The checklist has two names, and its tools are the same. */
function listTools(name: string) {
  return {
    add: tool({
      name: `${name}_add`,
      description: "Adds a step to the checklist the user sees.",
      input: z.object({ content: z.string(), status: status.optional() }),
      *run({ content, status: state = "pending" }, at) {
        const items = currentItems(at);
        const id = Math.max(0, ...items.map((each) => each.id)) + 1;
        return yield* set([...items, { id, content, status: state }], at);
      },
    }),
    list: tool({
      name: `${name}_list`,
      description: "Tells the checklist.",
      parallel: true,
      input: z.object({}),
      // biome-ignore lint/correctness/useYield: the list stands in the conversation.
      *run(_args, at) {
        const items = currentItems(at);
        return listed(items, `Todo list (${items.length} items, ${percent(items)}% complete)`);
      },
    }),
    update: tool({
      name: `${name}_update`,
      description: "Sets how far a step is.",
      input: z.object({ id: z.int(), status }),
      *run({ id, status: state }, at) {
        const items = currentItems(at);
        if (!items.some((each) => each.id === id)) return failed(`The checklist has no step ${id}.`);
        return yield* set(
          items.map((each) => (each.id === id ? { ...each, status: state } : each)),
          at,
        );
      },
    }),
    write: tool({
      name: `${name}_write`,
      description: "Replaces the checklist the user sees. One step is in progress; mark it completed as soon as it is.",
      input: z.object({ todos: z.array(z.object({ content: z.string(), status })) }),
      *run({ todos }, at) {
        return yield* set(
          todos.map((todo, index) => ({ id: index + 1, ...todo })),
          at,
        );
      },
    }),
  };
}

export const checklist = listTools("checklist");
export const todo = listTools("todo");

export const updatePlanTool = tool({
  name: "update_plan",
  description: "Shows the user the plan of a larger task.",
  input: z.object({
    explanation: z.string().optional(),
    plan: z.array(z.object({ step: z.string(), status })),
  }),
  *run({ explanation, plan }, at) {
    const refused = yield* updatePlan(at, plan, explanation);
    if (refused !== undefined) return failed(refused);
    const count = (state: string): number => plan.filter((each) => each.status === state).length;
    const head = `Plan updated: ${count("pending")} pending, ${count("in_progress")} in progress, ${count("completed")} completed (${percent(plan)}% done)`;
    return { content: `${head}\n${JSON.stringify({ explanation: explanation ?? null, items: plan }, undefined, 2)}` };
  },
});

export const requestUserInput = tool({
  name: "request_user_input",
  description: "Asks the user up to three questions with choices, when a decision is theirs.",
  input: z.object({
    questions: z
      .array(
        z.object({
          header: z.string(),
          id: z.string(),
          question: z.string(),
          options: z
            .array(z.object({ label: z.string(), description: z.string() }))
            .min(2)
            .max(3),
        }),
      )
      .min(1)
      .max(3),
  }),
  *run({ questions }, at) {
    const heard = yield* askUser(at, questions);
    if (heard.kind === "refused") return failed(heard.text);
    const answers = questions.map(({ id }, index) => [id, { answers: heard.answers[index] ?? [] }] as const);
    return json({ answers: Object.fromEntries(answers) });
  },
});
