import type { FormAnswer, FormAsk, FormField, QuestionAsk } from "../requests/types.ts";
import type { Deadline } from "./deadline.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

export interface QuestionContext {
  readonly params: HostAttempt;
  readonly host: Pick<HostRuntime, "agentHarnessStructuredInput">;
  readonly deadline: Deadline;
  readonly timeoutMs: number;
}

type Input = Parameters<HostRuntime["agentHarnessStructuredInput"]["run"]>[0]["input"];

/** Puts what Codex asks a person to the person through the host (buttons or words); undefined: nobody answered. */
export async function answerQuestions(
  ask: QuestionAsk,
  signal: AbortSignal,
  context: QuestionContext,
): Promise<Readonly<Record<string, readonly string[]>> | undefined> {
  const questions = ask.questions.map(({ id, header, question, options, allowOther, secret }) => ({
    id,
    header: header || "Question",
    question: question || header,
    isOther: allowOther,
    isSecret: secret,
    options: options.length > 0 ? options : null,
  }));
  const input = context.host.agentHarnessStructuredInput.compileQuestions({ questions, intro: "Codex asks:" });
  const outcome = await put(input, signal, context);
  return outcome.status === "answered" ? outcome.answers : undefined;
}

/** A form or page that an MCP server asks for. */
export async function fillIn(ask: FormAsk, signal: AbortSignal, context: QuestionContext): Promise<FormAnswer> {
  const compile = context.host.agentHarnessStructuredInput;
  const fallbackMessage = `${ask.server} asks:`;
  const input =
    ask.mode === "url"
      ? compile.compileUrl({
          url: ask.url,
          elicitationId: undefined,
          message: ask.message,
          fallbackMessage,
          protocolName: "MCP",
        })
      : compile.compileForm({
          schema: schemaOf(ask.fields),
          message: ask.message,
          fallbackMessage,
          options: { protocolName: "MCP", allowEmptyForm: true, minimumChoiceCount: 1 },
        });
  const outcome = await put(input, signal, context);
  switch (outcome.status) {
    case "answered":
      return { action: "accept", content: outcome.content };
    case "cancelled":
      return { action: "cancel" };
    default:
      return { action: "decline" };
  }
}

async function put(input: Input, signal: AbortSignal, { params, host, deadline, timeoutMs }: QuestionContext) {
  params.hostCapabilities.assertActive();
  const resume = deadline.pause();
  try {
    const outcome = await host.agentHarnessStructuredInput.run({
      input,
      sessionKey: params.sessionKey ?? params.sessionId,
      ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
      runId: params.runId,
      timeoutMs,
      // The very object: the host knows by it who may answer.
      delivery: params,
      signal,
      isActive: () => !signal.aborted,
    });
    params.hostCapabilities.assertActive();
    return outcome;
  } finally {
    resume();
  }
}

function schemaOf(fields: readonly FormField[]): object {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    required: fields.flatMap(({ name, required }) => (required ? [name] : [])),
  };
}

function propertyOf({ title, description, type, choices }: FormField): object {
  const about = { title, ...(description ? { description } : {}) };
  if (type === "multi") return { ...about, type: "array", items: { type: "string", enum: choices ?? [] } };
  if (type === "enum") return { ...about, type: "string", enum: choices ?? [] };
  return { ...about, type };
}
