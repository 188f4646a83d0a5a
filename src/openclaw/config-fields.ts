import { BridgeError } from "../errors.ts";
import { nearest } from "./spelling.ts";

/* Single fields of the plugin's configuration, and how they are refused. */

/** Id of the plugin, and of its entry in the host's configuration. */
export const pluginId = "codex-bridge";
const configPlace = `plugins.entries.${pluginId}.config`;

export function section(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalid(path, "an object", value);
  }
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    // A name can be anything, and as long.
    const short = name.slice(0, 60);
    const field = path ? `${path}.${short}` : short;
    const meant = nearest(short, known);
    throw new BridgeError("plugin_config_invalid", `Unknown field ${field} in ${configPlace}.`, {
      remedy: meant
        ? `Write ${path ? `${path}.${meant}` : meant} instead.`
        : `Remove it. Known fields here: ${known.join(", ")}.`,
      facts: { field },
    });
  }
  return fields;
}

export function text(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.trim() === "") throw invalid(field, "a text that is not empty", value);
  return value;
}

export function choice<Name extends string>(value: unknown, field: string, names: readonly Name[]): Name | undefined {
  if (value === undefined) return undefined;
  const name = names.find((known) => known === value);
  if (name === undefined) throw invalid(field, `one of ${names.join(", ")}`, value);
  return name;
}

export function invalid(path: string, expected: string, ...found: readonly unknown[]): BridgeError {
  const field = path === "" ? configPlace : `${path} in ${configPlace}`;
  const seen = found.length === 0 ? "" : `, found ${describe(found[0])}`;
  return new BridgeError("plugin_config_invalid", `${field} must be ${expected}${seen}.`, {
    remedy: "Correct it in openclaw.json; the next turn uses it.",
    facts: { field: path },
  });
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (Array.isArray(value)) return "a list";
  return value === null || typeof value !== "object" ? String(value) : "an object";
}
