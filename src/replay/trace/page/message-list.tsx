import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { visible } from "../../../visible.ts";
import type { Filtered } from "../filter.ts";
import { lineLabel } from "../line-label.ts";
import { momentText } from "../time-text.ts";
import { useSize } from "./measure.ts";
import type { PageRecording } from "./recording.ts";
import type { PageAction, PageState } from "./state.ts";

interface MessageListProps {
  readonly recording: PageRecording;
  readonly state: PageState;
  readonly shown: Filtered;
  readonly dispatch: (action: PageAction) => void;
}

const rowHeight = 26;
/** Browsers cannot make an element taller than about this. */
const maxHeight = 15_000_000;
const spare = 8;
const arrows: Readonly<Record<string, readonly [sign: string, name: string]>> = {
  c: ["→", "to Codex"],
  s: ["←", "from Codex"],
  p: ["◆", "process"],
  h: ["●", "host"],
};

/** The lines that pass the filter; only those in sight are elements. */
export function MessageList({ recording, state, shown, dispatch }: MessageListProps) {
  const box = useRef<HTMLDivElement>(null);
  const { height } = useSize(box);
  const [top, setTop] = useState(0);
  const { lines } = shown;
  const at = state.selected === undefined ? -1 : lines.indexOf(state.selected);
  useLayoutEffect(() => {
    if (at < 0 || !box.current) return;
    const rowTop = at * rowHeight;
    const { scrollTop, clientHeight } = box.current;
    if (rowTop < scrollTop || rowTop + rowHeight > scrollTop + clientHeight) {
      box.current.scrollTop = Math.max(0, rowTop - clientHeight / 3);
    }
  }, [at, lines]);
  const first = Math.max(0, Math.floor(top / rowHeight) - spare);
  const inSight = lines.subarray(first, first + Math.ceil(height / rowHeight) + 2 * spare);
  return (
    <div
      class="messages"
      id="messages"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={`Messages, ${lines.length} of ${recording.model.barOf.length}`}
      aria-activedescendant={at < 0 ? undefined : `line-${state.selected}`}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      {lines.length === 0 && <p class="empty">No message passes the filters.</p>}
      <div class="rows" role="presentation" style={{ height: `${Math.min(lines.length * rowHeight, maxHeight)}px` }}>
        {Array.from(inSight, (seq, index) => (
          <Row
            key={seq}
            recording={recording}
            seq={seq}
            position={first + index}
            total={lines.length}
            selected={seq === state.selected}
            onSelect={() => dispatch({ type: "select", seq })}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly recording: PageRecording;
  readonly seq: number;
  readonly position: number;
  readonly total: number;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function Row({ recording, seq, position, total, selected, onSelect }: RowProps) {
  const { model } = recording;
  const bar = model.bars[model.barOf[seq]!]!;
  const [sign, name] = arrows[model.directions[seq]!] ?? ["?", ""];
  const { name: label, detail } = lineLabel(recording.line(seq).message, bar.label);
  const trouble = bar.state !== "done" && seq === bar.last ? ` ${bar.state}` : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names this row as its active one
    <div
      class={`row${selected ? " selected" : ""}${trouble}`}
      id={`line-${seq}`}
      role="option"
      aria-selected={selected}
      aria-setsize={total}
      aria-posinset={position + 1}
      style={{ transform: `translateY(${position * rowHeight}px)` }}
      onClick={onSelect}
    >
      <span class="moment">{momentText(model.timesUs[seq]!)}</span>
      <span class="arrow" title={name} role="img" aria-label={name}>
        {sign}
      </span>
      <i class={`dot ${bar.lane}`} aria-hidden="true" />
      <span class="label">
        {visible(label)} {detail !== undefined && <bdi class="more">{visible(detail)}</bdi>}
      </span>
    </div>
  );
}
