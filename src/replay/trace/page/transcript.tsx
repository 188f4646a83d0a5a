import { useLayoutEffect, useRef } from "preact/hooks";
import { visible } from "../../../visible.ts";
import type { TraceEntry, TraceModel } from "../trace-model.ts";

/** What a person saw. Every row leads to the line it was made from. */
export function Transcript({ model, asked }: { readonly model: TraceModel; readonly asked: number | undefined }) {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    if (asked === undefined) return;
    const row = list.current?.children[asked];
    row?.scrollIntoView({ block: "center" });
    row?.querySelector("a")?.focus({ preventScroll: true });
  }, [asked]);
  if (model.entries.length === 0) return <p class="empty">Nothing of this recording came into a transcript.</p>;
  return (
    <ol class="transcript" ref={list}>
      {model.entries.map((entry, index) => (
        <Entry key={entry.id} entry={entry} index={index} model={model} asked={index === asked} />
      ))}
    </ol>
  );
}

interface EntryProps {
  readonly entry: TraceEntry;
  readonly index: number;
  readonly model: TraceModel;
  readonly asked: boolean;
}

function Entry({ entry, index, model, asked }: EntryProps) {
  const { kind, title, text, incomplete, seq, bar } = entry;
  const item = bar === undefined ? undefined : model.bars[bar];
  const line = item?.last ?? seq;
  return (
    <li id={`transcript-${index}`} class={`${kind}${asked ? " asked" : ""}`}>
      <header>
        <strong>{visible(kind)}</strong>
        {incomplete && <em>cut off</em>}
        <a href={`#line-${line}`}>wire.jsonl:{line + 1}</a>
      </header>
      {title !== undefined && (
        <p class="title" dir="auto">
          {visible(title)}
        </p>
      )}
      {text !== undefined && (
        <p class="text" dir="auto">
          {visible(text)}
        </p>
      )}
    </li>
  );
}
