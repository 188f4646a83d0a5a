import { z } from "zod";
import type { ToolResult } from "../conversation/types.ts";
import { isObject, type JsonObject } from "../json.ts";
import { offers } from "../native/offered.ts";
import type { Program } from "../native/types.ts";
import type { CallContext, Harness, HarnessContext, HarnessTool } from "./types.ts";

/** Every tool of a harness. A host's tool may have the name of one of the shape's; providers refuse two of one name. */
export function allTools(harness: Harness, context: HarnessContext): readonly HarnessTool[] {
  const taken = new Set<string>();
  return harness.tools(context).map((tool) => {
    let { name } = tool;
    for (let next = 2; taken.has(name); next += 1) name = `${tool.name.slice(0, 60)}_${next}`;
    taken.add(name);
    return name === tool.name ? tool : { ...tool, name };
  });
}

/**
 * The tools of a harness that work in this request. Those it has whatever is offered go through commands: where Codex
 * runs none (a question on the side, a host's policy), they are not advertised.
 */
export function usableTools(harness: Harness, context: HarnessContext): readonly HarnessTool[] {
  const tools = allTools(harness, context);
  if (offers(context, "exec_command")) return tools;
  const assumed = new Set(harness.tools({ ...context, offered: [] }).map(({ name }) => name));
  return tools.filter(({ name }) => !assumed.has(name));
}

export interface ToolPlan<Input extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  /** What is taken, and, as a JSON schema, what the model is told of it. */
  readonly input: Input;
  /** May run beside others of one answer: it only looks. */
  readonly parallel?: true;
  run(args: z.output<Input>, at: CallContext): Program<ToolResult>;
}

/**
 * Makes tools whose schema and whose check of the arguments are one thing.
 * @param failure how this harness tells its model that a call went wrong
 * @param schemaOf how this harness writes schemas
 */
export function toolMaker(failure: (words: string) => ToolResult, schemaOf = parametersOf) {
  return <Input extends z.ZodObject>(plan: ToolPlan<Input>): HarnessTool => ({
    name: plan.name,
    description: plan.description,
    parameters: schemaOf(plan.input),
    ...(plan.parallel ? { parallel: true as const } : {}),
    *run(input, at) {
      const parsed = plan.input.safeParse(withoutNulls(input));
      if (parsed.success) return yield* plan.run(parsed.data, at);
      const [issue] = parsed.error.issues;
      const place = issue?.path.join(".") ?? "";
      return failure(`Invalid arguments: ${place === "" ? "" : `${place}: `}${issue?.message ?? "not understood"}`);
    },
  });
}

/** Models write null for what they leave out, whatever the schema says. */
function withoutNulls(input: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

/** The schema as most agent CLIs send it: no dialect, no closed objects, no bounds nobody set. */
function parametersOf(input: z.ZodObject): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(input, {
    io: "input",
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return oneTyped(schema) as JsonObject;
}

/** The schema with its dialect and closed objects; what has a default is required all the same, and need not be there. */
export function closedParametersOf(input: z.ZodObject): JsonObject {
  return { ...z.toJSONSchema(input, { io: "output" }) };
}

/** Some servers know a type only as one word: "this or null" becomes a choice of two. */
function oneTyped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(oneTyped);
  if (!isObject(value)) return value;
  const told = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, oneTyped(inner)]));
  const { type, ...rest } = told;
  return Array.isArray(type) ? { anyOf: type.map((each) => ({ type: each })), ...rest } : told;
}
