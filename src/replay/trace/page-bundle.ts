import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../../errors.ts";
import { packageRoot } from "../../package-root.ts";

export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

/** Says whose code is in the script; the licences ask for it. */
const notice =
  "/*! codex-bridge trace page. With preact (MIT, Jason Miller) and parts of d3: d3-scale, d3-zoom, d3-selection and" +
  " what they need (ISC, Mike Bostock). */";

/** What the style of the page is made of, in the order of the page. */
const styles = ["theme", "head", "timeline", "lists", "detail", "transcript", "narrow"];

/**
 * Script and style of the trace page. A published package has them built; a clone bundles them from `page/` now.
 * @throws BridgeError `trace_page_missing` when there is nothing to bundle them with
 */
export async function pageBundle(): Promise<PageBundle> {
  const root = packageRoot();
  const source = path.join(root, "src/replay/trace/page");
  if (existsSync(source)) return bundlePage(source);
  const built = path.join(root, "dist/trace-page");
  const [script, style] = await Promise.all(
    ["page.js", "page.css"].map((name) => readFile(path.join(built, name), "utf8")),
  );
  return { script: script!, style: style! };
}

/** @param folder where the sources of the page are */
export async function bundlePage(folder: string): Promise<PageBundle> {
  const parts = styles.map((name) => readFile(path.join(folder, `${name}.css`), "utf8"));
  const [script, ...sheets] = await Promise.all([bundleScript(folder), ...parts]);
  return { script, style: sheets.join("\n") };
}

async function bundleScript(folder: string): Promise<string> {
  const { build } = await import("rolldown").catch((cause: unknown) => {
    throw new BridgeError("trace_page_missing", "The trace page is not built, and there is nothing to build it with.", {
      remedy: "Install the development dependencies, or use a published package.",
      cause,
    });
  });
  const { output } = await build({
    input: path.join(folder, "main.tsx"),
    write: false,
    platform: "browser",
    logLevel: "warn",
    transform: { target: "es2022" },
    output: { format: "iife", minify: true },
  });
  // Nothing in a script may end its element.
  return `${notice}\n${output[0].code.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--")}`;
}
