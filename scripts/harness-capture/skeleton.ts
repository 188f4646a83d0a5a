import { prompt, said, thought } from "./play.ts";
import { schemaShape } from "./schema-shape.ts";

/*
 * What a request looks like without what it says. A string is kept only where it is a word of the format (a role, a type,
 * a tool's name); every other one becomes a mark in braces that tells what stood there. The same is made of what a CLI
 * sent and of what our harness sends, so both can be compared field by field.
 */

export interface RequestSkeleton {
  readonly method: string;
  readonly path: string;
  /** Names, sorted: their order means nothing. */
  readonly headers: readonly string[];
  /** Features of the Messages API that were asked for. */
  readonly betas?: readonly string[];
  /** In the order of its fields. `tools` is "as before" when they are those of the request before. */
  readonly body: Record<string, unknown>;
}

export interface SkeletonSource {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

/** Fields whose short values are words of the format. */
const words = new Set(["type", "role", "name", "model", "keep", "effort", "reasoning_effort", "tool_choice"]);
const shortWord = /^[\w.:/{}-]{1,60}$/;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ids = new Set(["id", "tool_use_id", "tool_call_id"]);

/** The requests of one conversation. */
export function skeletonOf(requests: readonly SkeletonSource[]): RequestSkeleton[] {
  const calls: string[] = [];
  let before = "";
  return requests.map(({ method, path, headers, body }) => {
    const shaped = Object.fromEntries(
      Object.entries(body).map(([key, value]) => {
        if (key !== "tools") return [key, shape(value, key, calls)];
        const tools = (value as Record<string, unknown>[]).map(toolShape);
        const text = JSON.stringify(tools);
        const same = text === before;
        before = text;
        return [key, same ? "as before" : tools];
      }),
    );
    const betas = headers["anthropic-beta"];
    return {
      method,
      path,
      headers: Object.keys(headers).sort(),
      ...(betas === undefined ? {} : { betas: String(betas).split(",") }),
      body: shaped,
    };
  });
}

function shape(value: unknown, key: string, calls: string[]): unknown {
  if (typeof value === "string") return stringShape(value, key, calls);
  if (Array.isArray(value)) return value.map((each) => shape(each, key, calls));
  if (value === null || typeof value !== "object") return value;
  const object = value as Record<string, unknown>;
  const result = object.type === "tool_result" || object.role === "tool";
  return Object.fromEntries(
    Object.entries(object).map(([name, inner]) => {
      if (name === "input") return [name, Object.keys(inner as object)];
      if (name === "arguments") return [name, argumentsShape(String(inner))];
      if (name === "content" && result) return [name, resultShape(inner)];
      return [name, shape(inner, name, calls)];
    }),
  );
}

function stringShape(text: string, key: string, calls: string[]): string {
  if (ids.has(key)) {
    if (!calls.includes(text)) calls.push(text);
    return `{id ${calls.indexOf(text) + 1}}`;
  }
  if (text === "") return "";
  const short = text.replace(uuid, "{id}");
  if ((words.has(key) || short.includes("{id}")) && shortWord.test(short)) return short;
  if (text === prompt) return "{prompt}";
  const spoken = said.findIndex((each) => text.startsWith(each)) + 1;
  if (spoken > 0) return text === said[spoken - 1] ? `{said ${spoken}}` : `{said ${spoken} and more}`;
  const thinking = (thought as readonly string[]).indexOf(text) + 1;
  if (thinking > 0) return `{thought ${thinking}}`;
  if (text.startsWith("OBSERVATION:\n")) return resultLines(text);
  if (text.startsWith("<system-reminder>")) return "{reminder}";
  if (text.startsWith("{")) return "{json}";
  return text.includes(prompt) ? "{text with prompt}" : "{text}";
}

/** The keys of a call's arguments, and how the JSON is written. */
function argumentsShape(text: string): unknown {
  const input = JSON.parse(text) as Record<string, unknown>;
  return { written: JSON.stringify(input) === text ? "compact" : "as it was", keys: Object.keys(input) };
}

function resultShape(content: unknown): unknown {
  if (typeof content === "string") return resultLines(content);
  if (!Array.isArray(content)) return content;
  return content.map((part: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => [
        key,
        key === "text" ? resultLines(String(value)) : shape(value, key, []),
      ]),
    ),
  );
}

const lineForms: readonly (readonly [form: RegExp, mark: (found: RegExpExecArray) => string])[] = [
  [/^Exit code \d+$/, () => "Exit code N"],
  [/^\s*\d+\t/, () => "N\t"],
  [/^(<\/?[a-z_-]+>)/, ([, tag]) => tag!],
  [/^((?:[A-Z]\w*)(?: \w+){0,2}:)(?: |$)/, ([, label]) => label!],
  [/^---$/, () => "---"],
  [/^$/, () => ""],
];

/** A result line by line: labels, tags and numbering stay, what they hold does not. */
function resultLines(text: string): string {
  const marks = text.split("\n").map((line) => {
    for (const [form, mark] of lineForms) {
      const found = form.exec(line);
      if (found) return mark(found);
    }
    return "{text}";
  });
  return marks.filter((mark, index) => mark !== marks[index - 1]).join("\n");
}

/** Name and parameters of a tool, in the form it is sent in, without a word that explains it. */
function toolShape(tool: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tool).map(([key, value]) => {
      if (key === "function") return [key, toolShape(value as Record<string, unknown>)];
      if (key === "parameters" || key === "input_schema") return [key, schemaShape(value)];
      return [key, shape(value, key, [])];
    }),
  );
}
