import { execFile } from "node:child_process";
import { release } from "node:os";
import { promisify } from "node:util";
import { z } from "zod";
import type { JsonObject } from "../../json.ts";
import type { HarnessContext, Place } from "../types.ts";

/* What the prompt says of the place. Seen once per conversation, and then always what it was. */

const git = z.object({
  branch: z.string(),
  main: z.string(),
  user: z.string(),
  status: z.string(),
  commits: z.string(),
});

const scene = z.object({
  date: z.string().default("(date)"),
  platform: z.string().default("linux"),
  os: z.string().default("(version)"),
  git: git.optional(),
  /** Tools Codex offered in the beginning: where it asks for a summary it offers none, and the prompt stays the same. */
  offered: z.array(z.string()).default([]),
});

/** Tools of Codex that some of the harness's own need. */
const mapped = ["spawn_agent", "request_user_input", "update_plan"];

export type Scene = z.output<typeof scene>;

export function sceneOf(facts: JsonObject): Scene {
  return scene.parse(facts);
}

export async function observeScene(place: Place, { offered }: HarnessContext): Promise<JsonObject> {
  const { now, platform } = place;
  const two = (count: number): string => String(count).padStart(2, "0");
  const seen = await gitOf(place);
  return {
    date: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    platform,
    os: release(),
    ...(seen ? { git: seen } : {}),
    offered: mapped.filter((name) => offered.some((tool) => tool.name === name)),
  };
}

const mostStatusChars = 2000;
const gitTimeoutMs = 2_000;
const run = promisify(execFile);

async function gitOf({ cwd, home, signal }: Place): Promise<z.output<typeof git> | undefined> {
  const ask = async (...args: readonly string[]): Promise<string | undefined> => {
    // A repository can name programs that git runs; none of them is to run here.
    const quiet = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false"];
    const env = { PATH: process.env.PATH, HOME: home, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
    const options = { cwd, env, signal, timeout: gitTimeoutMs, maxBuffer: 4 * 1024 * 1024 };
    return run("git", [...quiet, ...args], options).then(
      ({ stdout }) => stdout.trimEnd(),
      () => undefined,
    );
  };
  if ((await ask("rev-parse", "--is-inside-work-tree")) !== "true") return undefined;
  const [branch, user, commits, remote, heads, filters] = await Promise.all([
    ask("symbolic-ref", "--short", "-q", "HEAD"),
    ask("config", "user.name"),
    ask("log", "--oneline", "--no-decorate", "--no-color", "-n", "5"),
    ask("symbolic-ref", "--short", "-q", "refs/remotes/origin/HEAD"),
    ask("for-each-ref", "--format=%(refname:short)", "refs/heads/main", "refs/heads/master"),
    ask("config", "--show-scope", "--get-regexp", "^filter\\."),
  ]);
  return {
    branch: branch ?? "(none: a commit is checked out)",
    main: remote?.replace(/^origin\//, "") ?? heads?.split("\n")[0] ?? "",
    user: user ?? "",
    status: ownFilters(filters) ? "(not looked at)" : shortened(await ask("status", "--short", "--ignore-submodules")),
    commits: commits ?? "",
  };
}

/** True when the repository itself names filters: looking at the status would run them. */
function ownFilters(told: string | undefined): boolean {
  return (told ?? "").split("\n").some((line) => /^(local|worktree|command)\b/.test(line));
}

function shortened(status: string | undefined): string {
  if (status === undefined) return "(not known)";
  if (status.length <= mostStatusChars) return status === "" ? "(clean)" : status;
  return `${status.slice(0, mostStatusChars)}\n(there is more; see git status)`;
}
