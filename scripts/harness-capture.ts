import path from "node:path";
import { headOf, notUnderstood, scriptArguments } from "./arguments.ts";
import { type Cli, clis } from "./harness-capture/clis.ts";
import { codexRequest } from "./harness-capture/codex-request.ts";
import { codexRequestFile, fileOf, type Skeleton, save } from "./harness-capture/files.ts";
import { runIsolated } from "./harness-capture/isolated.ts";
import { runCli } from "./harness-capture/run-cli.ts";
import { skeletonOf } from "./harness-capture/skeleton.ts";
import { cacheFolder, installed } from "./npm-cache.ts";

/*
 * Writes fixtures/harness: what published agent CLIs send in their first three requests, without what they say, and what
 * Codex asks at the beginning of a turn. The CLIs are installed once, outside the repository (CODEX_BRIDGE_CLIS names
 * another folder), and run without credentials, with a home of their own, where there is no network but loopback.
 *
 *     npm run harness:capture                                 all of it
 *     npm run harness:capture -- --only qwen-code,codex       some
 *     npm run harness:capture -- --check                      writes nothing; exit code 1 when something would change
 */

const clisFolder = process.env.CODEX_BRIDGE_CLIS ?? cacheFolder("clis");
const codex = "codex";

async function main(): Promise<number> {
  const { values } = scriptArguments(headOf(import.meta.filename), {
    options: {
      only: { type: "string" },
      check: { type: "boolean", default: false },
      // What the script runs of itself, where there is no network.
      captured: { type: "string" },
      folder: { type: "string", default: "" },
    },
  });
  if (values.captured !== undefined) {
    console.log(JSON.stringify(await captured(values.captured, values.folder)));
    return 0;
  }
  const known = [...clis.map(({ id }) => id), codex];
  const wanted = values.only?.split(",") ?? known;
  const stranger = wanted.find((id) => !known.includes(id));
  if (stranger !== undefined) notUnderstood(`There is no ${stranger}; there are ${known.join(", ")}`);
  let failures = 0;
  for (const id of wanted) {
    const error = await capture(id, values.check).catch((thrown: unknown) => thrown);
    console.log(`${id}: ${error === undefined ? (values.check ? "the same" : "written") : words(error)}`);
    failures += error === undefined ? 0 : 1;
  }
  return failures > 0 ? 1 : 0;
}

/** @throws Error when it cannot be captured, or is only looked at and not the same */
async function capture(id: string, onlyCheck: boolean): Promise<void> {
  const cli = clis.find((each) => each.id === id);
  const folder = cli ? await install(cli) : "";
  const text = await runIsolated(import.meta.filename, ["--captured", id, "--folder", folder]);
  const file = cli ? fileOf(id) : codexRequestFile;
  const same = save(file, JSON.parse(text.trim().split("\n").at(-1) ?? ""), onlyCheck);
  if (!same) throw new Error(`differs from ${path.relative(process.cwd(), file)}`);
}

function install({ package: name, version }: Cli): Promise<string> {
  return installed({ folder: path.join(clisFolder, path.basename(name)), name, version, example: "2.1.0" });
}

async function captured(id: string, folder: string): Promise<unknown> {
  const cli = clis.find((each) => each.id === id);
  if (!cli) return codexRequest();
  const { requests, others } = await runCli(cli, folder);
  const skeleton: Skeleton = {
    harness: cli.harness,
    source: "capture",
    of: `${cli.package} ${cli.version}`,
    wire: cli.wire,
    model: cli.model,
    requests: skeletonOf(requests),
    others: others.map(({ method, path: asked }) => ({ method, path: asked })),
  };
  return skeleton;
}

function words(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

process.exitCode = await main();
