import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, expect, it } from "vitest";
import { openTmux, type TmuxTerminal } from "../../scripts/screenshots/tmux.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-chat-tmux");
const bin = path.resolve(import.meta.dirname, "../../bin/codex-bridge.js");
const state = path.join(folder.path, "state");
const cwd = path.join(folder.path, "work");
const terminals: TmuxTerminal[] = [];
mkdirSync(cwd, { recursive: true });
// The model may ask questions, which Codex allows only then.
mkdirSync(path.join(state, "codex-home"), { recursive: true });
writeFileSync(path.join(state, "codex-home", "config.toml"), "[features]\ndefault_mode_request_user_input = true\n");
afterAll(() => {
  for (const opened of terminals) opened.close();
  folder.remove();
});

const question = {
  id: "colour",
  header: "Colour",
  question: "Which colour is it to be?",
  options: [
    { label: "red", description: "like a rose" },
    { label: "blue", description: "like the sky" },
  ],
};
const script = path.join(folder.path, "script.json");
writeFileSync(
  script,
  JSON.stringify({
    turns: [
      {
        when: "list",
        steps: [
          [{ think: "I should look." }, { shell: "printf 'one\\ntwo\\n'; exit 3" }],
          [{ patch: "*** Begin Patch\n*** Add File: notes.md\n+one\n+two\n*** End Patch" }],
          [{ say: "There is **one**, and `two`:\n\n- a point", phase: "final_answer", delayMs: 5 }],
        ],
      },
      {
        when: "outside",
        steps: [
          [{ shell: "touch ../outside.txt", escalate: "It has to be outside." }],
          [{ say: "It is there: {{lastOutput}}" }],
        ],
      },
      {
        when: "ask",
        steps: [[{ call: "request_user_input", args: { questions: [question] } }], [{ say: "{{lastOutput}}" }]],
      },
      { when: "steered", steps: [[{ say: "I was told: {{user}}." }]] },
      {
        when: "wait",
        steps: [[{ shell: "while [ ! -e go ]; do sleep 0.1; done" }], [{ say: "It went on: {{user}}." }]],
      },
      { when: "forever", steps: [[{ say: "Some words, and then none" }, { stall: true }]] },
      { steps: [[{ say: "You wrote: {{user}}" }]] },
    ],
  }),
);

