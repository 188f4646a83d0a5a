/**
 * Runs benches, each in a process of its own, one after the other.
 *
 *   npm run bench [-- NAME…] [--json] [--write] [--list]
 *
 * Without a name, all but those that install a host. The newest result of each is kept; `--write` puts them into
 * docs/performance.md, and runs nothing when no bench is named with it. Exit code 1 when a target is missed.
 */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { headOf, notUnderstood, scriptArguments } from "../scripts/arguments.ts";
import { type Bench, benches } from "./benches.ts";
import { isMet, told } from "./figure.ts";
import { type Kept, performancePage } from "./page.ts";
import { machineFacts } from "./stats.ts";

const repository = path.resolve(import.meta.dirname, "..");
const keptFile = path.join(repository, "node_modules/.cache/codex-bridge/bench-results.json");
const run = promisify(execFile);

async function measured({ file, args = [], figures }: Bench): Promise<Kept> {
  const machine = machineFacts();
  const command = ["--no-warnings", path.join(import.meta.dirname, file), "--json", ...args];
  const { stdout } = await run(process.execPath, command, { maxBuffer: 1 << 28 });
  const printed = JSON.parse(stdout) as { machine?: object };
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { ...machine, ...printed.machine },
    figures: figures(printed as never),
  };
}

async function readKept(): Promise<Record<string, Kept>> {
  return readFile(keptFile, "utf8").then(
    (text) => JSON.parse(text) as Record<string, Kept>,
    () => ({}),
  );
}

async function main(): Promise<number> {
  const { values, positionals } = scriptArguments(headOf(import.meta.filename), {
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  if (values.list) {
    for (const { name, about } of benches) console.log(`${name.padEnd(10)}${about}`);
    return 0;
  }
  const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) notUnderstood(`No bench ${unknown.join(", ")}; --list shows them`);
  const asked = (bench: Bench): boolean =>
    positionals.length === 0 ? !values.write && !bench.heavy : positionals.includes(bench.name);
  const results: Record<string, Kept> = {};
  for (const bench of benches.filter(asked)) {
    if (!values.json) console.log(`\n${bench.name}: ${bench.about}`);
    const result = await measured(bench);
    results[bench.name] = result;
    await mkdir(path.dirname(keptFile), { recursive: true });
    await writeFile(keptFile, JSON.stringify({ ...(await readKept()), [bench.name]: result }, null, 1));
    if (!values.json) for (const figure of result.figures) console.log(told(figure));
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  if (values.write)
    await writeFile(path.join(repository, "docs/performance.md"), performancePage(benches, await readKept()));
  return Object.values(results).every(({ figures }) => figures.every(isMet)) ? 0 : 1;
}

process.exitCode = await main();
