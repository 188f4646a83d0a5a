import { statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** What may be in the package; anything else got in by mistake. */
const wanted = [
  /^package\.json$/,
  /^openclaw\.plugin\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^bin\/codex-(bridge|replay)\.js$/,
  /^dist\/index\.d\.ts$/,
  /^dist\/(index|cli\/main|cli\/demo|openclaw\/plugin|replay\/play\/fake-server-main)\.js$/,
  /^dist\/chunks\/[\w.-]+\.js$/,
  /^dist\/trace-page\/page\.(js|css)$/,
  /^dist\/THIRD-PARTY-NOTICES\.txt$/,
];

/** What would not run without. */
const needed = [
  "LICENSE",
  "README.md",
  "bin/codex-bridge.js",
  "bin/codex-replay.js",
  "dist/THIRD-PARTY-NOTICES.txt",
  "dist/cli/demo.js",
  "dist/cli/main.js",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/openclaw/plugin.js",
  "dist/replay/play/fake-server-main.js",
  "dist/trace-page/page.css",
  "dist/trace-page/page.js",
  "openclaw.plugin.json",
  "package.json",
];

const limits = { tarballBytes: 1_500_000, unpackedBytes: 6_000_000 };

/**
 * What is wrong with an unpacked package: files it should not have or lacks, its size, and places of this machine.
 * @param folder the package
 */
export async function faultsOf(folder: string, tarballBytes: number): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  const unpackedBytes = files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
  const faults = [
    ...files
      .filter((file) => !wanted.some((pattern) => pattern.test(file)))
      .map((file) => `${file} has no business in it`),
    ...needed.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...over("tarball", tarballBytes, limits.tarballBytes),
    ...over("unpacked package", unpackedBytes, limits.unpackedBytes),
  ];
  const home = path.resolve(import.meta.dirname, "../..");
  for (const file of files) {
    if ((await readFile(path.join(folder, file), "utf8")).includes(home)) faults.push(`${file} names ${home}`);
  }
  return faults;
}

function over(what: string, bytes: number, limit: number): string[] {
  return bytes > limit ? [`the ${what} has ${bytes} bytes, more than ${limit}`] : [];
}
