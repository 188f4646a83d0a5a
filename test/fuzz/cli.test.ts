import { readdirSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { fixtures } from "../replay/corpus-fixtures.ts";
import { testFolder } from "../support/home.ts";
import { fuzz } from "./campaign.ts";

const folder = testFolder("fuzz-cli");
const before = process.cwd();
// A word that is taken for a folder becomes one.
beforeAll(() => process.chdir(folder.path));
afterAll(() => {
  process.chdir(before);
  folder.remove();
});
const nowhere = path.join(folder.path, "nowhere");
const fixture = fixtures.find(({ scenario }) => scenario === "text")!.dir;

const word = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "--json",
    "--state",
    "--agent",
    "--days",
    "-1",
    "1e9",
    "--clock",
    "toolMs=1",
    "x=y",
    "--keep-text",
    "--help",
    "--",
    "-",
    "--verify",
  ),
  fc.constantFrom(
    "../../etc/passwd",
    "/dev/null",
    nowhere,
    "\u001b]0;x\u0007",
    "\u202e",
    "__proto__",
    "x".repeat(5000),
  ),
);
/** What begins no turn and waits for no input, however it goes on. */
const command = fc.constantFrom(
  ["run", "--cwd", nowhere],
  ["sessions"],
  ["sessions", "list", "--state", nowhere],
  ["sessions", "show", "--state", nowhere],
  ["sessions", "unbind", "--state", nowhere],
  ["sessions", "prune", "--state", nowhere],
  ["trace", "--out", path.join(folder.path, "page.html")],
  ["replay", nowhere],
  ["drift", fixture],
  ["prove"],
  ["nothing"],
  [],
);

describe("the command line", () => {
  const shown: string[] = [];
  beforeEach(() => {
    const note = (text: string | Uint8Array): boolean => shown.push(String(text)) > 0;
    vi.spyOn(process.stdout, "write").mockImplementation(note);
    vi.spyOn(process.stderr, "write").mockImplementation(note);
    vi.stubEnv("XDG_STATE_HOME", folder.path);
    vi.stubEnv("HOME", folder.path);
    return () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    };
  });

  it("ends with an exit code, whatever it is given", async () => {
    await fuzz(
      "cli",
      fc.asyncProperty(command, fc.array(word, { maxLength: 4 }), async (words, more) => {
        shown.length = 0;
        const argv = ["node", "codex-bridge", ...words, ...more];
        // A folder to work in would make it a turn.
        fc.pre(!(words[0] === "run" && more.some((each) => each.startsWith("--cwd") || each.startsWith("--c"))));
        expect([0, 1, 2]).toContain(await main(argv));
        const text = shown.join("");
        // Nothing that was given reaches a terminal as it is, to do something there.
        expect(text).not.toContain("\u001b]0");
      }),
    );
    expect(readdirSync(folder.path)).not.toContain("work");
  });
});
