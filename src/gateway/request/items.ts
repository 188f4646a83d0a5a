import { z } from "zod";
import type { Part } from "../conversation/types.ts";

/* The items of a Responses request, as far as the gateway reads them. What it does not know is left out. */

const text = z.string();
const contentPart = z.looseObject({ type: text, text: text.optional(), image_url: z.unknown().optional() });
const content = z.union([text, z.array(contentPart)]);

const shapes = {
  message: z.looseObject({ role: text, content }),
  reasoning: z.looseObject({
    encrypted_content: text.nullish(),
    summary: z.array(z.looseObject({ text: text.optional() })).optional(),
    content: z.array(z.looseObject({ text: text.optional() })).nullish(),
  }),
  function_call: z.looseObject({ name: text, namespace: text.nullish(), arguments: text, call_id: text }),
  custom_tool_call: z.looseObject({ name: text, namespace: text.nullish(), input: text, call_id: text }),
  function_call_output: z.looseObject({ call_id: text, output: z.unknown().optional() }),
  custom_tool_call_output: z.looseObject({ call_id: text, output: z.unknown().optional() }),
  additional_tools: z.looseObject({ tools: z.array(z.unknown()) }),
} as const;

export type RequestItem =
  | { readonly type: "message"; readonly role: string; readonly parts: readonly Part[] }
  | { readonly type: "reasoning"; readonly sealed: string | undefined; readonly text: string }
  | {
      readonly type: "call";
      readonly kind: "function" | "custom";
      readonly callId: string;
      readonly name: string;
      readonly namespace?: string;
      readonly text: string;
    }
  | { readonly type: "output"; readonly callId: string; readonly parts: readonly Part[] }
  | { readonly type: "tools"; readonly tools: readonly unknown[] };

/** @returns undefined for an item that is not as expected, or of a type the gateway has no use for */
export function readItem(item: unknown): RequestItem | undefined {
  if (item === null || typeof item !== "object") return undefined;
  const type = "type" in item ? item.type : "message";
  switch (type) {
    case "message": {
      const found = shapes.message.safeParse(item);
      return found.success ? { type: "message", role: found.data.role, parts: partsOf(found.data.content) } : undefined;
    }
    case "reasoning": {
      const found = shapes.reasoning.safeParse(item);
      if (!found.success) return undefined;
      const { summary = [], content: raw, encrypted_content } = found.data;
      const words = (raw?.length ? raw : summary).map((piece) => piece.text ?? "").join("\n");
      return { type: "reasoning", sealed: encrypted_content ?? undefined, text: words };
    }
    case "function_call": {
      const found = shapes.function_call.safeParse(item);
      return found.success ? call("function", found.data, found.data.arguments) : undefined;
    }
    case "custom_tool_call": {
      const found = shapes.custom_tool_call.safeParse(item);
      return found.success ? call("custom", found.data, found.data.input) : undefined;
    }
    case "function_call_output":
    case "custom_tool_call_output": {
      const found = shapes[type].safeParse(item);
      return found.success
        ? { type: "output", callId: found.data.call_id, parts: outputParts(found.data.output) }
        : undefined;
    }
    case "additional_tools": {
      const found = shapes.additional_tools.safeParse(item);
      return found.success ? { type: "tools", tools: found.data.tools } : undefined;
    }
    default:
      return undefined;
  }
}

function call(
  kind: "function" | "custom",
  data: { name: string; namespace?: string | null | undefined; call_id: string },
  words: string,
): RequestItem {
  const namespace = data.namespace ? { namespace: data.namespace } : {};
  return { type: "call", kind, callId: data.call_id, name: data.name, ...namespace, text: words };
}

function partsOf(value: z.infer<typeof content>): Part[] {
  if (typeof value === "string") return [{ type: "text", text: value }];
  return value.flatMap((part): Part[] => {
    if (part.type === "input_image" && typeof part.image_url === "string") {
      return [{ type: "image", url: part.image_url }];
    }
    return part.text === undefined ? [] : [{ type: "text", text: part.text }];
  });
}

/** An output is a string, a list of parts, or (of old releases) an object with `content`. */
function outputParts(output: unknown): Part[] {
  const found = content.safeParse(output);
  if (found.success) return partsOf(found.data);
  const wrapped = z.looseObject({ content }).safeParse(output);
  return wrapped.success ? partsOf(wrapped.data.content) : [{ type: "text", text: JSON.stringify(output) ?? "" }];
}
