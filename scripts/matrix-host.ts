import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import semver from "semver";
import { cacheFolder, repository } from "../test/host-e2e/plugins.ts";
import { runScenarios, type ScenarioResult } from "../test/host-e2e/run.ts";
import { scenarios } from "../test/host-e2e/scenarios/all.ts";
import { removeStand, Stand } from "../test/host-e2e/stand.ts";
import { headOf, notUnderstood, scriptArguments } from "./arguments.ts";
import { installHost, publishedHosts } from "./openclaw-hosts.ts";

/*
 * A contract subset of the host scenarios on every host we support, and the refusal on the last one we do not:
 *
 *   node scripts/matrix-host.ts [--versions 2026.8.2,…] [--only id,…] [--json] [--write]
 *
 * --write also writes docs/compatibility-hosts.md, from the newest result of every host that was ever tried here
 * (`--versions "" --write` tries none). Exit code 1 when a supported host fails, or an older one takes us.
 */

/** Package.json says the same to the host's installer (`openclaw.install.minHostVersion`). */
const oldestSupported = "2026.8.2";
const named = ["2026.7.35", oldestSupported, "2026.9.2", "2026.9.5", "2026.9.6"];

/** One scenario per part of the contract: answer, stream, tools of both kinds, people, media, life cycle, usage. */
const subset = [
  "text-turn",
  "conversation",
  "streaming",
  "native-shell",
  "host-tool",
  "approval-allowed",
  "steering",
  "abort",
  "image",
  "new",
  "compact",
  "delete",
  "btw",
  "usage",
];

interface HostResult {
  readonly version: string;
  readonly date: string;
  readonly supported: boolean;
  readonly ok: boolean;
  readonly results: readonly ScenarioResult[];
  /** What the host said when it refused the plugin, or why nothing could be run. */
  readonly refusal?: string;
}

async function main(): Promise<number> {
  const { values } = scriptArguments(headOf(import.meta.filename), {
    options: {
      versions: { type: "string" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const versions = values.versions?.split(",").filter(Boolean) ?? (await withNewest(named));
  const ids = values.only?.split(",") ?? subset;
  const unknown = ids.filter((id) => !scenarios.some((scenario) => scenario.id === id));
  if (unknown.length > 0) notUnderstood(`No scenario ${unknown.join(", ")}`);
  const chosen = scenarios.filter(({ id }) => ids.includes(id));
  const hosts: HostResult[] = [];
  for (const version of versions) {
    const result = await tryHost(version, chosen);
    hosts.push(result);
    await keep(result);
    if (!values.json) console.log(lineOf(result));
  }
  if (values.json) console.log(JSON.stringify({ hosts }, null, 2));
  if (values.write) {
    await mkdir(path.join(repository, "docs"), { recursive: true });
    await writeFile(path.join(repository, "docs", "compatibility-hosts.md"), page(Object.values(await kept()), subset));
  }
  return hosts.every(({ ok }) => ok) ? 0 : 1;
}

const keptFile = path.join(cacheFolder, "host-e2e-results", "matrix.json");

async function kept(): Promise<Record<string, HostResult>> {
  return JSON.parse(await readFile(keptFile, "utf8").catch(() => "{}")) as Record<string, HostResult>;
}

async function keep(result: HostResult): Promise<void> {
  const results = { ...(await kept()), [result.version]: result };
  await mkdir(path.dirname(keptFile), { recursive: true });
  await writeFile(keptFile, JSON.stringify(results, null, 1));
}

async function withNewest(versions: readonly string[]): Promise<string[]> {
  const newest = (await publishedHosts()).at(-1);
  const all = newest === undefined ? versions : [...versions, newest];
  return [...new Set(all)].sort((left, right) => semver.compare(left, right));
}

async function tryHost(version: string, chosen: typeof scenarios): Promise<HostResult> {
  const supported = semver.gte(version, oldestSupported);
  const about = { version, supported, date: new Date().toISOString().slice(0, 10) };
  const { entry } = await installHost(version);
  const name = `matrix-host-${version}-${process.pid}`;
  const stop = (): void => {
    void removeStand(name).finally(() => process.exit(130));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  let stand: Stand;
  try {
    stand = await Stand.open({ plugin: "ours", entry, incumbentVersion: "", name });
  } catch (thrown) {
    const refusal = reasonOf(thrown instanceof Error ? thrown.message : String(thrown));
    return { ...about, ok: !supported && /2026\.8/.test(refusal), results: [], refusal };
  }
  try {
    if (!supported) return { ...about, ok: false, results: [], refusal: "not refused" };
    const results = await runScenarios(stand, chosen);
    return { ...about, ok: results.length > 0 && results.every(({ ok }) => ok), results };
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await stand.close();
  }
}

/** The line in which a host says why it does not take the plugin. */
function reasonOf(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  return (
    lines.find((line) => /requires|minHostVersion|pluginApi|>=2026/.test(line)) ??
    lines.slice(0, 3).join(" ").slice(0, 300)
  );
}

function lineOf({ version, ok, results, refusal }: HostResult): string {
  const failed = results.filter((result) => !result.ok).map(({ id, problem }) => `\n    ${id}: ${problem}`);
  const passed = results.length - failed.length;
  const about = refusal ? `refused: ${refusal}` : `${passed} of ${results.length}${failed.join("")}`;
  return `${version.padEnd(11)}${ok ? "ok  " : "FAIL"} ${about}`;
}

function page(hosts: readonly HostResult[], ids: readonly string[]): string {
  const sorted = [...hosts].sort((left, right) => semver.compare(left.version, right.version));
  const dates = [...new Set(sorted.map(({ date }) => date))].sort();
  const rows = sorted.map(({ version, supported, results, refusal }) => {
    if (!supported) return `| ${version} | ${"– |".repeat(ids.length)} ${refusal ?? ""} |`;
    const cells = ids.map((id) => {
      const result = results.find((candidate) => candidate.id === id);
      return result === undefined ? "?" : result.ok ? "yes" : "**no**";
    });
    return `| ${version} | ${cells.join(" | ")} | ${refusal ?? ""} |`;
  });
  return `# Hosts

Generated by \`npm run matrix:host -- --write\` on ${dates.join(" and ")}; do not edit. Each row is a host from npm with this plugin linked into it and a real gateway; \`npm run host:e2e -- --list\` says what a column promises.

| host | ${ids.join(" | ")} | |
|---|${"---|".repeat(ids.length + 1)}
${rows.join("\n")}
`;
}

if (import.meta.main) process.exitCode = await main();
