import type { ScriptedAnswer } from "../../test/gateway/support/upstream.ts";

/*
 * The task every harness is given: one command, then a file that is read beside a command that fails, then the end. A
 * model that thinks, speaks and calls shows in the next request what of it comes back, and how.
 */

export const prompt = "List the files, then read notes.txt.";
export const said = ["I look around.", "I read it.", "It has four lines."] as const;
export const thought = ["First the files.", "Then the notes."] as const;
/** The project the CLIs run in. */
export const files: Readonly<Record<string, string>> = {
  "notes.txt": "one\ntwo\nthree\nfour\n",
  "src/add.js": "let a = 1;\n",
};
export const commands = {
  list: "ls src",
  failing: "cat missing.txt",
  failingLate: "sleep 1; cat missing.txt",
} as const;

/** How a harness is made to run a command and to read a file; `file` is absolute. */
export interface Play {
  shell(command: string, description: string): Step;
  read(file: string): Step;
  /** As the provider of such models writes them. */
  readonly ids: readonly [string, string, string];
}

/** A call, or what the model says where commands stand in its text. */
export type Step = { readonly name: string; readonly args: Record<string, unknown> } | { readonly text: string };

const plainIds = ["call_A", "call_B", "call_C"] as const;

const claude: Play = {
  shell: (command, description) => ({ name: "Bash", args: { command, description } }),
  read: (file) => ({ name: "Read", args: { file_path: file } }),
  ids: ["toolu_01A", "toolu_01B", "toolu_01C"],
};

const fenced = (command: string): Step => ({ text: `\n\n\`\`\`\n${command}\n\`\`\`` });

export const plays: Readonly<Record<string, Play>> = {
  "claude-code": claude,
  "claude-code-bare": claude,
  "qwen-code": {
    // Not in the order in which the tool names them: it shows who writes arguments anew.
    shell: (command, description) => ({
      name: "run_shell_command",
      args: { is_background: false, description, command },
    }),
    read: (file) => ({ name: "read_file", args: { file_path: file } }),
    ids: plainIds,
  },
  "kimi-code": {
    shell: (command, description) => ({ name: "Bash", args: { description, command } }),
    read: (file) => ({ name: "Read", args: { path: file } }),
    ids: ["Bash:0", "Read:1", "Bash:2"],
  },
  "kimi-cli": {
    shell: (command) => ({ name: "Shell", args: { command } }),
    read: (file) => ({ name: "ReadFile", args: { path: file } }),
    ids: ["Shell:0", "ReadFile:1", "Shell:2"],
  },
  "deepseek-tui": {
    shell: (command) => ({ name: "exec_shell", args: { command } }),
    read: (file) => ({ name: "read_file", args: { path: file } }),
    ids: plainIds,
  },
  minimal: {
    shell: (command) => ({ name: "exec_command", args: { cmd: command } }),
    read: (file) => ({ name: "exec_command", args: { cmd: `cat ${file}` } }),
    ids: plainIds,
  },
  "swe-agent": { shell: fenced, read: (file) => fenced(`cat ${file}`), ids: plainIds },
};

/**
 * The three answers of the scripted model.
 * @param failing the command beside the reading; Claude Code tells results as they come, so a capture makes it the later one
 */
export function answersFor(
  { shell, read, ids }: Play,
  file: string,
  failing: string = commands.failing,
): ScriptedAnswer[] {
  const [first, second, third] = ids;
  return [
    { think: thought[0], ...stepped(said[0], [[first, shell(commands.list, "List files")]]) },
    {
      think: thought[1],
      ...stepped(said[1], [
        [second, read(file)],
        [third, shell(failing, "Show a file")],
      ]),
    },
    { say: said[2] },
  ];
}

function stepped(words: string, steps: readonly (readonly [id: string, step: Step])[]): ScriptedAnswer {
  const calls = steps.flatMap(([id, step]) =>
    "name" in step ? [{ id, name: step.name, args: spaced(step.args) }] : [],
  );
  // Of commands in a text there is one per answer.
  const text = steps.map(([, step]) => ("text" in step ? step.text : ""))[0] ?? "";
  return { say: words + text, ...(calls.length > 0 ? { calls } : {}) };
}

/** Arguments as models write them: valid JSON, but not the shortest. */
function spaced(args: Record<string, unknown>): string {
  const fields = Object.entries(args).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{${fields.join(", ")}}`;
}
