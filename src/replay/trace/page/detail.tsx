import { visible } from "../../../visible.ts";
import { durationText, momentText } from "../time-text.ts";
import type { Bar, TraceModel } from "../trace-model.ts";
import { JsonText } from "./json-text.tsx";
import type { PageRecording } from "./recording.ts";
import type { PageAction, PageState } from "./state.ts";

interface DetailProps {
  readonly recording: PageRecording;
  readonly state: PageState;
  readonly dispatch: (action: PageAction) => void;
}

/** The selected line as a whole, and what it belongs to. */
export function Detail({ recording, state: { selected }, dispatch }: DetailProps) {
  if (selected === undefined) {
    return (
      <section class="detail none" aria-label="Message">
        <p>Select a bar or a line to see its message. Press ? for the keys.</p>
      </section>
    );
  }
  const close = (): void => {
    dispatch({ type: "select", seq: undefined });
    document.getElementById("messages")?.focus({ preventScroll: true });
  };
  const { model } = recording;
  const { message, chars } = recording.line(selected);
  const index = model.barOf[selected]!;
  const bar = model.bars[index]!;
  return (
    <section class="detail" aria-label="Message">
      <header>
        <h2>
          <i class={`dot ${bar.lane}`} aria-hidden="true" /> <bdi>{visible(bar.label)}</bdi>
        </h2>
        <button type="button" class="close" onClick={close}>
          <span aria-hidden="true">×</span>
          <span class="unseen">Close</span>
        </button>
      </header>
      <BarFacts bar={bar} />
      <div class="where">
        <LinesOfBar model={model} bar={bar} index={index} selected={selected} dispatch={dispatch} />
        <span>
          <code>wire.jsonl:{selected + 1}</code> at {momentText(model.timesUs[selected]!)}, {chars.toLocaleString("en")}{" "}
          characters
        </span>
        <EntryLinks model={model} bar={index} selected={selected} />
      </div>
      <JsonText value={message} />
    </section>
  );
}

function BarFacts({ bar: { lane, kind, state, inferred, startUs, endUs, thread } }: { readonly bar: Bar }) {
  const took = kind === "mark" ? "" : ` · took ${durationText(endUs - startUs)}`;
  return (
    <p class="facts">
      {lane} · {kind} · {momentText(startUs)}
      {took}
      {state !== "done" && <strong class={state}> · {state === "open" ? "never finished" : state}</strong>}
      {inferred && " · inferred: no line says so"}
      {thread !== undefined && (
        <>
          {" · thread "}
          <code>{visible(thread)}</code>
        </>
      )}
    </p>
  );
}

interface LinesProps {
  readonly model: TraceModel;
  readonly bar: Bar;
  readonly index: number;
  readonly selected: number;
  readonly dispatch: (action: PageAction) => void;
}

/** Leads through the lines of a bar: what began it, its pieces, what ended it. */
function LinesOfBar({ model, bar, index, selected, dispatch }: LinesProps) {
  const own = model.barOf.flatMap((each, seq) => (each === index ? seq : []));
  if (own.length < 2) return null;
  const at = own.indexOf(selected);
  const go = (to: number, name: string, sign: string) => (
    <button
      type="button"
      disabled={to < 0 || to >= own.length || to === at}
      onClick={() => dispatch({ type: "select", seq: own[to] })}
    >
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{name}</span>
    </button>
  );
  return (
    <nav class="steps" aria-label={`Lines of ${bar.kind}`}>
      {go(0, "First line", "⇤")}
      {go(at - 1, "Line before", "←")}
      <span>
        line {at + 1} of {own.length}
      </span>
      {go(at + 1, "Next line", "→")}
      {go(own.length - 1, "Last line", "⇥")}
    </nav>
  );
}

function EntryLinks({
  model,
  bar,
  selected,
}: {
  readonly model: TraceModel;
  readonly bar: number;
  readonly selected: number;
}) {
  const entries = model.entries.flatMap((entry, index) =>
    entry.bar === bar || entry.seq === selected || model.barOf[entry.seq] === bar ? [{ entry, index }] : [],
  );
  if (entries.length === 0) return null;
  return (
    <span class="entries">
      {entries.slice(0, 8).map(({ entry, index }) => (
        <a key={entry.id} href={`#entry-${index}`}>
          Transcript: {visible(entry.kind)} entry
        </a>
      ))}
    </span>
  );
}
