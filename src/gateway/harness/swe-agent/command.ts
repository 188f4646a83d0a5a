import { z } from "zod";
import type { CompletedCall, ToolResult } from "../../conversation/types.ts";
import { exec } from "../../native/exec.ts";
import type { Program } from "../../native/types.ts";
import { toolMaker } from "../tool.ts";
import type { CallContext } from "../types.ts";
import { editorCall, runEditor } from "./editor.ts";
import { reviewText, silentText, timeoutText } from "./texts.ts";

const timeoutMs = 30_000;
const mostTimeouts = 3;
const mostChars = 100_000;

/** What the command of an answer is turned into. The model knows nothing of it: commands stand in its text. */
export const command = toolMaker((words) => ({ content: words }))({
  name: "command",
  description: "A shell command.",
  input: z.object({ command: z.string() }),
  *run({ command: cmd }, at) {
    if (cmd === "submit") return yield* submit(at);
    const editor = editorCall(cmd);
    if (editor) return yield* runEditor(editor, at);
    if (isInteractive(cmd)) {
      return {
        content: `'${cmd}' waits for somebody at the keyboard, and there is nobody. Use a command that ends by itself.`,
      };
    }
    const done = yield* exec(at, { cmd, timeoutMs });
    if (done.kind === "refused") return { content: done.text };
    if (done.kind === "timeout") return late(cmd, at.earlier);
    const output = done.output.replace(/^bash: line \d+: /gm, "bash: ");
    if (output.trim() !== "") return { content: clipped(output) };
    const code = done.kind === "exited" ? done.code : 0;
    return { content: code === 0 ? silentText : `The command printed nothing and ended with exit code ${code}.` };
  },
});

/** The first time the model is shown its whole change and asked to look again; the second time the turn ends. */
function* submit(at: CallContext): Program<ToolResult> {
  const times = at.earlier.filter(({ call }) => call.name === command.name && call.input.command === "submit").length;
  if (times % 2 === 1) return { content: "Submitted.", endTurn: "The change is submitted." };
  const told = yield* exec(at, { cmd: diffCommand, maxOutputTokens: 40_000 });
  const diff = told.kind === "refused" ? told.text : told.output;
  return { content: reviewText(clipped(diff)) };
}

/** New files too, without touching the index. */
const diffCommand =
  'git --no-pager diff HEAD; git ls-files -o --exclude-standard | while IFS= read -r f; do git --no-pager diff --no-index -- /dev/null "$f"; done; true';

function late(cmd: string, earlier: readonly CompletedCall[]): ToolResult {
  const content = timeoutText(cmd, timeoutMs / 1000);
  const before = earlier.slice(-(mostTimeouts - 1));
  const again =
    before.length === mostTimeouts - 1 &&
    before.every(({ call, result }) => result.content === timeoutText(String(call.input.command), timeoutMs / 1000));
  return again
    ? { content, endTurn: `${mostTimeouts} commands in a row took too long; the task is given up.` }
    : { content };
}

function clipped(text: string): string {
  if (text.length <= mostChars) return text;
  return `${text.slice(0, mostChars)}\n<clipped: ${text.length - mostChars} more characters; use a command that prints less>`;
}

const interactive = /^(vim?|emacs|nano|less|more|man|gdb|top|htop|tail -f)(\s|$)/;
const interactiveAlone = /^(python3?|ipython|node|irb|bash|sh|zsh|\/bin\/(ba)?sh|su|ftp|mysql|psql)$/;

function isInteractive(cmd: string): boolean {
  const first = cmd.trim();
  return interactive.test(first) || interactiveAlone.test(first);
}
