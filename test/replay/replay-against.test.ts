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
  "tool-parallel": "luck: the order of calls side by side",
  "across-releases": "the other releases",
  "settings-provider": "the second model",
  "settings-turn": "the folder it moves to",
};

const sampled = new Set(["shell", "approve-command-decline", "approve-file-accept", "interrupt-text", "resume"]);
const own = fixtures.filter(
  ({ version, scenario }) =>
    (wholeCorpus || (version === newestTestedVersion && sampled.has(scenario))) && notAlone[scenario] === undefined,
);
/** From the oldest release to the newest: what the bridge shows is to stay. */
const across = fixtures.filter(
  ({ version, scenario }) => version === floorVersion && ["text", "tool-text", "fork"].includes(scenario),
);

async function playedOn(version: string, fixture: (typeof fixtures)[number]) {
  const folder = testFolder(`against-${version}-${fixture.scenario}`);
  try {
    const managed = version === newestTestedVersion;
    const command = managed ? findCodexBinary().command : (await installRelease(version)).command;
    const lines = await linesOf(fixture);
    const played = await playAgainstBinary({ dir: fixture.dir, lines, command, stateDir: folder.path });
    return { text: renumbered(replayed(played.lines).text), problems: played.problems.map(({ message }) => message) };
  } finally {
    folder.remove();
  }
}

describe("a recorded client on the release it was recorded with", () => {
  it.each(own.map((fixture) => [fixture.name, fixture] as const))("%s", async (_, fixture) => {
    const { text, problems } = await playedOn(fixture.version, fixture);
    expect(problems).toEqual([]);
    // Where a stream was interrupted is chance.
    const steady = (words: string): string => words.replaceAll(/(assistant \(incomplete\).*\n)(?: {4}.*\n)*/g, "$1");
    expect(steady(text)).toBe(steady(renumbered(goldenOf(fixture))));
  });
});

describe("a client recorded on the oldest release, on the newest", () => {
  it.each(across.map((fixture) => [fixture.scenario, fixture] as const))("%s", async (_, fixture) => {
    const { text, problems } = await playedOn(newestTestedVersion, fixture);
    expect(problems).toEqual([]);
    expect(text).toBe(renumbered(goldenOf(fixture)));
  });
});
