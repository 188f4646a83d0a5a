import { afterAll, describe, expect, it } from "vitest";
import { installRelease } from "../../scripts/codex-releases.ts";
import { newestTestedVersion } from "../../src/protocol/newest-tested.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";
import { playAgainstBinary } from "../../src/replay/play/against-binary.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { renumbered } from "../../src/replay/play/replay-compare.ts";
import { findCodexBinary } from "../../src/server/binary.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";
import { fixtures, goldenOf, linesOf, wholeCorpus } from "./corpus-fixtures.ts";

/* The recorded client on a real Codex: of its own release, and of one it was not recorded with. */

const before = new Set(runningBelow(process.pid));
afterAll(() => expect(runningBelow(process.pid).filter((pid) => !before.has(pid))).toEqual([]));

/** What a real server needs and a recording does not have. */
const notAlone: Readonly<Record<string, string>> = {
  patch: "the files it changes",
  login: "the key",
  "login-chatgpt": "the tokens",
  "mcp-form": "the MCP server, whose path is a placeholder",
  "mcp-tool": "the MCP server, whose path is a placeholder",
  "sub-agent": "a model that waits for its agent",
  "sub-agent-v2": "a model that waits for its agent",
  sandbox: "luck: a command that the sandbox refuses may have no item",
  budget: "luck: whether a turn of one millisecond has begun when its interrupt comes",
  "across-releases": "the other releases",
  "settings-provider": "the second model",
  "settings-turn": "the folder it moves to",
};

/** What happens side by side in Codex itself: the same, in whatever order. */
const sideBySide: Readonly<Record<string, string>> = {
  steer: "a command of half a second ends while Codex takes up what was said, and the model answers",
  "tool-parallel": "calls side by side",
};

const sampled = new Set([
  "shell",
  "approve-command-decline",
  "approve-file-accept",
  "interrupt-text",
  "resume",
  "unsubscribe",
]);
const own = fixtures.filter(
  ({ version, scenario }) =>
    (wholeCorpus || (version === newestTestedVersion && sampled.has(scenario))) && notAlone[scenario] === undefined,
);
/** From the oldest release to the newest: what the bridge shows is to stay. */
const across = fixtures.filter(
  ({ version, scenario }) => version === floorVersion && ["text", "tool-text", "fork"].includes(scenario),
);

/** A release that was not used for long is read from the disk, while others use it: no silence of a server is a sign. */
const timeoutMs = 60_000;
const testMs = 5 * timeoutMs;

/** Of a turn that was interrupted: where its stream was cut is chance, and whether its command was, or ended before. */
function steady(text: string): string {
  return turnsOf(text)
    .map((turn) => (turn.includes("  = interrupted") ? withoutEnds(turn) : turn))
    .join("")
    .replaceAll(/(assistant \(incomplete\).*\n)(?: {4}.*\n)*/g, "$1");
}

function inAnyOrder(text: string): string {
  const blocks = (turn: string): string[] => withoutEnds(turn.replaceAll(/#\d+/g, "#")).split(/\n(?= {2}\S)/);
  return turnsOf(text)
    .map((turn) => blocks(turn).sort().join("\n"))
    .join("\n");
}

/** How commands ended, and whether in this turn. */
function withoutEnds(turn: string): string {
  return turn.replaceAll(/^( {2}tool) \(exec .*\)/gm, "$1");
}

function turnsOf(text: string): string[] {
  return text.split(/^(?=turn )/m);
}

async function playedOn(version: string, fixture: (typeof fixtures)[number]) {
  const folder = testFolder(`against-${version}-${fixture.scenario}`);
  try {
    const managed = version === newestTestedVersion;
    const command = managed ? findCodexBinary().command : (await installRelease(version)).command;
    const lines = await linesOf(fixture);
    const played = await playAgainstBinary({ dir: fixture.dir, lines, command, stateDir: folder.path, timeoutMs });
    return { text: renumbered(replayed(played.lines).text), problems: played.problems.map(({ message }) => message) };
  } finally {
    folder.remove();
  }
}

describe("a recorded client on the release it was recorded with", () => {
  it.each(own.map((fixture) => [fixture.name, fixture] as const))(
    "%s",
    async (_, fixture) => {
      const { text, problems } = await playedOn(fixture.version, fixture);
      expect(problems).toEqual([]);
      const compared = sideBySide[fixture.scenario] === undefined ? steady : inAnyOrder;
      expect(compared(text)).toBe(compared(renumbered(goldenOf(fixture))));
    },
    testMs,
  );
});

describe("a client recorded on the oldest release, on the newest", () => {
  it.each(across.map((fixture) => [fixture.scenario, fixture] as const))(
    "%s",
    async (_, fixture) => {
      const { text, problems } = await playedOn(newestTestedVersion, fixture);
      expect(problems).toEqual([]);
      expect(text).toBe(renumbered(goldenOf(fixture)));
    },
    testMs,
  );
});