function terminal(name: string, columns = 90): TmuxTerminal {
  const { LANG = "C.UTF-8" } = process.env;
  const folders = [path.dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"];
  const env = { PATH: folders.join(":"), HOME: folder.path, LANG, TERM: "xterm-256color" };
  const opened = openTmux(`codex-bridge-${name}-${process.pid}`, { cwd, columns, rows: 45, env });
  terminals.push(opened);
  return opened;
}

/** As long as a person reads a question: keys that come as fast as these do are not taken for its answer. */
const reading = (): Promise<void> => sleep(700);

const say = (at: TmuxTerminal, words: string): void => {
  at.write(words);
  at.keys("Enter");
};

const command = (...args: string[]): string =>
  ["node", bin, "chat", "--state", state, "--scripted", script, ...args].map((word) => `'${word}'`).join(" ");

/** The shell has its terminal back as it was: it echoes, and nothing of ours runs. */
async function isRestored(at: TmuxTerminal, status: number): Promise<void> {
  await expect.poll(() => runningBelow(at.pid), { timeout: 60_000 }).toEqual([]);
  say(at, "echo status $?; stty -a | grep -oE '(^| )-?(icanon|echo|isig)\\b' | tr '\\n' ' '; echo .");
  await at.see(new RegExp(`status ${status}\\n *isig +icanon +echo +\\.`));
}

it("a session in a real terminal: tools, an approval, a question, words in between, an interruption, a way back", {
  timeout: 300_000,
}, async () => {
  const at = terminal("chat");
  say(at, command("--session", "first"));
  await at.see("/help explains");

  say(at, "list it");
  const listed = await at.see(/• There is one, and two:\n\n {2}- a point/);
  expect(listed).toContain("› list it");
  expect(listed).toMatch(
    /✗ printf 'one\\ntwo\\n'; exit 3 {2}exit 3\n(?: {2}│ .*\n)*? {2}│ one\n {2}│ two\n✓ edit a file\n {2}│ A notes\.md {2}\+2/,
  );
  expect(listed).toContain("I should look.");

  say(at, "put it outside");
  await at.see(/Allow it\?[\s\S]*❯ 4\. No, go on without it/);
  expect(existsSync(path.join(folder.path, "outside.txt"))).toBe(false);
  await reading();
  at.keys("1");
  await at.see("• It is there");
  await at.miss("Allow it?");
  expect(at.text()).toMatch("✓ Allowed: /bin/bash -lc 'touch ../outside.txt'");
  // A shell that reads its profile may take longer than Codex waits for it.
  await expect.poll(() => existsSync(path.join(folder.path, "outside.txt")), { timeout: 90_000 }).toBe(true);

  say(at, "ask me");
  await at.see(/Which colour is it to be\?\n❯ 1\. red\n\s+like a rose/);
  await reading();
  at.keys("Down", "Enter");
  await at.see(/• \{"answers":\{"colour":\{"answers":\["blue"\]\}\}\}/);

  // A command waits until the words have arrived; the next model request has them.
  say(at, "wait for me");
  await at.see("▸ while");
  at.paste("steered\nin two lines");
  await at.see("in two lines");
  at.keys("Enter");
  await at.see("↳ steered");
  writeFileSync(path.join(cwd, "go"), "");
  await at.see(/› steered\n {2}in two lines/);
  await at.see("I was told: steered");

  say(at, "talk forever");
  await at.see("Some words, and then none");
  at.write("/new");
  await at.see("begin another session");
  at.keys("Enter");
  await at.see("/new has to wait");
  at.keys("Escape");
  await at.see(/! Interrupted after .* what there is was kept/);
  expect(at.text()).toContain("Some words, and then none");

  say(at, "/nwe");
  await at.see("did you mean /new?");
  say(at, "/new second");
  await at.miss("Some words, and then none");
  at.keys("Up");
  at.keys("Up");
  at.keys("Up");
  at.keys("Up");
  await at.see(/│?\s*talk forever/);
  at.keys("C-c");
  await at.see("Ctrl-C again leaves");
  say(at, "hello there");
  await at.see("• You wrote: hello there");
  say(at, "/trace");
  await at.see("of the last turn. Open it in a browser");
  const [page] = readdirSync(path.join(state, "traces"));
  expect(readFileSync(path.join(state, "traces", page!), "utf8")).toContain("<html");

  at.resize(40, 30);
  say(at, "/resume");
  await at.see(/Which session\?[\s\S]*1\. first/);
  await reading();
  at.keys("1");
  await at.see("Session first goes on");
  expect(at.text()).toContain("› talk forever");
  say(at, "/exit");
  await at.see(/chat --state \S+ --session first goes on/);
  await isRestored(at, 0);
});

it("gives the terminal back when it is told to go, by Ctrl-C twice, when a tool breaks; and ends with its window", {
  timeout: 240_000,
}, async () => {
  const at = terminal("leave");
  say(at, command("talk forever"));
  await at.see("Some words, and then none");
  const [chat] = runningBelow(at.pid);
  process.kill(chat!, "SIGTERM");
  await isRestored(at, 143);

  await at.wipe();
  say(at, command("--session", "twice", "talk forever"));
  await at.see("Some words, and then none");
  at.keys("C-c");
  await at.see("Ctrl-C again leaves");
  at.keys("C-c");
  await at.see("--session twice goes on");
  await isRestored(at, 0);

  await at.wipe();
  const tools = path.join(folder.path, "tools.mjs");
  writeFileSync(
    tools,
    'setTimeout(() => console.log("printed\\u001b[2J by a tool"), 2000);\n' +
      'globalThis.breakIt = () => setTimeout(() => { throw new Error("the tool broke"); }, 0);\n' +
      "export const tools = [];\n" +
      'process.on("SIGUSR2", globalThis.breakIt);\n',
  );
  say(at, command("--tools", tools));
  await at.see("· printed by a tool");
  process.kill(runningBelow(at.pid)[0]!, "SIGUSR2");
  await at.see("internal: the tool broke");
  await isRestored(at, 1);

  await at.wipe();
  say(at, command("talk forever"));
  await at.see("Some words, and then none");
  const below = runningBelow(at.pid);
  expect(below.length).toBeGreaterThan(1);
  // Its window is closed.
  at.close();
  await expect.poll(() => below.filter(isAlive), { timeout: 60_000 }).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it("needs a terminal, and says what does without", async () => {
  const { exitCode, stderr } = await execa(process.execPath, [bin, "chat", "--state", state, "--scripted"], {
    reject: false,
    stdin: "ignore",
  });
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/no_terminal: .*codex-bridge run/)]);
});
