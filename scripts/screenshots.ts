import { mkdirSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { findChromium, startChromium } from "../test/replay/chromium.ts";
import { takePicture } from "./screenshots/page.ts";
import { buildScene } from "./screenshots/scene.ts";
import { openTmux } from "./screenshots/tmux.ts";

/*
 * Takes the pictures of docs/images/ from a real terminal: npm run screenshots
 *
 * The command runs in tmux with the scripted model; Chromium draws what is on the screen. Needs both.
 */

const root = path.resolve(import.meta.dirname, "..");
const images = path.join(root, "docs", "images");
// In a home of its own, outside of the system's temporary folder: Codex does not run its helpers from there.
const home = path.join(root, ".cache", `screenshots-${process.pid}`);
const bin = path.join(root, "bin", "codex-bridge.js");

const packages = path.dirname(realpathSync(path.join(root, "node_modules", "@openai")));
const chromium = findChromium();
if (chromium === undefined) throw new Error("There is no Chromium: install it, or name one with $CHROMIUM.");
mkdirSync(images, { recursive: true });
const { project, script } = buildScene(home);
const env = {
  PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: home,
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
};
const terminal = openTmux(`codex-bridge-screenshots-${process.pid}`, { cwd: project, columns: 104, rows: 50, env });
const browser = await startChromium(chromium);
/** Nobody's machine stands in a picture. */
const shown = (): string =>
  terminal.styled().replaceAll(home, "~").replaceAll(packages, "node_modules").replaceAll(root, "~/codex-bridge");
const type = (line: string): void => {
  terminal.write(line);
  terminal.keys("Enter");
};
try {
  type(`PS1='$ '; codex-bridge() { node ${bin} "$@"; }`);
  await terminal.wipe();
  type(`codex-bridge chat --scripted ${path.relative(project, script)}`);
  await terminal.see("/help explains");
  type("The forecast is a day late in Denver. Why?");
  await terminal.see("Allow it?");
  await takePicture(browser, shown(), path.join(images, "chat.png"));
  terminal.keys("Escape");
  await terminal.see("Interrupted");
  terminal.keys("C-d");
  await terminal.see("goes on with this session");
  await terminal.wipe();
  type("codex-bridge doctor --no-host");
  await terminal.see(/\d+ ok, /);
  await takePicture(browser, shown().replace(/\$ *$/, ""), path.join(images, "doctor.png"));
} finally {
  await browser.close();
  terminal.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
