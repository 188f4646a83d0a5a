import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/home.ts";

/* Real Codex, real turns, and a real disk that is too small or cannot be written to: only the recording is lost. */

const folder = testFolder("record-disk");
afterAll(() => folder.remove());

const mountable = ((): boolean => {
  try {
    execFileSync("unshare", ["--mount", "--map-root-user", "mount", "-t", "tmpfs", "tmpfs", folder.path]);
    return true;
  } catch {
    return false;
  }
})();

/** @param prepare a shell command that gets the disk as `$0`, in a file system that nobody else sees */
async function recordedOn(name: string, prepare: string) {
  const disk = path.join(folder.path, name);
  mkdirSync(disk);
  const script = path.join(import.meta.dirname, "record-disk-child.ts");
  const command = `mount -t tmpfs -o size=1m tmpfs "$0" && ${prepare} && "$@" && find "$0" -name "*.partial" -o -name "*.jsonl" >&2`;
  const child = [process.execPath, script, disk, `record-disk-${name}`];
  const { stdout, stderr } = await execa("unshare", [
    "--mount",
    "--map-root-user",
    "sh",
    "-c",
    command,
    disk,
    ...child,
  ]);
  const { chars, outcomes } = JSON.parse(stdout);
  expect(chars).toEqual(Array(4).fill(25_000));
  return {
    outcomes,
    left: stderr
      .split("\n")
      .filter(Boolean)
      .map((file) => path.relative(disk, file)),
  };
}

describe.skipIf(!mountable)("a disk of its own", () => {
  it("that becomes full keeps what went on it, and nothing half", async () => {
    const { outcomes, left } = await recordedOn("small", "true");
    expect(outcomes).toMatchObject([
      { saved: true, incomplete: "disk", lines: expect.any(Number) },
      { saved: false, code: "recording_unwritable", message: expect.stringContaining("ENOSPC") },
      { saved: false, code: "recording_unwritable", message: expect.stringContaining("ENOSPC") },
    ]);
    expect(outcomes[0].lines).toBeGreaterThan(1000);
    expect(left).toEqual(["below/one/wire.jsonl"]);
  });

  it("that is full gets nothing", async () => {
    const { outcomes, left } = await recordedOn("full", '{ head -c 2m /dev/zero > "$0/filler" 2>/dev/null || true; }');
    expect(outcomes).toMatchObject(Array(3).fill({ saved: false, message: expect.stringContaining("ENOSPC") }));
    expect(left).toEqual([]);
  });

  it("that is read-only is named as such", async () => {
    const { outcomes } = await recordedOn("read-only", 'mount -o remount,ro "$0"');
    expect(outcomes).toMatchObject(
      Array(3).fill({ code: "recording_unwritable", message: expect.stringContaining("EROFS") }),
    );
  });
});
