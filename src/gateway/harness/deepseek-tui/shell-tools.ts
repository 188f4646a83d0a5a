import { z } from "zod";
import type { ToolResult } from "../../conversation/types.ts";
import { exec } from "../../native/exec.ts";
import { shellPath, shellQuote } from "../../native/quote.ts";
import type { Program } from "../../native/types.ts";
import { lookAtTask, stopTask, type TaskLook, taskIdOf, tasksOf } from "../tasks.ts";
import type { CallContext } from "../types.ts";
import { failed, tool } from "./results.ts";

const defaultTimeoutMs = 120_000;

export const execShell = tool({
  name: "exec_shell",
  description: "Runs a shell command in the workspace. In the background it comes back at once with a task id.",
  input: z.object({
    command: z.string(),
    timeout_ms: z.int().optional().describe("Default 120000."),
    background: z.boolean().optional().describe("Do not wait for its end."),
    stdin: z.string().optional().describe("What it reads."),
    cwd: z.string().optional().describe("Folder to run in."),
    combined_output: z.boolean().optional().describe("Errors stand among the output; they always do here."),
  }),
  *run({ command, timeout_ms = defaultTimeoutMs, background = false, stdin, cwd }, at) {
    const fed = stdin === undefined ? command : `printf %s ${shellQuote(stdin)} | { ${command}\n}`;
    const done = yield* exec(at, {
      cmd: cwd === undefined ? fed : `cd ${shellPath(cwd)} && ${fed}`,
      timeoutMs: Math.max(1, Math.ceil(timeout_ms / 1000)) * 1000,
      background,
    });
    if (done.kind === "refused") return failed(done.text);
    if (done.kind === "running")
      return looked(taskIdOf("shell", done.sessionId), { kind: "running", output: done.output });
    if (done.kind === "timeout")
      return failed(`Command timed out after ${done.timeoutMs} ms\n\nSTDOUT:\n${done.output}`);
    if (done.code === 0) return { content: done.output };
    return {
      content: `Command failed (exit code: Some(${done.code}))\n\nSTDOUT:\n${done.output}\n\nSTDERR:\n`,
      isError: true,
    };
  },
});

function looked(id: string, seen: TaskLook): ToolResult {
  if (seen.kind === "gone") return failed(seen.text);
  const status = seen.kind === "running" ? "running" : seen.code === 0 ? "completed" : "failed";
  const code = seen.kind === "ended" ? `\nexit_code: ${seen.code}` : "";
  return { content: `task_id: ${id}\nstatus: ${status}${code}\n\n${seen.output}` };
}

const waitInput = z.object({
  task_id: z.string(),
  timeout_ms: z.int().optional().describe("Longest wait; default 30000."),
  wait: z.boolean().optional().describe("Wait for its end; otherwise only look."),
});

const waiting = (name: string) =>
  tool({
    name,
    description: "What a background task has printed since it was last looked at, and whether it still runs.",
    input: waitInput,
    *run({ task_id, timeout_ms = 30_000, wait = false }, at) {
      return looked(task_id, yield* lookAtTask(at, task_id, wait ? timeout_ms : 0));
    },
  });

export const execShellWait = waiting("exec_shell_wait");
export const execWait = waiting("exec_wait");

export const execShellCancel = tool({
  name: "exec_shell_cancel",
  description: "Stops a background task, or all.",
  input: z.object({ task_id: z.string().optional(), id: z.string().optional(), all: z.boolean().optional() }),
  *run({ task_id, id, all = false }, at) {
    const one = task_id ?? id;
    const ids = all
      ? tasksOf(at.earlier).flatMap((task) => (task.running ? [task.id] : []))
      : one === undefined
        ? []
        : [one];
    if (ids.length === 0) return failed("No task to stop.");
    const texts: string[] = [];
    for (const each of ids) texts.push(String(looked(each, yield* stopTask(at, each)).content));
    return { content: texts.join("\n\n") };
  },
});

function* git(words: readonly (string | undefined)[], at: CallContext): Program<ToolResult> {
  const cmd = ["git", ...words.filter((word) => word !== undefined)].join(" ");
  const done = yield* exec(at, { cmd });
  if (done.kind === "refused") return failed(done.text);
  return done.kind === "exited" && done.code === 0 ? { content: done.output } : failed(done.output.trim());
}

const option = (name: string, value: string | undefined): string | undefined =>
  value === undefined ? undefined : `--${name}=${shellQuote(value)}`;
const below = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : `-- ${shellPath(path)}`;
const path = z.string().optional().describe("Only this file or folder.");
const unified = z.int().min(0).max(50).default(3).describe("Lines around each change.");

export const gitTools = [
  tool({
    name: "git_blame",
    description: "Who last changed each line of a file.",
    parallel: true,
    input: z.object({
      path: z.string(),
      rev: z.string().optional(),
      start_line: z.int().min(1).default(1),
      max_lines: z.int().min(1).max(2000).default(200),
      porcelain: z.boolean().default(false),
    }),
    *run({ path: file, rev, start_line, max_lines, porcelain }, at) {
      const words = ["blame", porcelain ? "--porcelain" : undefined, `-L ${start_line},+${max_lines}`];
      return yield* git([...words, rev === undefined ? undefined : shellPath(rev), below(file)], at);
    },
  }),
  tool({
    name: "git_diff",
    description: "Changes that are not committed.",
    parallel: true,
    input: z.object({ path, cached: z.boolean().optional().describe("What is staged."), unified }),
    *run({ path: file, cached, unified: lines }, at) {
      return yield* git(["diff", cached ? "--cached" : undefined, `--unified=${lines}`, below(file)], at);
    },
  }),
  tool({
    name: "git_log",
    description: "The last commits.",
    parallel: true,
    input: z.object({
      path,
      max_count: z.int().min(1).max(200).default(20),
      author: z.string().optional(),
      since: z.string().optional(),
      until: z.string().optional(),
    }),
    *run({ path: file, max_count, author, since, until }, at) {
      const limits = [option("author", author), option("since", since), option("until", until)];
      return yield* git(["log", `--max-count=${max_count}`, ...limits, below(file)], at);
    },
  }),
  tool({
    name: "git_show",
    description: "One commit.",
    parallel: true,
    input: z.object({
      rev: z.string(),
      path,
      patch: z.boolean().default(true),
      stat: z.boolean().default(true),
      unified,
    }),
    *run({ rev, path: file, patch, stat, unified: lines }, at) {
      const how = patch ? `--patch --unified=${lines}` : stat ? undefined : "--no-patch";
      return yield* git(["show", how, stat ? "--stat" : undefined, shellPath(rev), below(file)], at);
    },
  }),
  tool({
    name: "git_status",
    description: "Branch and changed files.",
    parallel: true,
    input: z.object({ path }),
    *run({ path: file }, at) {
      return yield* git(["status --porcelain=v1 -b", below(file)], at);
    },
  }),
];
