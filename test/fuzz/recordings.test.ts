import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { chain } from "../../src/replay/format/chain.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { upgrade } from "../../src/replay/format/upgrade.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { findingsIn } from "../../src/replay/play/replay-invariants.ts";
import { traceOf } from "../../src/replay/trace/trace.ts";
import { fixtures } from "../replay/corpus-fixtures.ts";
import { testFolder } from "../support/home.ts";
import { anyJson, changed, changes, fuzz } from "./campaign.ts";

const folder = testFolder("fuzz-recordings");
afterAll(() => folder.remove());
const scenarios = [
  "text",
  "shell",
  "approve-command-accept",
  "sub-agent",
  "mcp-form",
  "steer",
  "crash",
  "compact",
  "lost-thread",
];
const originals = fixtures.filter(({ scenario }) => scenarios.includes(scenario)).filter((_, index) => index % 3 === 0);
const original = fc.nat(originals.length - 1).map((n) => originals[n]!);

let copies = 0;

/** Works on a copy of a recording that may be spoilt. */
async function onCopy(dir: string, work: (copy: string) => Promise<void>): Promise<void> {
  // One of its own: a case that the time limit ends may still be at work.
  copies += 1;
  const copy = path.join(folder.path, `copy-${copies}`);
  cpSync(dir, copy, { recursive: true });
  try {
    await work(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What everybody who reads a recording does with it. What is wrong with it is found or refused, by name. */
async function read(dir: string): Promise<boolean> {
  try {
    const content = await readRecording(dir);
    const again = replayed(content.lines);
    findingsIn(content.lines, again);
    traceOf(content);
    return true;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(BridgeError);
    expect((thrown as BridgeError).code).toMatch(/^recording_(?:broken|inconsistent|from_the_future)$/);
    return false;
  }
}

/** Signed as if it had been recorded like this. */
function sign(dir: string, lines: readonly string[]): void {
  writeFileSync(path.join(dir, "wire.jsonl"), lines.map((line) => `${line}\n`).join(""));
  const file = path.join(dir, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...manifest, lines: lines.length, chainSha256: lines.reduce(chain, "") }));
}

describe("a recording somebody made up", () => {
  it("is not read when a byte of it was changed", async () => {
    await fuzz(
      "recordings.bytes",
      fc.asyncProperty(original, fc.nat(), fc.integer({ min: 1, max: 255 }), async ({ dir }, at, by) => {
        await onCopy(dir, async (copy) => {
          const file = path.join(copy, "wire.jsonl");
          const bytes = readFileSync(file);
          bytes[at % bytes.length]! ^= by;
          writeFileSync(file, bytes);
          expect(await read(copy)).toBe(false);
        });
      }),
    );
  });

  it("is replayed or refused, whatever its lines say", async () => {
    const edit = fc.record({ line: fc.nat(), edits: changes, how: fc.constantFrom("change", "drop", "twice", "swap") });
    await fuzz(
      "recordings.lines",
      fc.asyncProperty(original, fc.array(edit, { minLength: 1, maxLength: 4 }), async ({ dir }, edits) => {
        await onCopy(dir, async (copy) => {
          const lines = readFileSync(path.join(copy, "wire.jsonl"), "utf8")
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as { seq: unknown; message: unknown });
          for (const { line, edits: inside, how } of edits) {
            const at = line % lines.length;
            const each = lines[at]!;
            if (how === "change") lines[at] = { ...each, message: changed({ message: each.message }, inside).message };
            else if (how === "drop" && lines.length > 1) lines.splice(at, 1);
            else if (how === "twice") lines.splice(at, 0, each);
            else if (how === "swap") lines.splice(at, 1, lines.splice((at + 1) % lines.length, 1, each)[0]!);
          }
          // Numbered and timed anew, or hardly any would get beyond that.
          sign(
            copy,
            lines.map((each, seq) => JSON.stringify({ ...each, seq, tUs: seq })),
          );
          await read(copy);
        });
      }),
    );
  });

  it("is refused or read, whatever its manifest and lines are", async () => {
    await fuzz(
      "recordings.manifest",
      fc.asyncProperty(
        original,
        changes,
        fc.array(anyJson, { maxLength: 4 }),
        fc.boolean(),
        async ({ dir }, edits, lines, own) => {
          await onCopy(dir, async (copy) => {
            if (own)
              sign(
                copy,
                lines.map((line) => JSON.stringify(line)),
              );
            const file = path.join(copy, "manifest.json");
            writeFileSync(file, JSON.stringify(changed(JSON.parse(readFileSync(file, "utf8")), edits)));
            await read(copy);
          });
        },
      ),
    );
  });

  it("is upgraded or refused, whatever format it claims", async () => {
    await fuzz(
      "recordings.upgrade",
      fc.asyncProperty(anyJson, fc.nat(9), async (format, target) => {
        try {
          upgrade({ manifest: { format }, lines: [] }, target);
        } catch (thrown) {
          expect((thrown as BridgeError).code).toMatch(/^recording_(?:broken|from_the_future)$/);
        }
      }),
    );
  });
});
