import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { jsonObject } from "../json.ts";
import type { OfferedTool } from "../native/types.ts";
import { type RequestItem, readItem } from "./items.ts";
import { recalledTools } from "./recalled.ts";

/** A request of Codex to its model, as far as the gateway reads it. */
export interface CodexRequest {
  /** The slug Codex was told; the gateway's own prefix is still on it. */
  readonly model: string;
  /** Base instructions, wherever this release puts them. */
  readonly instructions: string;
  readonly items: readonly RequestItem[];
  readonly offered: readonly OfferedTool[];
  /** It offers nothing: `offered` is what was there before, and nothing of it can be called. */
  readonly recalled: boolean;
  readonly effort?: string;
  readonly threadId: string;
  readonly turnId: string;
  readonly purpose: "turn" | "compaction";
  readonly child: boolean;
  readonly codexVersion: string;
}

const body = z.looseObject({
  model: z.string(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(z.unknown())]),
  tools: z.array(z.unknown()).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  client_metadata: jsonObject.nullish(),
});

const metadata = z.looseObject({
  thread_id: z.string().optional(),
  session_id: z.string().optional(),
  turn_id: z.string().optional(),
  request_kind: z.string().optional(),
});

const tool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  tools: z.array(z.unknown()).optional(),
});

/** @returns undefined when the body is not a Responses request */
export function parseRequest(json: unknown, headers: IncomingHttpHeaders): CodexRequest | undefined {
  const parsed = body.safeParse(json);
  if (!parsed.success) return undefined;
  const { model, input, tools, reasoning } = parsed.data;
  const items = typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input;
  const known = items.map(readItem).filter((item) => item !== undefined);
  const { instructions, rest } = splitInstructions(parsed.data.instructions ?? "", known);
  const offered = [...(tools ?? []), ...known.flatMap((item) => (item.type === "tools" ? item.tools : []))];
  const about = turnMetadata(headers, parsed.data.client_metadata ?? {});
  const open = offered.flatMap((entry) => opened(entry));
  const effort = reasoning?.effort ?? undefined;
  return {
    model,
    instructions,
    items: rest,
    offered: open.length > 0 ? open : recalledTools(known),
    recalled: open.length === 0,
    ...(effort === undefined ? {} : { effort }),
    threadId:
      about.thread_id ?? header(headers, "thread-id") ?? header(headers, "session_id") ?? about.session_id ?? "",
    turnId: about.turn_id ?? "",
    // Releases that do not say so ask for a summary without offering any tool.
    purpose: about.request_kind === "compaction" || open.length === 0 ? "compaction" : "turn",
    child: header(headers, "x-openai-subagent") !== undefined,
    codexVersion: /\/(\d+\.\d+\.\d+)/.exec(header(headers, "user-agent") ?? "")?.[1] ?? "",
  };
}

/** Releases since 0.163 send the base instructions as the first developer message. */
function splitInstructions(instructions: string, items: readonly RequestItem[]) {
  const [first, ...rest] = items;
  if (instructions !== "" || first?.type !== "message" || first.role !== "developer")
    return { instructions, rest: items };
  return { instructions: first.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n"), rest };
}

function turnMetadata(headers: IncomingHttpHeaders, client: Record<string, unknown>): z.infer<typeof metadata> {
  const text = header(headers, "x-codex-turn-metadata") ?? client["x-codex-turn-metadata"];
  try {
    const found = metadata.safeParse(JSON.parse(String(text)));
    return found.success ? found.data : {};
  } catch {
    return {};
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** The tools Codex executes, with namespaces opened; hosted ones (web search) are the provider's and are left out. */
function opened(entry: unknown, namespace?: string): OfferedTool[] {
  const found = tool.safeParse(entry);
  if (!found.success) return [];
  const { type, name, description, parameters, tools = [] } = found.data;
  if (type === "namespace") return tools.flatMap((inner) => opened(inner, name));
  if (name === undefined || (type !== "function" && type !== "custom")) return [];
  return [
    {
      kind: type,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      description: description ?? "",
      parameters: parameters ?? {},
    },
  ];
}
