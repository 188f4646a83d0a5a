import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder, type PluginName } from "./plugins.ts";
import type { ScenarioResult } from "./run.ts";

/*
 * The newest result of each scenario, kept outside git: a machine may be too slow to run everything at once, and a
 * comparison needs both sides.
 */

export type KeptResult = ScenarioResult & { readonly date: string };

function fileOf(plugin: PluginName, host: string): string {
  return path.join(cacheFolder, "host-e2e-results", `${plugin}-${host}.json`);
}

/** Results by scenario id; none if nothing was run yet. */
export async function keptResults(plugin: PluginName, host: string): Promise<Record<string, KeptResult>> {
  const text = await readFile(fileOf(plugin, host), "utf8").catch(() => "{}");
  return JSON.parse(text) as Record<string, KeptResult>;
}

export async function keepResult(plugin: PluginName, host: string, result: ScenarioResult): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const results = { ...(await keptResults(plugin, host)), [result.id]: { ...result, date } };
  await mkdir(path.dirname(fileOf(plugin, host)), { recursive: true });
  await writeFile(fileOf(plugin, host), JSON.stringify(results, null, 1));
}
