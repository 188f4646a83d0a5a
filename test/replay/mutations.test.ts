import { describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { textDifference } from "../../src/replay/play/replay-compare.ts";
import { findingsIn } from "../../src/replay/play/replay-invariants.ts";
import { fixtures, goldenOf, linesOf } from "./corpus-fixtures.ts";

/* A recording that was tampered with, or of a bridge or Codex that is broken: each is found, and the line is named. */

interface Wire {
  method?: string;
  id?: number;
  params?: { item?: { id: string; type: string; text?: string }; itemId?: string };
  result?: unknown;
}

const wireOf = ({ message }: RecordedLine): Wire => message as Wire;

/** Lines as a recorder would have numbered them. */
const renumber = (lines: readonly RecordedLine[]): RecordedLine[] => lines.map((line, seq) => ({ ...line, seq }));

async function whole(scenario: string, version: string): Promise<{ lines: RecordedLine[]; golden: string }> {
  const fixture = fixtures.find((each) => each.name === `${version}/${scenario}`)!;
  return { lines: structuredClone([...(await linesOf(fixture))]), golden: goldenOf(fixture) };
}

function check(lines: readonly RecordedLine[], golden: string) {
  const again = replayed(lines);
  return {
    messages: findingsIn(lines, again).map(({ message }) => message),
    other: textDifference(golden, again.text),
  };
}

const nth = (lines: readonly RecordedLine[], fits: (wire: Wire, line: RecordedLine) => boolean, n = 0): number => {
  const found = lines.flatMap((line, at) => (fits(wireOf(line), line) ? [at] : []))[n];
  if (found === undefined) throw new Error("the fixture has no such line");
  return found;
};

describe.each([...new Set(fixtures.map(({ version }) => version))])("a recording of %s", (version) => {
  it("whose turn lost its completion", async () => {
    const { lines, golden } = await whole("text", version);
    const at = nth(lines, ({ method }) => method === "turn/completed");
    const begins = nth(lines, ({ method }) => method === "turn/start");
    const { messages, other } = check(renumber(lines.toSpliced(at, 1)), golden);
    expect(messages).toContainEqual(
      expect.stringMatching(new RegExp(`^wire\\.jsonl:${begins + 1}: the turn that begins here`)),
    );
    expect(other).toBeDefined();
  });

  it("whose item lost its completion", async () => {
    const { lines, golden } = await whole("shell", version);
    const isCommand = ({ method, params }: Wire): boolean =>
      method === "item/completed" && params?.item?.type === "commandExecution";
    const at = nth(lines, isCommand);
    const { id } = wireOf(lines[at]!).params!.item!;
    const begins = nth(lines, ({ method, params }) => method === "item/started" && params?.item?.id === id);
    const { messages, other } = check(renumber(lines.toSpliced(at, 1)), golden);
    expect(messages).toContainEqual(
      expect.stringMatching(new RegExp(`^wire\\.jsonl:${begins + 1}: the item ${id} .* never ends`)),
    );
    expect(other).toBeDefined();
  });

  it("in which two items have swapped their ids", async () => {
    const { lines } = await whole("commentary", version);
    const isEnd = ({ method, params }: Wire): boolean =>
      method === "item/completed" && params?.item?.type === "agentMessage";
    const [a, b] = [nth(lines, isEnd, 0), nth(lines, isEnd, 1)];
    const [first, second] = [wireOf(lines[a]!).params!.item!, wireOf(lines[b]!).params!.item!];
    [first.id, second.id] = [second.id, first.id];
    const { messages } = check(lines, "");
    const expected = new RegExp(`^wire\\.jsonl:${a + 1}: the (?:words of|end of the item) ${first.id}`);
    expect(messages).toContainEqual(expect.stringMatching(expected));
  });

  it("in which an item ends twice", async () => {
    const { lines, golden } = await whole("text", version);
    const at = nth(lines, ({ method, params }) => method === "item/completed" && params?.item?.type === "agentMessage");
    const { messages } = check(renumber(lines.toSpliced(at + 1, 0, lines[at]!)), golden);
    expect(messages).toContainEqual(
      expect.stringMatching(new RegExp(`^wire\\.jsonl:${at + 2}: .* ends a second time, after line ${at + 1}`)),
    );
  });

  it("in which somebody edited the words", async () => {
    const { lines, golden } = await whole("text", version);
    const at = nth(lines, ({ method, params }) => method === "item/completed" && params?.item?.type === "agentMessage");
    const item = wireOf(lines[at]!).params!.item!;
    item.text = item.text!.replace("longer", "shorter");
    const { messages, other } = check(lines, golden);
    expect(messages).toContainEqual(
      expect.stringMatching(new RegExp(`^wire\\.jsonl:${at + 1}: the words of ${item.id} are not`)),
    );
    expect(other?.found).toContain("shorter");
  });

  it("in which a request has no answer", async () => {
    const { lines, golden } = await whole("tool-text", version);
    const asked = nth(lines, ({ method }) => method === "item/tool/call");
    const { id } = wireOf(lines[asked]!);
    const at = nth(lines, (wire, { dir }) => dir === "c2s" && wire.id === id && wire.method === undefined);
    const { messages } = check(renumber(lines.toSpliced(at, 1)), golden);
    expect(messages).toContainEqual(`wire.jsonl:${asked + 1}: the request item/tool/call (${id}) has no answer`);
  });

  it("of which Codex kept something else than was shown", async () => {
    const { lines, golden } = await whole("text", version);
    const at = lines.findLastIndex(
      ({ dir, message }) => dir === "s2c" && JSON.stringify(message).includes("A longer answer"),
    );
    const line = lines[at]!;
    const message: unknown = JSON.parse(JSON.stringify(line.message).replace("A longer answer", "A shorter answer"));
    const { messages, other } = check(lines.with(at, { ...line, message }), golden);
    expect(messages).toContainEqual(
      expect.stringMatching(new RegExp(`^wire\\.jsonl:${at + 1}: Codex kept .* otherwise`)),
    );
    expect(other).toBeUndefined();
  });

  it("whose host was told of another end", async () => {
    const { lines, golden } = await whole("text", version);
    const at = nth(lines, ({ method }) => method === "turn/completed");
    const begins = nth(lines, ({ method }) => method === "turn/start");
    const message: unknown = JSON.parse(JSON.stringify(lines[at]!.message).replace('"completed"', '"interrupted"'));
    const { messages } = check(lines.with(at, { ...lines[at]!, message }), golden);
    expect(messages).toContain(
      `wire.jsonl:${begins + 1}: the turn that begins here ends as interrupted, and its host was told completed`,
    );
  });
});
