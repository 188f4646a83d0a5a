import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { execa } from "execa";
import { afterAll, describe, expect, it, vi } from "vitest";
import { complete } from "../../src/cli/completion.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { progressOn } from "../../src/cli/progress.ts";
import { terminalFor } from "../../src/cli/terminal.ts";
import { bin, codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("cli-help");
afterAll(() => folder.remove());

const run = (args: string[], env?: Record<string, string>) => codexBridge(folder.path, args, env);

function commands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commands)];
}

function helpOf(command: Command): string {
  let text = "";
  const writeOut = (part: string): void => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 100 });
  command.outputHelp();
  return text;
}

describe("the command line", () => {
  it("explains itself without arguments, on stdout, and knows its version", { timeout: 240_000 }, async () => {
    const alone = await run([]);
    expect(alone).toMatchObject({ exitCode: 0, stderr: "" });
    for (const word of ["Usage: codex-bridge", "run ", "doctor", "codex-bridge demo"])
      expect(alone.stdout).toContain(word);
    const { version } = JSON.parse(readFileSync(path.resolve(bin, "../../package.json"), "utf8"));
    expect(await run(["--version"])).toMatchObject({ exitCode: 0, stdout: version });
    const wrong = await run(["dotcor"]);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
    expect(wrong.stderr).toContain("doctor");
  });

  it("has a description and examples that can be typed for every command", () => {
    const program = buildProgram(() => undefined);
    const names = new Set(program.commands.map((command) => command.name()));
    for (const command of commands(program)) {
      const help = helpOf(command);
      expect(command.description(), command.name()).not.toBe("");
      // What only has commands below it has its examples there.
      if (command.commands.length > 0 && command !== program && command.name() !== "replay") continue;
      const lines = help.split("\n").filter((line) => line.startsWith("  codex-bridge "));
      expect(lines.length, command.name()).toBeGreaterThan(0);
      for (const line of lines) expect(names, line).toContain(line.trim().split(/\s+/)[1]);
      for (const option of help.matchAll(/codex-bridge .*? (--[\w-]+)/g))
        expect(helpOf(commandIn(program, option[0])), option[0]).toContain(option[1]);
    }
  });

  it("completes commands, options and their values, in words a shell can take", { timeout: 240_000 }, async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const told = async (...words: string[]) => {
      printed.mockClear();
      await complete(
        buildProgram(() => undefined),
        ["--", ...words],
      );
      return printed.mock.calls.map(([line]) => String(line).split("\t")[0]);
    };
    try {
      expect(await told("do")).toEqual(["doctor", ":4"]);
      expect(await told("sessions", "re")).toEqual(["rebind", ":4"]);
      expect(await told("run", "--app")).toContain("--approve");
      expect(await told("run", "--approve", "")).toEqual(["all", "none", "ask", ":4"]);
      expect(await told("harness", "show", "")).toContain("qwen-code");
      expect((await told("")).filter((word) => /^complet/.test(word ?? ""))).toEqual(["completion"]);
    } finally {
      printed.mockRestore();
    }
    expect((await run(["completion", "tcsh"])).exitCode).toBe(2);
    // The script for bash, asked as bash would at a Tab.
    const { stdout: script } = await run(["completion", "bash"]);
    const file = path.join(folder.path, "completion.sh");
    writeFileSync(file, script);
    const ask = [
      `codex-bridge() { ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} "$@"; }`,
      // A labelled stand-in for the package bash-completion, which the script wants.
      `_get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur="\${words[cword]}"; prev="\${words[cword-1]}"; }`,
      `source ${JSON.stringify(file)}`,
      'COMP_WORDS=(codex-bridge doc); COMP_CWORD=1; COMP_LINE="codex-bridge doc"; COMP_POINT=16',
      '$(complete -p codex-bridge | sed -E "s/.*-F ([^ ]+).*/\\1/")',
      `echo "\${COMPREPLY[@]}"`,
    ].join("\n");
    const { stdout } = await execa("bash", ["--norc", "-c", ask], {
      extendEnv: false,
      env: { PATH: process.env.PATH ?? "" },
    });
    expect(stdout.trim()).toBe("doctor");
  });

  it("prints one document with --json, also when it fails", { timeout: 240_000 }, async () => {
    const { stdout, stderr, exitCode } = await run(["sessions", "show", "nobody", "--json", "--state", folder.path]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: { code: "session_unknown", message: expect.any(String), remedy: expect.any(String) },
    });
    expect(stderr).toContain("session_unknown");
  });
});

describe("what is for people only", () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = [];
    return {
      written,
      out: { isTTY, columns: 40, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream,
    };
  };

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { CI: "true" }, false],
  ])("colours: terminal %s, environment %j: %s", (isTTY, env, colour) => {
    expect(terminalFor(stream(isTTY).out, env).colour).toBe(colour);
  });

  it("says what it waits for after a second, on one line of a terminal, and takes it away", async () => {
    const [person, pipe, ci] = [stream(true), stream(false), stream(true)];
    const all = [progressOn(person.out, {}), progressOn(pipe.out, {}), progressOn(ci.out, { CI: "1" })];
    for (const each of all) each.show(`waiting for ${"x".repeat(60)}`);
    expect(person.written).toEqual([]);
    await expect.poll(() => person.written.join(""), { timeout: 30_000 }).toContain("waiting for");
    for (const each of all) each.end();
    for (const line of person.written) expect(line.length).toBeLessThan(40);
    expect(person.written.at(-1)).toBe("\r\u001b[K");
    expect([...pipe.written, ...ci.written]).toEqual([]);
  });
});

function commandIn(program: Command, line: string): Command {
  let found = program;
  for (const word of line.trim().split(/\s+/).slice(1))
    found = found.commands.find((each) => each.name() === word) ?? found;
  return found;
}
