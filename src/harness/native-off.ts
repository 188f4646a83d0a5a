import type { ThreadSettings } from "../protocol/params.ts";

/** Codex's own ways to act, switched off one by one; an empty list of environments (`turn/start`) does the rest. */
const config: Readonly<Record<string, unknown>> = {
  web_search: "disabled",
  include_apply_patch_tool: false,
  tools: { view_image: false, web_search: false },
  features: {
    shell_tool: false,
    unified_exec: false,
    apply_patch_freeform: false,
    js_repl: false,
    multi_agent: false,
    apps: false,
    plugins: false,
    image_generation: false,
  },
};

/**
 * The settings of a thread in which Codex itself may do nothing. Measured on 0.125.0, 0.142.5, 0.154.0 and 0.169.0: the
 * configuration takes the shell away, the sandbox refuses patches, and the empty environments take away the rest, such
 * as looking at a picture of the host. Each of them alone leaves something open on some release.
 */
export function nativeOff(settings: ThreadSettings): Pick<ThreadSettings, "approvalPolicy" | "sandbox" | "config"> {
  return { approvalPolicy: "never", sandbox: "read-only", config: merged(settings.config ?? {}, config) };
}

function merged(low: Readonly<Record<string, unknown>>, high: Readonly<Record<string, unknown>>) {
  const all: Record<string, unknown> = { ...low };
  for (const [key, value] of Object.entries(high)) {
    const below = all[key];
    all[key] = isObject(below) && isObject(value) ? { ...below, ...value } : value;
  }
  return all;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
