import { setTimeout as sleep } from "node:timers/promises";
import type { Terminal } from "@earendil-works/pi-tui";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chosen } from "../../src/cli/chat/chooser.ts";
import { Conversation } from "../../src/cli/chat/conversation.ts";
import { panelPrompts } from "../../src/cli/chat/prompts.ts";
import { Screen } from "../../src/cli/chat/screen.ts";
import { Suggestions } from "../../src/cli/chat/suggestions.ts";
import { themeFor } from "../../src/cli/chat/theme.ts";
import { pauseMs } from "../../src/cli/chat/typing.ts";

const screens: Screen[] = [];
afterEach(() => {
  for (const screen of screens.splice(0)) screen.stop();
});

/** What has been answered is closed, and what waited for it is asked. */
const settled = (): Promise<void> => sleep(5);

/** A screen on a terminal that is nobody's. */
function screen() {
  let type: (data: string) => void = () => undefined;
  const terminal = {
    start: (onInput: (data: string) => void) => {
      type = onInput;
    },
    columns: 60,
    rows: 30,
    kittyProtocolActive: true,
  };
  const nothing = (): void => undefined;
  const keys = { submit: vi.fn(), escape: vi.fn(), ctrlC: vi.fn(), endOfInput: vi.fn(), other: vi.fn() };
  const made = new Screen({
    conversation: new Conversation(),
    theme: themeFor(false),
    cwd: "/",
    keys,
    suggestions: new Suggestions("/"),
    head: () => [],
    working: () => undefined,
    status: () => "",
    terminal: new Proxy(terminal, {
      get: (target, name) => Reflect.get(target, name) ?? nothing,
    }) as unknown as Terminal,
  });
  made.start();
  screens.push(made);
  const press = (...data: string[]): void => data.forEach((each) => void type(each));
  const never = new AbortController().signal;
  const select = (message: string, prompts = panelPrompts(made, [message], never)): Promise<string> =>
    prompts.select({ message, choices: ["a", "b", "c"].map((value) => ({ value, name: value })), default: "c" });
  return { screen: made, keys, press, select };
}

describe("keys", () => {
  it("that are let go were pressed once", () => {
    const { keys, press, screen: at } = screen();
    press("\u001b[99;5u", "\u001b[99;5:3u", "\u001b[27u", "\u001b[27;1:3u", "x", "\u001b[120;1:3u");
    expect([keys.ctrlC.mock.calls.length, keys.escape.mock.calls.length, keys.other.mock.calls.length]).toEqual([
      1, 1, 2,
    ]);
    expect(at.editor.getText()).toBe("x");
  });
});

describe("questions", () => {
  it("wait behind a list that is open, and are asked after it", async () => {
    const { screen: at, press, select } = screen();
    const model = chosen(at, { message: "Which model?", choices: [{ name: "x" }, { name: "y" }] });
    const asked = select("Allow it?");
    press("2");
    expect(await model).toBe(1);
    await sleep(pauseMs);
    press("1");
    expect(await asked).toBe("a");
    press("x");
    expect(at.editor.getText()).toBe("x");
  });

  it("are not answered by a key that was meant for the one before, unless they are of the same request", async () => {
    const { screen: at, press, select } = screen();
    const both = Promise.all([select("rm a?"), select("rm b?")]);
    press("1");
    await settled();
    press("1");
    await sleep(pauseMs);
    press("2");
    expect(await both).toEqual(["a", "b"]);
    await sleep(pauseMs);
    const prompts = panelPrompts(at, ["a form"], new AbortController().signal);
    const form = (async () => [await select("one", prompts), await select("two", prompts)])();
    press("1");
    await settled();
    press("2");
    expect(await form).toEqual(["a", "b"]);
  });
});
