import { z } from "zod";

/*
 * The items of a turn, as far as the bridge reads them. Objects are loose: fields and enum values that a newer server
 * adds survive, so a new release never breaks a turn by saying more.
 */

const id = z.string();
const text = z.string();

const userMessage = z.looseObject({
  type: z.literal("userMessage"),
  id,
  clientId: z.string().nullish(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

const agentMessage = z.looseObject({
  type: z.literal("agentMessage"),
  id,
  text,
  phase: z.string().nullish(),
});

const reasoning = z.looseObject({
  type: z.literal("reasoning"),
  id,
  summary: z.array(z.string()).default([]),
  content: z.array(z.string()).default([]),
});

const plan = z.looseObject({ type: z.literal("plan"), id, text });

const commandExecution = z.looseObject({
  type: z.literal("commandExecution"),
  id,
  command: z.string(),
  cwd: z.string().nullish(),
  status: z.string(),
  aggregatedOutput: z.string().nullish(),
  exitCode: z.number().nullish(),
  processId: z.string().nullish(),
});

const fileChange = z.looseObject({
  type: z.literal("fileChange"),
  id,
  status: z.string(),
  changes: z
    .array(z.looseObject({ path: z.string(), kind: z.looseObject({ type: z.string() }), diff: z.string().default("") }))
    .default([]),
});

const dynamicToolCall = z.looseObject({
  type: z.literal("dynamicToolCall"),
  id,
  tool: z.string(),
  namespace: z.string().nullish(),
  arguments: z.unknown().optional(),
  status: z.string(),
  contentItems: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).nullish(),
  success: z.boolean().nullish(),
});

const mcpToolCall = z.looseObject({
  type: z.literal("mcpToolCall"),
  id,
  server: z.string(),
  tool: z.string(),
  arguments: z.unknown().optional(),
  status: z.string(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string().optional() }).nullish(),
});

const webSearch = z.looseObject({ type: z.literal("webSearch"), id, query: z.string().default("") });
const imageView = z.looseObject({ type: z.literal("imageView"), id, path: z.string() });
const imageGeneration = z.looseObject({
  type: z.literal("imageGeneration"),
  id,
  status: z.string().nullish(),
  savedPath: z.string().nullish(),
});
const contextCompaction = z.looseObject({ type: z.literal("contextCompaction"), id });

/** A native sub-agent tool of the first generation: spawn, send, wait, close. */
const collabAgentToolCall = z.looseObject({
  type: z.literal("collabAgentToolCall"),
  id,
  tool: z.string(),
  status: z.string(),
  prompt: z.string().nullish(),
  receiverThreadIds: z.array(z.string()).default([]),
  agentsStates: z.record(z.string(), z.looseObject({ status: z.string(), message: z.string().nullish() })).nullish(),
});

/** What a native sub-agent of the second generation did, as its parent sees it. */
const subAgentActivity = z.looseObject({
  type: z.literal("subAgentActivity"),
  id,
  kind: z.string(),
  agentThreadId: z.string(),
  agentPath: z.string().default(""),
});
const sleep = z.looseObject({ type: z.literal("sleep"), id, durationMs: z.number().default(0) });
const enteredReviewMode = z.looseObject({ type: z.literal("enteredReviewMode"), id, review: z.string() });
const exitedReviewMode = z.looseObject({ type: z.literal("exitedReviewMode"), id, review: z.string() });

const knownItem = z.discriminatedUnion("type", [
  userMessage,
  agentMessage,
  reasoning,
  plan,
  commandExecution,
  fileChange,
  dynamicToolCall,
  mcpToolCall,
  webSearch,
  imageView,
  imageGeneration,
  contextCompaction,
  collabAgentToolCall,
  subAgentActivity,
  sleep,
  enteredReviewMode,
  exitedReviewMode,
]);

export type KnownItem = z.infer<typeof knownItem>;

/** An item of a type this bridge has no reading for: kept by id, shown by type. */
export interface OtherItem {
  readonly type: "other";
  readonly id: string;
  readonly itemType: string;
}

export type ThreadItem = KnownItem | OtherItem;

/** The variants the bridge reads, by type. */
export const itemShapes = Object.fromEntries(knownItem.options.map((option) => [option.shape.type.value, option]));

const anyItem = z.looseObject({ type: z.string(), id: z.string() });

/** A ThreadItem of the protocol; unknown types become `other` and are never an error. */
export const threadItem = anyItem.transform((raw, context): ThreadItem => {
  if (!Object.hasOwn(itemShapes, raw.type)) return { type: "other", id: raw.id, itemType: raw.type };
  const parsed = knownItem.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    context.addIssue({ code: "custom", message: issue.message, path: [...issue.path] });
  }
  return z.NEVER;
});
