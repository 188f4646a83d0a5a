import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ThreadItem } from "../../src/protocol/items.ts";
import { isToolItem } from "../../src/turn/open-items.ts";
import { isSpoken } from "../../src/turn/spoken.ts";
import type { HostEffect } from "../../src/turn/state.ts";
import { deepFreeze, drive, noticed, type Played, recordAt } from "./drive.ts";
import { type History, histories, type Temper } from "./generate.ts";
import "../support/same-cases.ts";

const numRuns = Number(process.env.PROPERTY_RUNS ?? 1000);

/** What must hold for every history; a failure prints the shortest one found and what the reducer was told in it. */
function holds(check: (played: Played, history: History) => void, temper?: Temper): void {
  fc.assert(
    fc.property(histories(temper), (history) => {
      const played = drive(history);
      try {
        check(played, history);
      } catch (thrown) {
        const told = played.events.map((event) => JSON.stringify(event)).join("\n");
        const seen = played.effects.map((effect) => JSON.stringify(effect)).join("\n");
        throw new Error(`${String(thrown)}\n\ntold:\n${told}\n\neffects:\n${seen}`, { cause: thrown });
      }
    }),
    { numRuns, ...(process.env.PROPERTY_SEED ? { seed: Number(process.env.PROPERTY_SEED) } : {}) },
  );
}

const only = <T extends HostEffect["type"]>(shown: readonly HostEffect[], type: T) =>
  shown.filter((effect): effect is Extract<HostEffect, { type: T }> => effect.type === type);
const repeated = (keys: readonly string[]) => keys.filter((key, index) => keys.indexOf(key) !== index);
const finished = (played: Played) => only(played.shown, "item").filter(({ incomplete }) => !incomplete);
const isCompleted = ({ state }: Played) => state.outcome?.kind === "completed";

/** Items of the true record that nothing excuses losing: said or done by the turn's end, and heard of before it. */
function owed(history: History, played: Played): ThreadItem[] {
  const known = noticed(history, played);
  // A server that still runs a command when it is asked cannot tell how the command ended.
  const { items } = recordAt(history, Math.max(history.end, played.lastAnswerAt));
  const done = items.filter((item) => !("status" in item) || item.status !== "inProgress");
  // Who looks the turn up knows all of it.
  const lookedUp = played.lastAnswerAt >= history.end;
  return done.filter((item) => (isSpoken(item) || isToolItem(item)) && (lookedUp || known.has(item.id)));
}

describe("whatever a server says and a client misses of it", () => {
  it("catches a state that is changed in place", () => {
    const state = deepFreeze({ map: new Map([["a", { set: new Set([1]) }]]), list: [{ n: 1 }] });
    expect(() => state.map.set("b", { set: new Set() })).toThrow(TypeError);
    expect(() => state.map.get("a")!.set.add(2)).toThrow(TypeError);
    expect(() => state.list.push({ n: 2 })).toThrow(TypeError);
    expect(() => Object.assign(state.list[0]!, { n: 2 })).toThrow(TypeError);
  });

  // `drive` freezes every state and event, so a change in place throws here.
  it("the turn settles, nothing throws, and no state is changed in place", () => {
    holds(({ state }) => expect(state.phase).toBe("settled"));
  });

  it("is settled once, last, and only counts what comes after that", () => {
    holds(({ shown, state, settledState, afterwards }) => {
      expect(only(shown, "settled")).toHaveLength(1);
      expect(shown.at(-1)?.type).toBe("settled");
      expect(afterwards).toEqual([]);
      expect({ ...state, lateEvents: 0 }).toEqual({ ...settledState, lateEvents: 0 });
      expect(state).toMatchObject({ open: [], early: [], pending: new Map(), children: new Map() });
    });
  });

  it("ends every tool that starts, once, and starts none twice", () => {
    holds(({ shown }) => {
      const key = (effect: Extract<HostEffect, { type: "tool.start" | "tool.output" | "tool.end" }>) =>
        `${effect.agent ?? ""}/${effect.item.id}`;
      const open = new Set<string>();
      for (const effect of shown) {
        if (effect.type === "tool.start") open.add(key(effect));
        else if (effect.type === "tool.output") expect(open).toContain(key(effect));
        else if (effect.type === "tool.end") expect(open.delete(key(effect)), `end of ${key(effect)}`).toBe(true);
      }
      expect([...open]).toEqual([]);
      expect(repeated(only(shown, "tool.start").map(key))).toEqual([]);
    });
  });

  it("finishes no item twice", () => {
    holds(({ shown }) => expect(repeated(only(shown, "item").map(({ item }) => item.id))).toEqual([]));
  });

  it("has shown, in pieces, exactly the text of every message that is finished", () => {
    holds(({ shown }) => {
      const texts = new Map<string, string>();
      for (const effect of shown) {
        if (effect.type === "assistant.start") texts.set(effect.itemId, "");
        // What is discarded is gone from a host's screen: what comes after it must not build on it.
        if (effect.type === "assistant.discard") texts.set(effect.itemId, "");
        if (effect.type === "delta" && effect.channel === "text") {
          expect(texts.has(effect.item.id), "a delta before its message").toBe(true);
          const text = effect.replace ? effect.text : texts.get(effect.item.id)! + effect.delta;
          texts.set(effect.item.id, text);
          expect(effect.text).toBe(text);
        }
        if (effect.type === "item" && effect.item.type === "agentMessage" && !effect.incomplete) {
          expect(texts.get(effect.item.id)).toBe(effect.item.text);
        }
      }
    });
  });

  it("sends a steer at most once, and says of each exactly once what became of it", () => {
    holds(({ effects, shown, events, settledState, state }) => {
      const sent = effects.flatMap((effect) => (effect.type === "steer.send" ? [effect.message.id] : []));
      expect(repeated(sent)).toEqual([]);
      const asked = new Set(state.steers.map(({ message }) => message.id));
      const told = events.flatMap((event) => (event.type === "steer" ? [event.message.id] : []));
      // A steer that comes after the end is the runner's to return.
      if (settledState?.lateEvents === state.lateEvents) expect(asked).toEqual(new Set(told));
      const consumed = only(shown, "steer.consumed").map(({ id }) => id);
      const returned = only(shown, "steer.returned").map(({ message }) => message.id);
      expect([...consumed, ...returned].sort()).toEqual([...asked].sort());
    });
  });

  it("pauses and resumes its budget in turn", () => {
    holds(({ effects }) => {
      const changes = effects.flatMap(({ type }) =>
        type === "pause_budget" || type === "resume_budget" ? [type] : [],
      );
      expect(changes).toEqual(changes.map((_, index) => (index % 2 === 0 ? "pause_budget" : "resume_budget")));
    });
  });

  it("says that the thinking is over before the turn is", () => {
    holds(({ shown }) => {
      const thoughts = shown.map((effect) => effect.type === "delta" && effect.channel === "reasoning");
      const ends = shown.map(({ type }) => type === "reasoning.end");
      expect(ends.lastIndexOf(true)).toBeGreaterThanOrEqual(thoughts.lastIndexOf(true));
    });
  });

  it("ends every compaction that it said began", () => {
    holds(({ shown }) => {
      const phases = only(shown, "compaction").map(({ phase }) => phase);
      expect(phases.filter((phase) => phase === "start")).toHaveLength(
        phases.filter((phase) => phase === "end").length,
      );
    });
  });
});

