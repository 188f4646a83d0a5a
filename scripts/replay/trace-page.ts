import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundlePage } from "../../src/replay/trace/page-bundle.ts";

/* Puts the script and the style of the trace page into dist/, where the published package looks for them. */

const root = path.resolve(import.meta.dirname, "../..");
const source = path.join(root, "src/replay/trace/page");
const target = path.join(root, "dist/replay/trace/page");

const { script, style } = await bundlePage(source);
await mkdir(target, { recursive: true });
await writeFile(path.join(target, "page.js"), script);
await writeFile(path.join(target, "page.css"), style);
