import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { HostTurnResult } from "../../src/index.ts";
import * as library from "../../src/index.ts";
import { testFolder } from "../support/home.ts";

const { createEmbeddedHost, prove, replay } = library;
const folder = testFolder("library");
const fixtures = path.resolve(import.meta.dirname, "../../examples/recording");
afterAll(() => folder.remove());

const listening = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;

it("exports these values, and no others by accident", () => {
  expect(Object.keys(library).sort()).toEqual([
    "BridgeError",
    "approvalModes",
    "connectAppServer",
    "createEmbeddedHost",
    "createHarness",
    "prove",
    "record",
    "recordTurns",
    "replay",
  ]);
});

describe("createEmbeddedHost", () => {
  it("leaves no scripted model behind when the host cannot be made", async () => {
    const before = listening();
    const clocks = { quietMs: 1 } as never;
    await expect(createEmbeddedHost({ stateDir: folder.path, scripted: true, clocks })).rejects.toMatchObject({
      code: "clock_invalid",
    });
    await expect.poll(listening).toBe(before);
  });

  it("says which script cannot be used", async () => {
    await expect(
      createEmbeddedHost({ stateDir: folder.path, scripted: path.join(folder.path, "none.json") }),
    ).rejects.toMatchObject({ code: "script_not_found" });
  });

  it("starts no server by itself, and closes what it opened", async () => {
    const before = listening();
    const host = await createEmbeddedHost({ stateDir: folder.path, scripted: true });
    expect(await host.transcript("nobody")).toEqual([]);
    expect(listening()).toBe(before + 1);
    await host.dispose();
    await expect.poll(listening).toBe(before);
  });
});

describe("replay", () => {
  it("reports what a recording comes to", async () => {
    expect(await replay(fixtures)).toMatchObject({
      ok: true,
      golden: "equal",
      through: "the reducer",
      findings: [],
      turns: [{ outcome: "completed" }],
    });
  });

  it("refuses what is no recording", async () => {
    await expect(replay(folder.path)).rejects.toMatchObject({ code: "recording_missing" });
  });
});

it("prove says that there is no transcript to prove anything about", async () => {
  const result = {
    harness: "codex",
    selection: "pinned to codex",
    server: { version: "0.169.0", userAgent: "codex/0.169.0", binary: "codex", origin: "path", sha256: "" },
    thread: { id: "t", resumed: false },
    turnId: "u",
    transcriptFile: path.join(folder.path, "gone.jsonl"),
  } as unknown as HostTurnResult;
  await expect(prove({ dir: fixtures, result })).rejects.toMatchObject({ code: "file_unreadable" });
});
