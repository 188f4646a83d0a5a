import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, describe, expect, it, vi } from "vitest";
import { approver } from "../../src/cli/approve.ts";
import { terminalApprover } from "../../src/cli/ask.ts";
import type { ApprovalAsk, FormField } from "../../src/requests/types.ts";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-tools");
// Node reads no TypeScript below node_modules, where test folders are.
const modules = realpathSync(mkdtempSync(path.join(tmpdir(), "codex-bridge-tools-")));
afterAll(() => {
  folder.remove();
  rmSync(modules, { recursive: true });
  expect(runningBelow(process.pid)).toEqual([]);
});

/** A module's path as it would be typed: relative to the folder the command runs in. */
const module = (name: string, source?: string): string => {
  const file = path.join(name.endsWith(".mjs") ? realpathSync(folder.path) : modules, name);
  if (source !== undefined) writeFileSync(file, source);
  return path.relative(realpathSync(folder.path), file);
};
const run = (script: object[], ...args: string[]) => {
  const steps = [...script.map((part) => [part]), [{ say: "told: {{lastOutput}}", phase: "final_answer" }]];
  writeFileSync(path.join(folder.path, "script.json"), JSON.stringify({ turns: [{ steps }] }));
  const all = ["run", "--json", "--state", "./state", "--scripted", "script.json", ...args, "go"];
  return codexBridge(folder.path, all);
};
const document = async (...args: Parameters<typeof run>) => JSON.parse((await run(...args)).stdout);

const greet = `{ name: "greet", description: "greets", inputSchema: { type: "object" },
  execute: (args: { name: string }) => \`hello \${args.name}\` }`;

describe("codex-bridge run --tools", () => {
  it.each([
    ["tools.ts", `export const tools = [${greet}];`],
    ["default.mjs", `export default [${greet.replace(": { name: string }", "")}];`],
  ])("offers what %s exports", async (name, source) => {
    const tools = module(name, source);
    const result = await document([{ call: "greet", args: { name: "Ada" } }], "--tools", tools);
    expect(result).toMatchObject({ ok: true, text: "told: hello Ada" });
    const [called] = result.transcript.filter(({ kind }: { kind: string }) => kind === "tool");
    expect(called.tool).toMatchObject({ name: "greet", output: "hello Ada", status: "completed" });
  });

  it.each([
    ["a missing file", undefined, /there is no such file/],
    ["a module that throws", "throw new Error('boom')", /cannot be loaded: boom/],
    ["a module without tools", "export const other = 1;", /neither an export `tools`/],
    ["an export that is no array", "export const tools = {};", /no array, but an object/],
    ["a tool that is none", "export const tools = [null];", /tool 1 is no object, but null/],
    ["a tool without a name", `export const tools = [${greet}, { execute() {} }];`, /tool 2 has no name/],
    ["a tool that does nothing", "export const tools = [{ name: 'x' }];", /tool 1 \(x\) has no function execute/],
    ["a tool without a description", "export const tools = [{ name: 'x', execute() {} }];", /no description/],
    ["a tool without a schema", "export default [{ name: 'x', description: '', execute() {} }];", /no inputSchema/],
  ])("refuses %s", async (what, source, words) => {
    const name = `${what.replaceAll(/\W/g, "-")}.ts`;
    const { ok, error } = await document([], "--tools", module(name, source));
    expect({ ok, ...error }).toMatchObject({ ok: false, code: "tools_module_invalid", remedy: expect.any(String) });
    expect(error.message).toContain(path.join(modules, name));
    expect(error.message).toMatch(words);
  });
});

describe("codex-bridge run --approve", () => {
  const touch = (name: string) => ({ shell: `touch ${name}`, escalate: "it has to be there" });

  it.each([
    ["all", true],
    ["none", false],
  ])("%s: the command runs: %s", async (mode, ran) => {
    const result = await document([touch(`approved-${mode}`)], "--approve", mode);
    expect(result.ok).toBe(true);
    expect(existsSync(path.join(folder.path, `approved-${mode}`))).toBe(ran);
    const [command] = result.transcript.filter(({ kind }: { kind: string }) => kind === "tool");
    expect(command.tool.status).toBe(ran ? "completed" : "declined");
  });

  it("ask is refused without a terminal, before anything is started", async () => {
    const { error } = await document([touch("asked")], "--approve", "ask");
    expect(error).toMatchObject({ code: "no_terminal", remedy: expect.stringContaining("--approve all") });
    expect(existsSync(path.join(folder.path, "asked"))).toBe(false);
  });

  it.each(["stdin", "stderr"] as const)("ask needs a terminal to read from and to show on: not %s", async (missing) => {
    const [stdin, stderr] = ["stdin", "stderr"].map((name) => ({ isTTY: name !== missing }));
    vi.stubGlobal("process", Object.create(process, { stdin: { value: stdin }, stderr: { value: stderr } }));
    const options = { beforeAsking: vi.fn(), interrupt: vi.fn() };
    const refused = approver("ask", options).finally(() => vi.unstubAllGlobals());
    await expect(refused).rejects.toMatchObject({ code: "no_terminal" });
  });

  it("takes no other word", async () => {
    expect(await run([], "--approve", "maybe")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("maybe"),
    });
  });
});

/** A terminal in memory: what is printed, and keys that are pressed once a prompt says something. */
function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  // A prompt ends what it prints on; Node makes an exception for stdout and stderr.
  output.end = () => output;
  let printed = "";
  output.on("data", (chunk) => {
    printed += String(chunk);
  });
  const interrupt = vi.fn();
  const handlers = terminalApprover({ input, output, beforeAsking: () => undefined, interrupt });
  const press = async (when: string, keys: string): Promise<void> => {
    await expect.poll(() => printed, { interval: 5 }).toContain(when);
    printed = printed.slice(printed.indexOf(when) + when.length);
    // The prompt listens a moment after it is drawn.
    await new Promise((resolve) => setTimeout(resolve, 30));
    input.write(keys);
  };
  return { handlers, press, printed: () => printed, interrupt };
}

