import { readFile } from "node:fs/promises";

/** Rollout items that stand for something a model had done: `function_call`, `custom_tool_call`, `local_shell_call`, … */
const call = /_call$/;

/**
 * Whether the model called anything in the last turn of a thread, by Codex's own record of it. A command runs some 50 ms
 * before anybody is told of it (0.169.0), and in what a killed server says of the turn it is missing; the call was written
 * down before it ran. A record that cannot be read proves nothing; one that does not exist yet has no turn in it.
 */
export async function lastTurnCalled(rolloutPath: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(rolloutPath, "utf8");
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== "ENOENT";
  }
  for (const line of text.split("\n").reverse()) {
    const { type, payload } = parsed(line);
    if (type === "event_msg" && payload?.type === "task_started") return false;
    if (type === "response_item" && call.test(payload?.type ?? "")) return true;
  }
  return false;
}

/** A line that was being written when the server died is none. */
function parsed(line: string): { type?: string; payload?: { type?: string } } {
  try {
    return (JSON.parse(line) ?? {}) as { type?: string; payload?: { type?: string } };
  } catch {
    return {};
  }
}
