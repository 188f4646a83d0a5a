import { existsSync } from "node:fs";

/**
 * Tells the prompt from the file that `--scripted` may name: in `run --scripted "hello"` what follows is the prompt.
 * @param given the command's own argument
 */
export function promptAndScript(
  given: string | undefined,
  scripted: boolean | string | undefined,
): { prompt?: string; scripted?: boolean | string } {
  const script = scripted === undefined ? {} : { scripted };
  if (given !== undefined) return { prompt: given, ...script };
  if (typeof scripted !== "string" || existsSync(scripted)) return script;
  return { prompt: scripted, scripted: true };
}
