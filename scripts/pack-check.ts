import { statSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { headOf, scriptArguments } from "./arguments.ts";
import { openTrialHost } from "./host-try.ts";
import { cacheFolder } from "./npm-cache.ts";
import { faultsOf } from "./pack/contents.ts";
import { linkCodex, nodeOf, projectWith } from "./pack/project.ts";

/*
 * Packs what would be published, looks into it, and uses it as its users would: npm run pack:check [-- --host]
 *
 * In a project with nothing else in it, on the oldest Node that is promised and on this one; with --host also in a real
 * OpenClaw host.
 */

const repository = path.resolve(import.meta.dirname, "..");
const tool = (name: string): string => path.join(repository, "node_modules", ".bin", name);

async function main(withHost: boolean): Promise<void> {
  const work = path.join(cacheFolder("pack-check"), String(process.pid));
  await mkdir(work, { recursive: true });
  try {
    const tarball = await packed(work);
    const project = await projectWith(tarball, path.join(work, "project"));
    const folder = path.join(project, "node_modules", "openclaw-codex-bridge");
    const faults = await faultsOf(folder, statSync(tarball).size);
    if (faults.length > 0) throw new Error(`The package is not as it should be:\n  ${faults.join("\n  ")}`);
    await run(tool("publint"), [tarball, "--strict"]);
    await run(tool("attw"), [tarball, "--profile", "esm-only"]);
    say("publint and attw have nothing to say");
    await usedWithoutCodex(project);
    await linkCodex(project);
    await typed(project);
    const { engines } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const oldest = `${String(engines.node).replace(">=", "")}.0`;
    const nodes = [await nodeOf(oldest, cacheFolder("node")), process.execPath];
    for (const node of nodes) await used(project, node);
    if (withHost) await usedInHost(tarball, path.join(work, "host"));
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function packed(work: string): Promise<string> {
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", work], { cwd: repository });
  // The build says what it did before npm says what it packed.
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(stdout.slice(stdout.search(/^\[/m)));
  say(`${filename}: ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked, ${entryCount} files`);
  return path.join(work, filename);
}

/** Without a Codex, it says how to get one. */
async function usedWithoutCodex(project: string): Promise<void> {
  const { exitCode, stderr } = await bridge(project, process.execPath, ["run", "--scripted", "hi"]);
  if (exitCode !== 1 || !stderr.includes("codex_binary_not_found") || !stderr.includes("npm install @openai/codex"))
    throw new Error(`Without a Codex, it said (${exitCode}):\n${stderr}`);
  say("without a Codex it says how to install one");
}

/** Its types are complete: a strict project without any other package compiles, and a mistake is one. */
async function typed(project: string): Promise<void> {
  const source = (threadPath: string): string => `
    import { connectAppServer, createEmbeddedHost, replay, type TurnOutcome } from "openclaw-codex-bridge";
    const host = await createEmbeddedHost({ stateDir: "state", scripted: true });
    const approve = async () => "accept" as const;
    const result = await host.runTurn({ sessionKey: "a", prompt: "hi", cwd: "/", approve });
    export const kind: TurnOutcome["kind"] = result.outcome.kind;
    export const turns: number = (await replay("recording")).turns.length;
    const server = await connectAppServer();
    export const path: ${threadPath} = (await server.call("thread/resume", { threadId: "t", excludeTurns: true })).thread.path;\n`;
  const types = path.join(repository, "node_modules", "@types");
  const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"];
  const check = async (threadPath: string) => {
    await writeFile(path.join(project, "use.ts"), source(threadPath));
    return execa(tool("tsc"), [...flags, "--typeRoots", types, "use.ts"], { cwd: project, reject: false });
  };
  const right = await check("string | null | undefined");
  if (right.exitCode !== 0) throw new Error(`Its types do not compile:\n${right.stdout}`);
  const wrong = await check("number");
  if (!wrong.stdout.includes("TS2322")) throw new Error(`A mistake compiles:\n${wrong.stdout}`);
  say("its types compile, and tell a mistake");
}

async function used(project: string, node: string): Promise<void> {
  const { stdout: version } = await execa(node, ["--version"]);
  const recording = path.join(project, `rec-${version}`);
  const turn = await bridge(project, node, ["run", "--scripted", "hi", "--record", recording]);
  if (turn.exitCode !== 0 || !turn.stdout.includes("You wrote: hi")) throw new Error(`${turn.stdout}\n${turn.stderr}`);
  if (turn.stderr.includes("Warning")) throw new Error(`On Node ${version}:\n${turn.stderr}`);
  // What is loaded late: the page that was built, the bundled schemas, the library itself.
  const page = await bridge(project, node, ["trace", recording, "--out", path.join(project, "trace.html")]);
  const again = await bridge(project, node, ["replay", recording]);
  for (const each of [page, again])
    if (each.exitCode !== 0) throw new Error(`${version}: ${each.stdout}\n${each.stderr}`);
  const script = `import { replay } from "openclaw-codex-bridge"; console.log((await replay(${JSON.stringify(recording)})).ok);`;
  const library = await execa(node, ["--input-type=module", "--eval", script], { cwd: project });
  if (library.stdout !== "true") throw new Error(`The library on Node ${version} says ${library.stdout}.`);
  say(`on Node ${version} a turn, its trace page and its replay work, and the library`);
}

function bridge(project: string, node: string, args: readonly string[]) {
  const bin = path.join(project, "node_modules", "openclaw-codex-bridge", "bin", "codex-bridge.js");
  const env = { PATH: process.env.PATH ?? "", HOME: project };
  return execa(node, [bin, ...args], { cwd: project, env, extendEnv: false, reject: false });
}

async function usedInHost(tarball: string, root: string): Promise<void> {
  const host = await openTrialHost("pack-check", tarball, root);
  try {
    await linkCodex(path.join(host.stateDir, "codex-bridge", "codex"));
    const { run: said, reply } = await host.turn("hi");
    const answer = reply?.meta?.finalAssistantVisibleText;
    if (reply?.meta?.agentMeta?.agentHarnessId !== "codex" || !answer?.includes("You wrote: "))
      throw new Error(`The host did not answer:\n${said.stdout}\n${said.stderr}`);
    const leftovers = (await host.leftovers()) ?? [];
    if (leftovers.length > 0) throw new Error(`Left running:\n${leftovers.join("\n")}`);
    say(`a real host with the tarball installed answers: ${answer}`);
  } finally {
    await host.close();
  }
}

async function run(file: string, args: readonly string[]): Promise<void> {
  const { exitCode, all } = await execa(file, args, { reject: false, all: true });
  if (exitCode !== 0) throw new Error(all);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function say(line: string): void {
  console.log(`pack:check: ${line}`);
}

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: { host: { type: "boolean", default: false } },
});
await main(values.host);
