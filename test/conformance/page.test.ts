import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { renderPage } from "../../scripts/matrix/page.ts";
import { type CompatibilityRecord, merge } from "../../scripts/matrix/record.ts";
import { readRecord } from "../../scripts/matrix/record-file.ts";
import type { ScenarioResult } from "./scenario.ts";

const pass: ScenarioResult = { status: "pass", elapsedMs: 1 };
const fail: ScenarioResult = { status: "fail", error: "it broke\nin detail", elapsedMs: 1 };
const lacking: ScenarioResult = { status: "degraded", lacks: ["thread/fork.lastTurnId"], elapsedMs: 1 };
const report = (version: string, results: Record<string, ScenarioResult>) => ({ version, results, elapsedMs: 1 });
const empty: CompatibilityRecord = { releases: [] };

it("replaces what was tried again, and keeps the rest, in the order of the releases", () => {
  const first = merge(empty, [report("0.130.0", { text: pass, fork: fail }), report("0.125.0", { text: fail })]);
  const second = merge(first, [report("0.130.0", { fork: pass }), report("0.128.0", { text: pass })]);
  expect(second.releases.map(({ version, results }) => [version, results])).toEqual([
    ["0.125.0", { text: { error: "it broke in detail" } }],
    ["0.128.0", { text: "pass" }],
    ["0.130.0", { text: "pass", fork: "pass" }],
  ]);
});

it("puts releases with the same results into one column, and explains what they lack", () => {
  const old = { text: pass, "fork-at-turn": lacking };
  const unavailable = { ...report("0.131.0", {}), unavailable: "npm has none" };
  const record = merge(empty, [
    report("0.125.0", old),
    report("0.130.0", old),
    unavailable,
    report("0.132.0", old),
    report("0.150.0", { text: fail, "fork-at-turn": pass }),
  ]);
  const lines = renderPage(record).split("\n");
  const cells = (start: string) =>
    lines
      .find((line) => line.startsWith(`| ${start}`))
      ?.split("|")
      .slice(2, -1)
      .map((cell) => cell.trim());
  expect(cells("Scenario")).toEqual(["0.125.0 – 0.132.0 (3)", "0.150.0"]);
  expect(cells("text turn")).toEqual(["✓", "✗"]);
  expect(cells("a conversation is forked at a turn")).toEqual(["1", "✓"]);
  expect(cells("two sessions")).toEqual(["–", "–"]);
  expect(lines).toContainEqual(expect.stringMatching(/^1\. Before 0\.143\.0, a session can be forked only at its end/));
  expect(lines).toContain("- 0.150.0, `text`: it broke in detail");
  expect(lines).toContain("- 0.131.0: npm has none");
});

it("is what docs/compatibility.md shows of docs/compatibility.json (npm run matrix:codex writes both)", async () => {
  const page = path.resolve(import.meta.dirname, "../../docs/compatibility.md");
  expect(readFileSync(page, "utf8")).toBe(renderPage(await readRecord()));
});