const [enter, up, down, ctrlC, space] = ["\r", "\u001b[A", "\u001b[B", "\u0003", " "];
const turn = { threadId: "t", turnId: "u" };
const command = {
  kind: "command",
  title: "Run a command",
  detail: "touch x",
  cwd: "/work",
  reason: "because",
} as const;
const approval = (more: Partial<ApprovalAsk> = {}): ApprovalAsk => {
  return { ...command, decisions: ["accept", "accept_session", "decline", "cancel"], itemId: "i", ...turn, ...more };
};
const signal = new AbortController().signal;

describe("asking at a terminal", () => {
  it("shows what it is about and gives back what was chosen; a bare line end allows nothing", async () => {
    const { handlers, press } = terminal();
    const cases = { decline: enter, accept_session: up + enter, cancel: down + enter };
    for (const [decision, keys] of Object.entries(cases)) {
      const decided = handlers.approve(approval(), signal);
      for (const words of ["Run a command", "touch x", "in /work", "because: because"]) await press(words, "");
      await press("Allow it?", keys);
      expect(await decided).toBe(decision);
    }
  });

  it("offers only what means something here", async () => {
    const { handlers, press, printed } = terminal();
    const decided = handlers.approve(approval({ decisions: ["accept", "decline"] }), signal);
    await press("Allow it?", "");
    expect(printed()).toContain("Yes, this once");
    expect(printed()).not.toContain("in this session");
    await press("No, go on", up + enter);
    expect(await decided).toBe("accept");
  });

  it("takes a prompt back when its request is over, and asks one thing at a time", async () => {
    const { handlers, press, printed } = terminal();
    const abort = new AbortController();
    const first = handlers.approve(approval(), abort.signal);
    const second = handlers.approve(approval({ detail: "second" }), signal);
    await press("Allow it?", "");
    expect(printed()).not.toContain("second");
    abort.abort();
    expect(await first).toBe("cancel");
    await press("second", "");
    await press("Allow it?", enter);
    expect(await second).toBe("decline");
  });

  it("Ctrl-C interrupts the turn", async () => {
    const { handlers, press, interrupt } = terminal();
    const decided = handlers.approve(approval(), signal);
    await press("Allow it?", ctrlC);
    expect(await decided).toBe("cancel");
    expect(interrupt).toHaveBeenCalledTimes(1);
  });

  it("asks questions: a choice, own words, nothing, a secret", async () => {
    const { handlers, press, printed } = terminal();
    const question = (id: string, labels: string[], secret = false) => {
      const options = labels.map((label) => ({ label, description: "" }));
      return { id, header: "", question: `which ${id}?`, options, allowOther: true, secret };
    };
    const [a, b] = [question("a", ["red\u202e", "blue"]), question("b", ["red"])];
    const questions = [a, b, question("c", []), question("d", [], true)];
    const answered = handlers.answer({ questions, ...turn }, signal);
    await press("which a?", "");
    expect(printed()).not.toContain("\u202e");
    await press("Something else", enter);
    await press("which b?", down + enter);
    await press("which b?", "");
    await press("which b?", `own words${enter}`);
    await press("which c?", enter);
    await press("which d?", `geheim${enter}`);
    expect(await answered).toEqual({ a: ["red\u202e"], b: ["own words"], d: ["geheim"] });
    expect(printed()).not.toContain("geheim");
  });

  it("fills in a form field by field and does not take what does not fit", async () => {
    const { handlers, press } = terminal();
    const field = (name: string, type: FormField["type"], more: Partial<FormField> = {}): FormField => {
      return { name, title: name, description: "", type, required: true, ...more };
    };
    const fields = [
      field("whole", "integer"),
      field("part", "number"),
      field("yes", "boolean"),
      field("one", "enum", { choices: ["x", "y"] }),
      field("some", "multi", { choices: ["p", "q"] }),
      field("free", "multi"),
      field("note", "string", { required: false }),
      field("flag", "boolean", { required: false }),
    ];
    const filled = handlers.fillIn({ mode: "form", server: "srv", message: "please", fields }, signal);
    await press("Answer it?", up + enter);
    await press("whole", `1.5${enter}`);
    await press("Enter a whole number.", `\u007f\u007f\u007f7${enter}`);
    await press("part", enter);
    await press("Something is needed", `2.5${enter}`);
    await press("yes", enter);
    await press("one", down + enter);
    await press("some", space + enter);
    await press("free", `a, b,${enter}`);
    await press("note", enter);
    await press("flag", up + enter);
    const content = { whole: 7, part: 2.5, yes: true, one: "y", some: ["p"], free: ["a", "b"] };
    expect(await filled).toEqual({ action: "accept", content });
  });

  it("shows an address as it is, and one in disguise as what it is", async () => {
    const { handlers, press } = terminal();
    const disguised = "https://ex\u0430mple.org/\u202etxt";
    for (const url of ["https://example.org/a?b=c", disguised]) {
      const seen = url === disguised ? "https://xn--exmple-4nf.org/%E2%80%AEtxt" : url;
      const visited = handlers.fillIn({ mode: "url", server: "srv", message: "go", url }, signal);
      await press(seen, "");
      await press("Done?", enter);
      expect(await visited).toEqual({ action: "decline" });
    }
  });
});
