import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replaced } from "../../src/gateway/native/edit-file.ts";
import { openGatewayHost } from "./support/host.ts";
import { probeHarness } from "./support/probe-harness.ts";
import { steps, toolResults } from "./support/script.ts";
import type { ScriptedCall } from "./support/upstream.ts";

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
let bridge: Awaited<ReturnType<typeof openGatewayHost>>;
beforeAll(async () => {
  bridge = await openGatewayHost("programs", { harness: "minimal", harnesses: { minimal: probeHarness } });
});
afterAll(() => bridge.close());

const at = (name: string): string => path.join(bridge.work, name);

/** One turn in which the model makes these calls at once; what each of them came to. */
async function called(session: string, calls: readonly ScriptedCall[], extra: Parameters<typeof bridge.turn>[2] = {}) {
  let results: string[] = [];
  bridge.upstream.script = (request) => {
    results = toolResults(request);
    return steps({ calls }, { say: "end" })(request);
  };
  const before = bridge.upstream.requests.length;
  const turn = await bridge.turn(session, "go", extra);
  expect(turn).toMatchObject({ ok: true, text: "end" });
  // However many native calls it took, the model was asked twice.
  expect(bridge.upstream.requests.length - before).toBe(2);
  return { turn, results: results.map((text) => (text.startsWith("{") ? JSON.parse(text) : text)) };
}

