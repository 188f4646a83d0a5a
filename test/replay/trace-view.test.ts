import { describe, expect, it } from "vitest";
import { density } from "../../src/replay/trace/density.ts";
import { embeddable, searchForms } from "../../src/replay/trace/embed.ts";
import { filtered, noFilter } from "../../src/replay/trace/filter.ts";
import { lineLabel } from "../../src/replay/trace/line-label.ts";
import { keyAnswer } from "../../src/replay/trace/page/shortcuts.ts";
import { initialState, nextBar, nextLine, reducerOf } from "../../src/replay/trace/page/state.ts";
import { pageHtml } from "../../src/replay/trace/page-html.ts";
import { durationText, momentText, tickText } from "../../src/replay/trace/time-text.ts";
import { traceOf } from "../../src/replay/trace/trace.ts";
import { centred, panned, showing, wholeWindow, zoomed } from "../../src/replay/trace/view-window.ts";
import { visible } from "../../src/visible.ts";
import { hostile, longRecording, manifestFor } from "./trace-recording.ts";

const lines = longRecording(400);
const model = traceOf({ manifest: manifestFor(lines, "short"), lines });
const lowerCased = () => lines.map((line) => embeddable(line).toLowerCase());

describe("what is embedded", () => {
  it("cannot end its element, turn text around or hide, and parses to the same", () => {
    const json = embeddable(hostile);
    expect(json).not.toMatch(/<|[\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
    expect(JSON.parse(json)).toEqual(hostile);
  });

  it("stands in a page that lets nothing else run", () => {
    const html = pageHtml({ model, lines, script: "go()", style: "a{}" });
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/);
    expect(html).not.toMatch(/unsafe|https?:|\u202e/);
  });

  it("is shown with what cannot be seen spelt out", () => {
    expect(visible("a\u202eb\u0007\tc\nd")).toBe("a\\u202eb\\u0007\tc\nd");
  });
});

describe("searching", () => {
  const found = (query: string) => filtered(model, { ...noFilter, query }, lowerCased).lines;

  it.each(["</script>", '"method":"turn/start"', "NPM TEST", "user\u202etxt", "onerror='window"])(
    "finds %j",
    (query) => {
      expect(found(query).length).toBeGreaterThan(0);
    },
  );

  it("finds pieces of streams that are not listed otherwise, and nothing where there is nothing", () => {
    const seq = model.streamed.find((each) => JSON.stringify(lines[each]).includes('"delta":"word19 "'))!;
    expect(filtered(model, noFilter, lowerCased).lines).not.toContain(seq);
    expect(found('"delta":"word19 "')).toContain(seq);
    expect(found("no such text").length).toBe(0);
  });

  it("looks for text, and for the JSON that was seen", () => {
    expect(searchForms('a"b')).toEqual(['a\\"b', 'a"b']);
  });
});

describe("filters", () => {
  const kept = (change: object) => filtered(model, { ...noFilter, ...change }, lowerCased);

  it("leave out lanes, threads and what is well", () => {
    const lanes = (seqs: Uint32Array) => new Set(Array.from(seqs, (seq) => model.bars[model.barOf[seq]!]!.lane));
    expect(lanes(kept({ hidden: new Set(["tools", "host"]) }).lines)).toEqual(
      new Set(["bridge", "app-server", "model", "approvals"]),
    );
    expect(kept({ thread: "other" }).lines.length).toBeLessThan(kept({}).lines.length / 2);
    const trouble = kept({ trouble: true }).lines;
    expect(Array.from(trouble).every((seq) => model.bars[model.barOf[seq]!]!.state !== "done")).toBe(true);
    expect(kept({ streamed: true }).lines).toHaveLength(lines.length);
  });
});

describe("density", () => {
  it("counts what is in the window, in equal parts", () => {
    const times = [0, 10, 10, 19, 20, 99, 100, 101];
    expect([...density(times, { fromUs: 10, toUs: 110 }, 10)]).toEqual([3, 1, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect([...density([], { fromUs: 0, toUs: 0 }, 0)]).toEqual([0]);
  });
});

describe("the window", () => {
  const whole = wholeWindow(1_000_000);

  it("never leaves the recording, and zooms around a moment", () => {
    const near = zoomed(whole, 0.25, whole, 900_000);
    const share = (view: typeof whole) => (900_000 - view.fromUs) / (view.toUs - view.fromUs);
    expect(share(near)).toBeCloseTo(share(whole));
    expect(zoomed(near, 99, whole)).toEqual(whole);
    expect(panned(near, 5, whole).toUs).toBe(whole.toUs);
    expect(centred(near, -1, whole).fromUs).toBe(whole.fromUs);
    expect(showing(near, 900_000, 900_000, whole)).toBe(near);
    expect(showing(near, 100_000, 100_000, whole).fromUs).toBeLessThan(100_000);
    expect(zoomed(whole, 1e-12, whole).toUs - zoomed(whole, 1e-12, whole).fromUs).toBeCloseTo(200);
  });
});

describe("times", () => {
  it("are said as short as they can be", () => {
    expect([3, 1_500, 64_000, 640_000, 6_400_000, 95_000_000, 4e9].map(durationText)).toEqual([
      "3 µs",
      "1.50 ms",
      "64.0 ms",
      "640 ms",
      "6.40 s",
      "1 min 35 s",
      "1 h 6 min",
    ]);
    expect([0, 61_234_567, 3_661_000_000].map(momentText)).toEqual(["00:00.000", "01:01.234", "1:01:01.000"]);
    expect([tickText(500_000, 100_000), tickText(1_250, 50), tickText(90e6, 30e6)]).toEqual([
      "0.5 s",
      "1.25 ms",
      "1:30",
    ]);
  });
});

describe("lines", () => {
  it("have a name, also those that only answer", () => {
    expect(lineLabel({ id: 1, result: {} }, "turn/start")).toEqual({ name: "answer", detail: "turn/start" });
    expect(lineLabel({ method: "x", params: { delta: "y" } }, "")).toEqual({ name: "x", detail: "y" });
    expect(lineLabel(null, "what")).toEqual({ name: "answer", detail: "what" });
  });
});

describe("keys", () => {
  const start = initialState(model);
  const shown = filtered(model, noFilter, lowerCased);
  const press = (key: string, more: object = {}, state = start) =>
    keyAnswer({ key, shift: false, modified: false, place: "elsewhere", ...more }, model, state, shown);

  it("go from line to line, from bar to bar, and from trouble to trouble", () => {
    expect(press("j")).toEqual({ type: "select", seq: 0 });
    expect(nextLine(shown, shown.lines[3], -1)).toBe(shown.lines[2]);
    expect(nextLine(shown, shown.lines.at(-1), 1)).toBe(shown.lines.at(-1));
    const trouble = nextBar(model, shown, 0, 1, "trouble")!;
    expect(model.bars[model.barOf[trouble]!]!.state).not.toBe("done");
    expect(press("ArrowRight", { place: "timeline" })).toEqual({ type: "select", seq: 0 });
    expect(press("ArrowRight", { shift: true })).toEqual({ type: "pan", share: 0.25 });
  });

  it("are left to what somebody types, to the browser, and to people without single keys", () => {
    expect(press("j", { place: "text" })).toBeUndefined();
    expect(press("0", { modified: true })).toBeUndefined();
    expect(press("j", {}, { ...start, singleKeys: false })).toBeUndefined();
    expect(press("ArrowDown", {}, { ...start, singleKeys: false })).toBeDefined();
    expect(press("Escape", { place: "text" })).toEqual({ type: "leave" });
    expect(press("ArrowDown", { place: "control" })).toBeUndefined();
  });

  it("change the page", () => {
    const reduce = reducerOf(model);
    const hidden = reduce(start, press("3") as never);
    expect([...hidden.filter.hidden]).toEqual(["app-server"]);
    expect(reduce(hidden, press("3") as never).filter.hidden.size).toBe(0);
    expect(reduce(start, { type: "select", seq: 99_999 }).selected).toBeUndefined();
    expect(reduce(start, { type: "entry", entry: 1 }).tab).toBe("transcript");
  });
});
