import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { comparisonPage } from "../test/host-e2e/comparison.ts";
import { type PluginName, repository } from "../test/host-e2e/plugins.ts";
import { keepResult, keptResults } from "../test/host-e2e/results.ts";
import { runScenarios, type ScenarioResult } from "../test/host-e2e/run.ts";
import { scenarios } from "../test/host-e2e/scenarios/all.ts";
import { removeStand, Stand } from "../test/host-e2e/stand.ts";
import { headOf, notUnderstood, scriptArguments } from "./arguments.ts";
import { installHost } from "./openclaw-hosts.ts";

/*
 * The scenarios of test/host-e2e in a real gateway, with our plugin, with the official one, or with both:
 *
 *   node scripts/host-e2e.ts [--plugin ours|incumbent|both] [--only id,…] [--host VERSION] [--json] [--keep-log DIR] [--keep]
 *   node scripts/host-e2e.ts --list
 *   node scripts/host-e2e.ts --compare [--host VERSION]
 *
 * `--compare` runs nothing and writes docs/comparison.md from the newest result of each scenario on either side.
 * Exit code 1 when a scenario fails with ours.
 */

/** The newest official plugin npm has, and the host it was made for. */
export const incumbentVersion = "2026.9.5";

async function main(): Promise<number> {
  const { values } = scriptArguments(headOf(import.meta.filename), {
    options: {
      plugin: { type: "string", default: "ours" },
      only: { type: "string" },
      host: { type: "string" },
      json: { type: "boolean", default: false },
      "keep-log": { type: "string" },
      keep: { type: "boolean", default: false },
      compare: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  if (values.list) {
    for (const { id, title } of scenarios) console.log(`${id.padEnd(24)}${title}`);
    return 0;
  }
  if (values.compare) {
    await writeComparison(values.host ?? incumbentVersion);
    return 0;
  }
  const plugins = pluginsOf(values.plugin);
  const ids = values.only?.split(",");
  const unknown = ids?.filter((id) => !scenarios.some((scenario) => scenario.id === id)) ?? [];
  if (unknown.length > 0) notUnderstood(`No scenario ${unknown.join(", ")}; --list shows them`);
  const chosen = scenarios.filter(({ id }) => ids?.includes(id) ?? true);
  const host = values.host ?? incumbentVersion;
  const { entry } = await installHost(host);
  const results: Partial<Record<PluginName, ScenarioResult[]>> = {};
  for (const plugin of plugins) {
    const say = (line: string): void => {
      if (!values.json) console.log(line);
    };
    say(`\n${plugin} on host ${host}`);
    const name = `host-e2e-${plugin}-${process.pid}`;
    const stop = (): void => {
      void removeStand(name).finally(() => process.exit(130));
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    const stand = await Stand.open({ plugin, entry, incumbentVersion, name, keep: values.keep });
    say(`  gateway ready after ${stand.gateway.readyMs} ms`);
    try {
      const fit = chosen.filter(({ oursAlone }) => plugin === "ours" || !oursAlone);
      results[plugin] = await runScenarios(stand, fit, {
        async onResult(result, evidence) {
          say(
            `  ${result.ok ? "ok  " : "FAIL"} ${result.id.padEnd(22)} ${String(result.tookMs).padStart(6)} ms${figures(result)}`,
          );
          if (result.problem) say(`       ${result.problem}`);
          await keepResult(plugin, host, result);
          if (values["keep-log"]) await keepLog(path.join(values["keep-log"], plugin, result.id), evidence);
        },
      });
      if (values["keep-log"]) await copyLog(stand, path.join(values["keep-log"], plugin));
    } finally {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      await stand.close();
    }
  }
  if (values.json) console.log(JSON.stringify({ host, incumbent: incumbentVersion, results }, null, 2));
  return results.ours?.some(({ ok }) => !ok) ? 1 : 0;
}

async function writeComparison(host: string): Promise<void> {
  const sides = await Promise.all([keptResults("ours", host), keptResults("incumbent", host)]);
  const [ours, incumbent] = sides.map((kept) => scenarios.flatMap(({ id }) => kept[id] ?? []));
  const { version } = JSON.parse(await readFile(path.join(repository, "package.json"), "utf8")) as { version: string };
  const versions = { OpenClaw: host, "@openclaw/codex": incumbentVersion, "codex-bridge": version };
  const file = path.join(repository, "docs", "comparison.md");
  await mkdir(path.dirname(file), { recursive: true });
  const alone = scenarios.filter(({ oursAlone }) => oursAlone);
  await writeFile(file, comparisonPage({ versions, ours: ours ?? [], incumbent: incumbent ?? [], alone }));
}

function pluginsOf(name: string): PluginName[] {
  if (name === "both") return ["incumbent", "ours"];
  if (name === "ours" || name === "incumbent") return [name];
  return notUnderstood(`--plugin is ours, incumbent or both, not ${JSON.stringify(name)}`);
}

function figures({ figures: values }: ScenarioResult): string {
  const texts = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return texts.length > 0 ? `  ${texts.join(" ")}` : "";
}

async function keepLog(
  folder: string,
  evidence: { events: readonly unknown[]; requests: readonly unknown[] },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = evidence.events.map((event) => JSON.stringify(event)).join("\n");
  await writeFile(path.join(folder, "events.jsonl"), `${lines}\n`);
  await writeFile(path.join(folder, "model-requests.json"), JSON.stringify(evidence.requests, null, 1));
}

async function copyLog(stand: Stand, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = await readFile(stand.logFile, "utf8").catch(() => "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the terminal.
  await writeFile(path.join(folder, "gateway.log"), text.replaceAll(/\u001b\[\d+m/g, ""));
}

if (import.meta.main) {
  process.chdir(repository);
  process.exitCode = await main();
}