describe("native programs on a real Codex", () => {
  it("run commands, wait for slow ones, stop late ones, keep background ones", async () => {
    const { turn, results } = await called("run", [
      { name: "run", args: { cmd: "echo out; echo err >&2; exit 3" } },
      { name: "run", args: { cmd: "echo start; sleep 600; echo never", timeoutMs: 1000.5 } },
      { name: "run", args: { cmd: "sleep 600", background: true } },
      { name: "nosuch", args: {} },
      { name: "run", args: "{bad" },
      { name: "earlier", args: {} },
    ]);
    expect(results[0]).toMatchObject({ kind: "exited", code: 3, output: expect.stringContaining("out\n") });
    expect(results[1]).toMatchObject({
      kind: "timeout",
      output: expect.stringContaining("start\n"),
      timeoutMs: 1000.5,
    });
    expect(results[2]).toMatchObject({ kind: "running", sessionId: expect.any(Number) });
    expect(results[3]).toContain('no tool "nosuch"');
    expect(results[4]).toContain("not a JSON object");
    expect(results[5]).toBe("run,run,run,nosuch,run");
    expect(turn.entries.filter(({ tool }) => tool?.name === "exec")).toHaveLength(3);
  });

  it("read without the user's shell profile, which can take seconds for each command", async () => {
    writeFileSync(at("short.txt"), "the file\n");
    const calls = [
      { name: "read", args: { path: at("short.txt") } },
      { name: "run", args: { cmd: "echo done" } },
    ];
    const { turn, results } = await called("plain", calls);
    expect(results).toMatchObject([{ kind: "text", text: "the file\n" }, { output: "done\n" }]);
    const commands = turn.entries.flatMap(({ tool }) => (tool?.name === "exec" ? [JSON.stringify(tool.input)] : []));
    expect(commands).toEqual([
      expect.stringMatching(/sh -c '?cat /),
      // A command of the model's is the user's own, as Codex itself would run it.
      expect.stringMatching(/sh -lc 'echo done'/),
    ]);
  });

  it("read, write, plan, show pictures and ask", async () => {
    writeFileSync(at("bin"), Buffer.from([1, 0, 255, 254]));
    writeFileSync(at("big"), "0123456789\n".repeat(40_000));
    writeFileSync(at("-dash é.txt"), "dashed\n");
    writeFileSync(at("p.png"), Buffer.from(pixel, "base64"));
    const { turn, results } = await called(
      "all",
      [
        ...["-dash é.txt", "nope", ".", "bin", "big"].map((file) => ({ name: "read", args: { path: file } })),
        { name: "write", args: { path: at("sub dir/it's.txt"), content: "no newline" } },
        { name: "write", args: { path: at("new/empty"), content: "" } },
        { name: "write", args: { path: "plain.txt", content: "two\nlines\n" } },
        { name: "write", args: { path: "cr.txt", content: "a\r\n'$b'\r" } },
        {
          name: "plan",
          args: {
            items: [
              { step: "a", status: "in_progress" },
              { step: "b", status: "in_progress" },
            ],
          },
        },
        { name: "view", args: { path: at("p.png") } },
        {
          name: "ask",
          args: {
            questions: [
              {
                header: "Colour",
                question: "Which?",
                options: [
                  { label: "Red", description: "r" },
                  { label: "Blue", description: "b" },
                ],
              },
            ],
          },
        },
      ],
      { answer: async ({ questions }) => ({ [questions[0]!.id]: ["Blue"] }) },
    );
    expect(results.slice(0, 5)).toEqual([
      { kind: "text", text: "dashed\n" },
      { kind: "missing" },
      { kind: "directory" },
      { kind: "binary" },
      { kind: "too_large" },
    ]);
    expect(results.slice(5, 9).map(({ kind }) => kind)).toEqual(Array(4).fill("written"));
    expect(
      ["sub dir/it's.txt", "new/empty", "plain.txt", "cr.txt"].map((file) => readFileSync(at(file), "utf8")),
    ).toEqual(["no newline", "", "two\nlines\n", "a\r\n'$b'\r"]);
    expect(results.at(-1)).toEqual({ kind: "answered", answers: [["Blue"]] });
    expect(JSON.stringify(bridge.upstream.requests.at(-1)?.body.messages)).toContain(`data:image/png;base64,`);
    expect(turn.entries.find(({ kind }) => kind === "plan")?.text).toContain("a");
  });

  it("change files only as far as a person allows", async () => {
    writeFileSync(at("kept.txt"), "one\n");
    const asked: string[] = [];
    const { results } = await called(
      "declined",
      [
        { name: "edit", args: { path: at("kept.txt"), old: "one", new: "two" } },
        { name: "write", args: { path: at("never.txt"), content: "x\n" } },
        { name: "run", args: { cmd: "touch escaped", escalate: "because" } },
      ],
      {
        approvalPolicy: "on-request",
        sandbox: "read-only",
        approve: async (request) => {
          asked.push(request.kind);
          return "decline";
        },
      },
    );
    expect(results.map(({ kind }) => kind)).toEqual(["refused", "refused", "refused"]);
    expect(asked).toHaveLength(3);
    expect(readFileSync(at("kept.txt"), "utf8")).toBe("one\n");
    expect(existsSync(at("never.txt"))).toBe(false);
  });

  it("edit exactly like plain replacement, whatever the file", async () => {
    const line = fc.constantFrom("a", "b", "", " a", "a ", "é😀", "+x", "-x", "*** End Patch", "@@", "\tq'\"$`\\");
    const end = fc.constantFrom("\n", "\n", "\n", "\r\n");
    const file = fc
      .tuple(fc.array(fc.tuple(line, end), { maxLength: 25 }), line)
      .map(([lines, last]) => lines.map(([text, eol]) => text + eol).join("") + last);
    const cut = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 12 }));
    const edit = fc.record({ file, cut, fresh: fc.oneof(file, line), all: fc.boolean() });
    const cases = fc.sample(edit, { numRuns: 70, seed: 7 }).map(({ file: text, cut: [from, length], fresh, all }) => {
      const start = text.length === 0 ? 0 : from % text.length;
      return { text, old: text.slice(start, start + length).toWellFormed(), fresh, all };
    });
    mkdirSync(at("edits"), { recursive: true });
    for (const [index, { text }] of cases.entries()) writeFileSync(at(`edits/${index}.txt`), text);
    const { results } = await called(
      "edits",
      cases.map(({ old, fresh, all }, index) => ({
        name: "edit",
        args: { path: at(`edits/${index}.txt`), old, new: fresh, all },
      })),
    );
    const kinds = new Set<string>();
    for (const [index, { text, old, fresh, all }] of cases.entries()) {
      const wanted = replaced(text, { old, new: fresh, all });
      const now = readFileSync(at(`edits/${index}.txt`), "utf8");
      const told = results[index] as { kind: string };
      kinds.add(told.kind);
      expect({ index, kind: told.kind, now }).toEqual(
        "kind" in wanted ? { index, kind: wanted.kind, now: text } : { index, kind: "edited", now: wanted.after },
      );
    }
    expect([...kinds]).toEqual(expect.arrayContaining(["edited", "ambiguous"]));
  });
});
