import { z } from "zod";
import { elicitationShape, userInputShape } from "../protocol/server-requests.ts";
import { memoryKey } from "./approvals.ts";
import { shown, shownLiterally } from "./show.ts";
import type { ApprovalAsk, ApprovalDecision, FormAnswer, FormAsk, FormField, QuestionAsk } from "./types.ts";

export function questionAsk(params: unknown): QuestionAsk {
  const { threadId, turnId, questions } = userInputShape.parse(params);
  return {
    threadId,
    turnId,
    questions: questions.map((each) => ({
      id: each.id,
      header: shown(each.header, 120),
      question: shown(each.question, 2000),
      options: (each.options ?? []).map(({ label, description }) => ({ label, description: shown(description, 300) })),
      allowOther: each.isOther,
      secret: each.isSecret,
    })),
  };
}

/** Only answers to questions that were asked, each a list of texts. */
export function questionAnswer(
  ask: QuestionAsk,
  answers: Readonly<Record<string, readonly string[]>> | undefined,
): unknown {
  const known = ask.questions.flatMap(({ id }) => {
    const given = answers && Object.hasOwn(answers, id) ? answers[id] : undefined;
    return given ? [[id, { answers: given.map(String) }] as const] : [];
  });
  return { answers: Object.fromEntries(known) };
}

const propertyShape = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.string()).optional(),
  items: z.looseObject({ enum: z.array(z.string()).optional() }).optional(),
});
const formShape = z.looseObject({
  properties: z.record(z.string(), propertyShape).default({}),
  required: z.array(z.string()).default([]),
});
const maxFields = 24;

/** What an MCP server asks for: leave to run a tool, a form, or a visit to a page. */
export type Elicitation =
  | { kind: "approval"; ask: ApprovalAsk; memoryKey: string; answer(decision: ApprovalDecision): unknown }
  | { kind: "form"; ask: FormAsk }
  | { kind: "unsupported"; why: string };

export function elicitation(params: unknown): Elicitation {
  const p = elicitationShape.parse(params);
  const server = shown(p.serverName, 100);
  const message = shown(p.message, 2000);
  if (p._meta?.codex_approval_kind === "mcp_tool_call") {
    return toolApproval(p, message);
  }
  if (p.mode === "url") {
    const url = pageAddress(p.url);
    if (url === undefined) return { kind: "unsupported", why: "only http and https pages can be shown" };
    return { kind: "form", ask: { mode: "url", server, message, url } };
  }
  const form = formShape.safeParse(p.requestedSchema);
  if (p.mode !== "form" || !form.success)
    return { kind: "unsupported", why: `a form of mode ${p.mode} is not supported` };
  const entries = Object.entries(form.data.properties);
  if (entries.length > maxFields) return { kind: "unsupported", why: `a form of ${entries.length} fields is too long` };
  const fields = entries.map(([name, property]): FormField => {
    const choices = property.enum ?? property.items?.enum;
    return {
      name,
      title: shown(property.title ?? name, 120),
      description: shown(property.description ?? "", 500),
      type: fieldType(property),
      required: form.data.required.includes(name),
      ...(choices ? { choices } : {}),
    };
  });
  return { kind: "form", ask: { mode: "form", server, message, fields } };
}

/** An address as it is, or in its plain form: what could move a cursor or turn a reader's eye is written in percent signs. */
function pageAddress(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  if (text === undefined || !url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  return /^[\x21-\x7e]+$/.test(text) ? text : url.href;
}

function toolApproval(p: z.infer<typeof elicitationShape>, message: string): Elicitation {
  const persist = Array.isArray(p._meta?.persist) && p._meta.persist.includes("session");
  const params = JSON.stringify(p._meta?.tool_params ?? null);
  return {
    kind: "approval",
    ask: {
      kind: "mcp_tool",
      title: message,
      detail: shownLiterally(params, 700),
      subject: { server: p.serverName, tool: p._meta?.tool_name ?? undefined, params: p._meta?.tool_params },
      decisions: persist ? ["accept", "accept_session", "decline", "cancel"] : ["accept", "decline", "cancel"],
      threadId: p.threadId,
      turnId: p.turnId ?? "",
      itemId: "",
    },
    memoryKey: memoryKey("mcp", p.serverName, p._meta?.tool_name ?? p.message, params),
    answer: (decision) => {
      if (decision === "accept_session") return { action: "accept", content: {}, _meta: { persist: "session" } };
      if (decision === "accept") return { action: "accept", content: {}, _meta: null };
      return { action: decision, content: null, _meta: null };
    },
  };
}

function fieldType(property: z.infer<typeof propertyShape>): FormField["type"] {
  if (property.enum) return "enum";
  if (property.type === "array") return "multi";
  if (property.type === "number" || property.type === "integer" || property.type === "boolean") return property.type;
  return "string";
}

/** The answer as the server takes it. @throws Error naming the field that is not as the form asks */
export function formAnswer(ask: FormAsk, answer: FormAnswer): unknown {
  if (answer.action !== "accept") return { action: answer.action, content: null, _meta: null };
  if (ask.mode === "url") return { action: "accept", content: {}, _meta: null };
  const content: Record<string, unknown> = {};
  for (const field of ask.fields) {
    const value = Object.hasOwn(answer.content, field.name) ? answer.content[field.name] : undefined;
    if (value === undefined) {
      if (field.required) throw new Error(`${field.name} is required`);
      continue;
    }
    if (!fits(field, value)) throw new Error(`${field.name} is not a ${field.type}`);
    content[field.name] = value;
  }
  return { action: "accept", content, _meta: null };
}

function fits(field: FormField, value: unknown): boolean {
  switch (field.type) {
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "enum":
      return typeof value === "string" && (field.choices ?? []).includes(value);
    case "multi":
      return (
        Array.isArray(value) &&
        value.every((each) => typeof each === "string" && (field.choices?.includes(each) ?? true))
      );
  }
}
