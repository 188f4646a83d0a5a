import type { Browser } from "playwright-core";
import { ansiToHtml } from "./ansi.ts";

/** Takes a picture of a terminal's screen. @param screen as `tmux capture-pane -e` prints it */
export async function takePicture(browser: Browser, screen: string, file: string): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 1400, height: 900 } });
  await page.setContent(pageOf(screen.trimEnd()));
  await page.locator("#window").screenshot({ path: file });
  await page.close();
}

function pageOf(screen: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
:root { --back: #1e222a; --front: #d8dee9 }
body { margin: 0; background: #fff }
#window { display: inline-block; padding: 14px 18px 16px; background: var(--back); border-radius: 8px }
pre { margin: 0; color: var(--front); font: 14px/1.35 "DejaVu Sans Mono", "Liberation Mono", monospace }
</style><div id="window"><pre>${ansiToHtml(screen)}</pre></div>`;
}