describe("as long as the server answers and its turn is completed", () => {
  it("nothing is lost that the client can know of", () => {
    holds(
      (played, history) => {
        if (!isCompleted(played)) return;
        const got = finished(played).map(({ item }) => item);
        for (const item of owed(history, played)) expect(got).toContainEqual(item);
      },
      { patient: true },
    );
  });

  it("a tool that ends after its turn, and is heard of, is not told as unfinished", () => {
    holds(
      (played, history) => {
        // A question or a clock in between may settle the turn with what is known by then.
        if (!isCompleted(played) || history.steps.some((step) => step.do === "fire")) return;
        if (played.events.some(({ type }) => type === "quiet")) return;
        const at = (type: string, id?: string) =>
          played.events.findIndex((event) => event.type === type && (!id || ("item" in event && event.item.id === id)));
        const ended = history.truth[history.end]!;
        const over = played.events.indexOf(ended);
        for (const { item, incomplete } of only(played.shown, "item").filter(({ item }) => isToolItem(item))) {
          const heard = at("item.started", item.id) < over && at("item.completed", item.id) > over;
          if (heard) expect(incomplete, item.id).toBe(false);
        }
      },
      { patient: true },
    );
  });

  it("the answer is the record's last message marked final, or its last message", () => {
    holds(
      (played, history) => {
        if (!isCompleted(played)) return;
        const said = recordAt(history, history.end).items.filter((item) => item.type === "agentMessage");
        const known = new Set(owed(history, played).map(({ id }) => id));
        // A message whose every trace was dropped can be nobody's answer.
        const heard = said.filter(({ id }) => known.has(id));
        const answer = heard.findLast(({ phase }) => phase === "final_answer") ?? heard.at(-1);
        expect(played.state.answer?.text).toBe(answer?.text);
      },
      { patient: true, ordered: true },
    );
  });

  it("an old server's numbered history doubles and loses no words", () => {
    holds(
      (played, history) => {
        if (!isCompleted(played)) return;
        const texts = (items: readonly ThreadItem[]) =>
          items.flatMap((item) => (item.type === "agentMessage" ? [item.text] : [])).sort();
        const known = noticed(history, played);
        const record = recordAt({ ...history, positional: false }, history.end).items;
        const lookedUp = played.lastAnswerAt >= history.end;
        const got = texts(finished(played).map(({ item }) => item));
        expect(got.length).toBeLessThanOrEqual(texts(record).length);
        const due = texts(record.filter(({ id }) => lookedUp || known.has(id)));
        for (const text of due) expect(got).toContain(text);
      },
      { patient: true, positional: true },
    );
  });
});
