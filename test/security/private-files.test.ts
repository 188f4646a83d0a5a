import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setUp } from "../../src/cli/setup.ts";
import { makePrivateFile, makePrivateFolder } from "../../src/files/private.ts";
import { TranscriptFile } from "../../src/host/transcript-file.ts";
import { parsePluginConfig } from "../../src/openclaw/config.ts";
import { acquireHarness, releaseHarnesses } from "../../src/openclaw/shared-harness.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import { writeTrace } from "../../src/replay/trace/write-trace.ts";
import { BindingStore } from "../../src/thread/store.ts";
import { openTestHost } from "../harness/fixture.ts";
import { fixtures } from "../replay/corpus-fixtures.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("private-files");
afterAll(() => folder.remove());
const at = (...parts: string[]): string => path.join(folder.path, ...parts);
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

/** What others may read of a folder and all that is in it. */
function open(dir: string): string[] {
  const inside = readdirSync(dir, { recursive: true, withFileTypes: true });
  const all = [
    dir,
    ...inside.filter((entry) => !entry.isSymbolicLink()).map((entry) => path.join(entry.parentPath, entry.name)),
  ];
  return all.filter((file) => (statSync(file).mode & 0o077) !== 0).map((file) => path.relative(dir, file));
}

describe("what the bridge writes", () => {
  it("is its user's alone after a real turn, whatever the umask", async () => {
    const before = process.umask(0);
    try {
      const recording = recordTo({ dir: at("recordings", "one"), mode: "blank" });
      const test = await openTestHost("private-turn", { recorder: recording });
      test.reply = () => [{ say: "hello", phase: "final_answer" }];
      expect(await test.turn("s", "hi")).toMatchObject({ ok: true });
      const store = path.join(test.folder, "sessions.db");
      // While it is open the files beside it are there, too.
      expect([store, `${store}-wal`, `${store}-shm`].map(modeOf)).toEqual(["600", "600", "600"]);
      await test.harness.dispose();
      expect(await recording.finish()).toMatchObject({ saved: true });
      expect(open(at("recordings", "one"))).toEqual([]);
      expect(open(path.join(test.folder, "transcripts"))).toEqual([]);
      // Codex's own files are for Codex to say; nobody gets into the folder they are in.
      expect(modeOf(path.join(test.folder, "home"))).toBe("700");
      const own = readdirSync(test.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
      expect(own.filter(({ name }) => modeOf(path.join(test.folder, name)) !== "600")).toEqual([]);
      await writeTrace(fixtures[0]!.dir, at("page.html"));
      expect(modeOf(at("page.html"))).toBe("600");
      await test.close();
    } finally {
      process.umask(before);
    }
  });

  it("is closed to others where it was open before", async () => {
    mkdirSync(at("wide", "transcripts"), { recursive: true, mode: 0o777 });
    const transcript = new TranscriptFile(at("wide", "transcripts"), "s");
    const files = [transcript.file, at("wide", "sessions.db"), at("wide", "page.html")];
    for (const file of files) writeFileSync(file, "");
    for (const file of [...files, at("wide", "transcripts"), at("wide")]) chmodSync(file, 0o777);
    await transcript.append([{ id: "t/u/i/user", kind: "user", threadId: "t", turnId: "u", itemId: "i", text: "x" }]);
    const store = new BindingStore(at("wide", "sessions.db"));
    await store.list();
    await store.close();
    await writeTrace(fixtures[0]!.dir, at("wide", "page.html"));
    expect([...files, at("wide", "transcripts")].map(modeOf)).toEqual(["600", "600", "600", "700"]);
    // Who named this folder said how open it is.
    expect(modeOf(at("wide"))).toBe("777");
  });

  it("is in folders of its own that are closed: the default state folder and Codex's home in it", async () => {
    const env = { XDG_STATE_HOME: at("xdg"), OPENAI_API_KEY: "none" };
    mkdirSync(at("xdg", "codex-bridge", "codex-home"), { recursive: true });
    for (const each of [at("xdg"), at("xdg", "codex-bridge"), at("xdg", "codex-bridge", "codex-home")])
      chmodSync(each, 0o755);
    await setUp({ stateDir: at("xdg", "codex-bridge") }, env);
    expect([at("xdg"), at("xdg", "codex-bridge"), at("xdg", "codex-bridge", "codex-home")].map(modeOf)).toEqual([
      "755",
      "700",
      "700",
    ]);
  });

  it("is in closed folders below a host's state folder, which stays as it is", async () => {
    mkdirSync(at("host", "codex-bridge", "homes", "main"), { recursive: true });
    const all = [["host"], ["host", "codex-bridge"], ["host", "codex-bridge", "homes", "main"]].map((parts) =>
      at(...parts),
    );
    for (const each of all) chmodSync(each, 0o755);
    const owner = Symbol("test");
    const place = {
      hostStateDir: at("host"),
      packageDir: path.resolve(import.meta.dirname, "../.."),
      log: () => undefined,
    };
    await acquireHarness(place, owner, {
      config: parsePluginConfig({}),
      agentId: "main",
      credential: { key: "native" },
    });
    await releaseHarnesses(owner);
    expect(all.map(modeOf)).toEqual(["755", "700", "700"]);
  });

  it("follows no link to close what is somebody else's", () => {
    mkdirSync(at("theirs"));
    chmodSync(at("theirs"), 0o755);
    symlinkSync(at("theirs"), at("link"));
    makePrivateFolder(at("link"));
    writeFileSync(at("theirs", "file"), "");
    chmodSync(at("theirs", "file"), 0o644);
    symlinkSync(at("theirs", "file"), at("file-link"));
    makePrivateFile(at("file-link"));
    expect([at("theirs"), at("theirs", "file")].map(modeOf)).toEqual(["755", "644"]);
  });
});
