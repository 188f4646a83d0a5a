import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stagePackage } from "../../scripts/build/stage.ts";
import { faultsOf } from "../../scripts/pack/contents.ts";
import { testFolder } from "../support/home.ts";

const repository = path.resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
const folder = testFolder("package");
const staged = path.join(folder.path, "package");
afterAll(() => folder.remove());

describe("the manifest", () => {
  it("has no dependencies, which a host would copy and hash with every load", () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.optionalDependencies).toBeUndefined();
    // A host also copies peers that it finds, and Codex has 420 MB: a peer's note is enough for package managers.
    expect(Object.keys(manifest.peerDependencies)).toEqual(["openclaw"]);
    expect(manifest.peerDependenciesMeta["@openai/codex"]).toEqual({ optional: true });
  });

  it("has the version that the bridge tells Codex", () => {
    const source = readFileSync(path.join(repository, "src/server/greet.ts"), "utf8");
    expect(source).toContain(`clientVersion: options.clientVersion ?? "${manifest.version}"`);
  });
});

describe("the bundle", () => {
  beforeAll(() => stagePackage(staged));

  it("has every file that the manifest names", () => {
    const { bin, exports, openclaw } = manifest;
    const named = [...Object.values<string>(bin), exports["."].default, ...openclaw.extensions];
    expect(named.filter((file) => !existsSync(path.join(staged, file)))).toEqual([]);
  });

  it("costs a host that loads the plugin next to nothing: few own files, and no package's code", () => {
    const loaded = new Map<string, string>();
    const visit = (file: string): void => {
      if (loaded.has(file)) return;
      const code = readFileSync(file, "utf8");
      loaded.set(file, code);
      for (const [, target] of code.matchAll(/^(?:import|export)\b[^;]*?["'](\.[^"']+)["']/gm)) {
        visit(path.resolve(path.dirname(file), target!));
      }
    };
    visit(path.join(staged, "dist/openclaw/plugin.js"));
    const code = [...loaded.values()].join("\n");
    expect(loaded.size).toBe(2);
    expect(code.length).toBeLessThan(80_000);
    const modules = [...code.matchAll(/^\/\/ (\S+\.[cm]?[jt]s)$/gm)].map((match) => match[1]!);
    expect(modules).toContain("src/openclaw/register.ts");
    expect(modules.filter((file) => file.includes("node_modules"))).toEqual([]);
    // What a turn needs is imported by the turn.
    expect(code).toMatch(/import\("[./]+(?:chunks\/)?attempt-/);
  });

  it("runs where nothing else is installed", async () => {
    const bin = path.join(staged, "bin/codex-bridge.js");
    const { stdout } = await execa(process.execPath, [bin, "run", "--help"], { env: { NODE_PATH: "" } });
    expect(stdout).toContain("--scripted");
  });
});

describe("what is looked for in a package", () => {
  it("names what should not be there, what is missing, what is too large, and places of this machine", async () => {
    const wrong = path.join(folder.path, "wrong");
    mkdirSync(path.join(wrong, "dist"), { recursive: true });
    writeFileSync(path.join(wrong, "dist/index.js"), `// ${repository}/src/index.ts`);
    writeFileSync(path.join(wrong, ".env"), "");
    const faults = await faultsOf(wrong, 2_000_000);
    expect(faults).toContain(".env has no business in it");
    expect(faults).toContain("dist/openclaw/plugin.js is missing");
    expect(faults).toContain(`dist/index.js names ${repository}`);
    expect(faults.find((fault) => fault.startsWith("the tarball has"))).toBeDefined();
  });
});
