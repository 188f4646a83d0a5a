import { hash } from "node:crypto";
import type { RecordedLine } from "../format/format.ts";
import { embeddable } from "./embed.ts";
import type { TraceModel } from "./trace-model.ts";

export interface PageParts {
  readonly model: TraceModel;
  readonly lines: readonly RecordedLine[];
  /** The bundled script and style of the page. */
  readonly script: string;
  readonly style: string;
}

/**
 * The trace page: one file that asks nobody for anything. Its policy lets only this script and this style run, and no
 * request leave; a text that finds its way into an HTML sink is refused by the browser (trusted types).
 */
export function pageHtml({ model, lines, script, style }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${source(script)}'`,
    `style-src '${source(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>codex-bridge trace</title>
<style>${style}</style>
</head>
<body>
<div id="page"><noscript>This page needs JavaScript. It loads nothing.</noscript></div>
<script type="application/json" id="model">${embeddable(model)}</script>
<script type="application/json" id="lines">${lines.map((line) => embeddable(line)).join("\n")}</script>
<script>${script}</script>
</body>
</html>
`;
}

function source(text: string): string {
  return `sha256-${hash("sha256", text, "base64")}`;
}
