import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundlePage } from "../src/replay/trace/page-bundle.ts";
import { bundleCode } from "./build/code.ts";
import { notices } from "./build/notices.ts";
import { bundleTypes } from "./build/types.ts";

/*
 * Makes dist/, all that a published package runs from: node scripts/build.ts
 *
 * What the code needs from npm is bundled into it. An OpenClaw host (2026.9.5 and newer) copies and hashes a plugin and
 * every package it depends on, with theirs, whenever it loads it: 3,000 files and seconds for what are a hundred files
 * here.
 */

const root = path.resolve(import.meta.dirname, "..");
const dist = path.join(root, "dist");

await rm(dist, { recursive: true, force: true });
const { files, packages } = await bundleCode(root, dist);
await bundleTypes(root, dist);
const { script, style } = await bundlePage(path.join(root, "src/replay/trace/page"));
const page = path.join(dist, "trace-page");
await mkdir(page, { recursive: true });
await writeFile(path.join(page, "page.js"), script);
await writeFile(path.join(page, "page.css"), style);
await writeFile(path.join(dist, "THIRD-PARTY-NOTICES.txt"), await notices(packages));
console.log(`dist: ${files} files of code, with ${packages.length} packages in them`);
