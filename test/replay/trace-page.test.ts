import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { writeTrace } from "../../src/replay/trace/write-trace.ts";
import { findChromium, startChromium } from "./chromium.ts";
import { longRecording, manyItems, writeRecording } from "./trace-recording.ts";

const chromium = findChromium();
const needed = "Chromium is needed: apt-get install chromium (or set CHROMIUM to where it is)";
interface Refused {
  readonly failed: boolean;
  readonly html: boolean;
  readonly violations: readonly string[];
}

/** What a script would do that had got into the page; for the page, so as text. */
const tryToEscape = `(async () => {
  const violations = [];
  addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
  const failed = await fetch("http://127.0.0.1:9/").then(() => false, () => true);
  new Image().src = "http://127.0.0.1:9/";
  let html = false;
  try {
    document.createElement("p").innerHTML = "<b>";
  } catch {
    html = true;
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { failed, html, violations };
})()`;

/** Where pictures of the page are put when somebody wants to look at them. */
const pictures = process.env.CODEX_BRIDGE_PICTURES;

if (!chromium) console.warn(`The trace page is not tested. ${needed}`);

it.runIf(!chromium && process.env.CI)("has a browser to test the trace page in", () => {
  throw new Error(needed);
});

describe.skipIf(!chromium)(`the trace page in a real browser${chromium ? "" : ` (skipped. ${needed})`}`, () => {
  let folder: string;
  let file: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "trace-page-"));
    file = path.join(folder, "long.html");
    await writeRecording(path.join(folder, "long"), longRecording(20_000), "long");
    await writeTrace(path.join(folder, "long"), file);
    await writeRecording(path.join(folder, "many"), manyItems(20_000), "many");
    await writeTrace(path.join(folder, "many"), path.join(folder, "many.html"));
    browser = await startChromium(chromium!);
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function opened(
    options: BrowserContextOptions = {},
    hash = "",
    url = pathToFileURL(file).href,
  ): Promise<Page & { asked: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => asked.push(`error: ${error.message}`));
    await page.goto(url + hash);
    await page.getByRole("option").first().waitFor();
    return Object.assign(page, { asked });
  }

  const count = (page: Page) => page.locator("output.count").innerText();
  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures) await page.screenshot({ path: path.join(pictures, `trace-${name}.png`) });
  };

  it.each(["long", "many"])("draws 20,000 lines in under 2 seconds, and asks nobody for anything: %s", async (name) => {
    const url = pathToFileURL(path.join(folder, `${name}.html`)).href;
    const drawnMs: number[] = [];
    // Other work on the machine can only make it slower: the best of a few is the page's own time.
    for (let run = 0; run < 5 && (run < 2 || Math.min(...drawnMs) > 2_000); run += 1) {
      const page = await opened({}, "", url);
      const drawn = await page.waitForFunction(() => performance.getEntriesByName("trace-drawn")[0]?.startTime);
      drawnMs.push((await drawn.jsonValue()) ?? Number.NaN);
      expect(page.asked).toEqual([url]);
      expect(await page.getByRole("option").count()).toBeLessThan(80);
      await page.context().close();
    }
    console.log(`trace page, ${name}: 20,000 lines drawn after ${drawnMs.map(Math.round).join(", ")} ms`);
    expect(Math.min(...drawnMs)).toBeLessThan(2_000);
  });

  it("finds, filters, and says how much is left", async () => {
    const page = await opened();
    expect(await count(page)).toMatch(/^\d{3} of 20,000 lines$/);
    await page.keyboard.press("/");
    await page.keyboard.type('"method":"turn/interrupt"');
    await expect.poll(() => count(page)).toBe("1 of 20,000 lines");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.locator("pre.json").innerText()).toContain('"turnId": "turn_cut"');
    await page.getByLabel("Search in messages").fill("no such text");
    await expect.poll(() => count(page)).toBe("0 of 20,000 lines");
    await page.getByLabel("Search in messages").fill("");
    await page.getByLabel("stream pieces").check();
    await expect.poll(() => count(page)).toBe("20,000 of 20,000 lines");
    for (const lane of ["host", "bridge", "app-server", "model", "tools"]) {
      await page.getByRole("group", { name: "Lanes" }).getByLabel(lane).uncheck();
    }
    await expect.poll(() => count(page)).toMatch(/^\d\d of 20,000 lines$/);
    await page.getByLabel("only trouble").check();
    await expect.poll(() => count(page)).toBe("0 of 20,000 lines");
    await page.context().close();
  });

  it("is used with the keyboard alone, and says where one is", async () => {
    const page = await opened();
    const timeline = page.getByRole("slider", { name: "Timeline" });
    await timeline.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => timeline.getAttribute("aria-valuetext"))
      .toMatch(/^app-server: codex app-server 0.169.0 → exit SIGKILL/);
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe("solid");
    await page.keyboard.press("End");
    const list = page.getByRole("listbox");
    await expect.poll(() => list.getAttribute("aria-activedescendant")).toBe("line-19999");
    await expect.poll(() => page.locator("#line-19999").getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Home");
    // Keys held down come faster than frames; none of them is lost.
    await page.evaluate(`for (let pressed = 0; pressed < 5; pressed += 1) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    }`);
    await expect.poll(() => list.getAttribute("aria-activedescendant")).toBe("line-5");
    await page.keyboard.press("n");
    await page.keyboard.press("p");
    await page.keyboard.press("+");
    await page.keyboard.press("?");
    expect(await page.getByRole("dialog").innerText()).toContain("next and previous trouble");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("pre.json").count()).toBe(0);
    await page.context().close();
  });

  it("leads from a bar to its entry of the transcript, and back", async () => {
    const page = await opened({}, "#line-12");
    await page.getByRole("link", { name: "Transcript: user entry" }).click();
    const asked = page.locator("li.asked");
    await asked.waitFor();
    await asked.getByRole("link").click();
    await expect.poll(() => page.url()).toMatch(/#line-\d+$/);
    await expect.poll(() => page.locator(".detail h2").innerText()).toContain("userMessage");
    await page.context().close();
  });

  it("selects the bar that is clicked, and zooms on its own wheel only", async () => {
    const page = await opened();
    const canvas = page.locator(".timeline canvas");
    await canvas.click({ position: { x: 700, y: 50 } });
    await expect.poll(() => page.locator(".detail h2").innerText()).toMatch(/^\s*attempt: go on/);
    const width = () => page.locator(".overview .window").evaluate((element) => element.clientWidth);
    const before = await width();
    await canvas.hover({ position: { x: 700, y: 60 } });
    await page.mouse.wheel(0, -300);
    expect(await width()).toBe(before);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await expect.poll(width).toBeLessThan(before * 0.9);
    await page.context().close();
  });

  it("shows hostile texts and runs none of them", async () => {
    const page = await opened();
    for (const text of ["</script>", "onerror", "javascript:", "user\u202etxt", "constructor.constructor"]) {
      await page.getByLabel("Search in messages").fill(text);
      await expect.poll(() => count(page)).not.toBe("0 of 20,000 lines");
      await page.getByRole("option").first().click();
      expect(await page.locator("pre.json").innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    }
    await page.getByRole("tab", { name: /Transcript/ }).click();
    await expect.poll(() => page.locator(".transcript").innerText()).toContain("user\\u202etxt");
    expect(await page.evaluate("globalThis.attacked")).toBeUndefined();
    expect(await page.evaluate("document.querySelectorAll('img, iframe, script[src], link').length")).toBe(0);
    expect(page.asked).toHaveLength(1);
    await page.context().close();
  });

  it("has a policy that refuses requests, scripts and HTML made of text", async () => {
    const page = await opened();
    const refused = await page.evaluate<Refused>(tryToEscape);
    expect(refused).toMatchObject({ failed: true, html: true });
    expect(refused.violations).toEqual(expect.arrayContaining(["connect-src", "img-src", "require-trusted-types-for"]));
    await page.context().close();
  });

  it.each([
    ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
    ["phone-dark", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: "dark" }],
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
  ] as const)("fits its screen: %s", async (name, options) => {
    const page = await opened(options);
    await picture(page, name);
    await page.keyboard.press("n");
    await page.keyboard.press("n");
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(background).toBe(name.endsWith("dark") ? "rgb(16, 20, 27)" : "rgb(246, 247, 249)");
    await picture(page, `${name}-selected`);
    await page.context().close();
  });

  it("is written by the command, for nobody else to read", async () => {
    const out = path.join(folder, "out.html");
    const code = await main(["node", "codex-bridge", "trace", path.join(folder, "long"), "--out", out]);
    expect(code).toBe(0);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(await readFile(out, "utf8")).toBe(await readFile(file, "utf8"));
  });
});
