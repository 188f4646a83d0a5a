import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { agentDocuments } from "../../../src/gateway/harness/kimi-cli/agents.ts";
import { listingOf, observeScene, rootOf, sceneOf, timeOf } from "../../../src/gateway/harness/kimi-cli/observe.ts";
import { findSkills } from "../../../src/gateway/harness/kimi-cli/skills.ts";
import { testFolder } from "../../support/home.ts";

const folder = testFolder("kimi-place");
afterAll(() => folder.remove());

function put(name: string, text = ""): string {
  const file = path.join(folder.path, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const at = (name: string): string => path.join(folder.path, name);

describe("what kimi-cli sees at the beginning", () => {
  it("is the folder two levels deep, with at most thirty and ten entries", async () => {
    mkdirSync(at("empty"), { recursive: true });
    expect(await listingOf(at("empty"))).toBe("(empty directory)");
    for (let index = 0; index < 12; index += 1) put(`big/sub/${String(index).padStart(2, "0")}`);
    for (let index = 0; index < 31; index += 1) put(`big/f${String(index).padStart(2, "0")}`);
    put("big/zoo/inner/deep");
    const lines = (await listingOf(at("big"))).split("\n");
    expect(lines[0]).toBe("├── sub/");
    expect(lines.slice(10, 15)).toEqual([
      "│   ├── 09",
      "│   └── ... and 2 more",
      "├── zoo/",
      "│   └── inner/",
      "├── f00",
    ]);
    expect(lines.slice(-2)).toEqual(["├── f27", "└── ... and 3 more entries"]);
  });

  it("is the AGENTS.md files down from the repository, sharing 32 KiB from the leaf up", async () => {
    mkdirSync(at("repo/.git"), { recursive: true });
    put("repo/AGENTS.md", "  root\n");
    put("repo/.kimi/AGENTS.md", "own\n");
    put("repo/a/agents.md", "small");
    const leaf = put("repo/a/b/AGENTS.md", "leaf");
    expect(await rootOf(at("repo/a/b"))).toBe(at("repo"));
    expect(await rootOf(at("repo/a/b/c"))).toBe(at("repo"));
    const texts = async (): Promise<string[]> =>
      (await agentDocuments(at("repo"), at("repo/a/b"))).map(({ text }) => text);
    expect(await texts()).toEqual(["own", "root", "small", "leaf"]);
    writeFileSync(leaf, "é".repeat(16_000));
    const [small, big] = (await texts()).slice(-2);
    expect(big).toHaveLength(16_000);
    expect(small).toBe("small");
    writeFileSync(leaf, "é".repeat(20_000));
    const [only, ...none] = await texts();
    expect(none).toEqual([]);
    expect(only).toMatch(/^é+$/);
    expect(Buffer.byteLength(only!)).toBeLessThanOrEqual(32 * 1024);
    expect(Buffer.byteLength(only!)).toBeGreaterThan(32 * 1024 - 300);
  });

  it("is the skills of project and user, the first of each name", async () => {
    put("p/.claude/skills/one/SKILL.md", "---\nname: One\ndescription: |\n  Two\n  lines.\n---\n");
    put("p/.codex/skills/hidden/SKILL.md", "---\nname: hidden\n---\n");
    put("p/.agents/skills/two/SKILL.md", "no front matter");
    put("h/.kimi/skills/x/SKILL.md", "---\nname: ONE\n---\n");
    put("h/.agents/skills/y/SKILL.md", '---\nname: y\ndescription: "quoted: yes"\n---\n');
    expect(await findSkills(at("p"), at("h"))).toEqual([
      { scope: "Project", name: "One", path: at("p/.claude/skills/one/SKILL.md"), description: "Two\nlines." },
      { scope: "Project", name: "two", path: at("p/.agents/skills/two/SKILL.md"), description: "No description." },
      { scope: "User", name: "y", path: at("h/.agents/skills/y/SKILL.md"), description: "quoted: yes" },
    ]);
  });

  it("is the time with microseconds and offset, and all of it is what the prompt takes", async () => {
    const now = new Date("2026-11-20T10:00:00.123Z");
    expect(timeOf(now)).toMatch(/^2026-11-(19|20|21)T\d\d:\d\d:00\.123000[+-]\d\d:\d\d$/);
    expect(new Date(timeOf(now)).getTime()).toBe(now.getTime());
    const signal = AbortSignal.timeout(60_000);
    const seen = await observeScene({ cwd: at("p"), platform: "darwin", home: at("h"), now, signal });
    expect(seen).toMatchObject({ os: "macOS", shell: "bash (`/bin/bash`)" });
    expect(sceneOf(JSON.parse(JSON.stringify(seen)))).toEqual(seen);
  });
});
