import { useEffect, useRef } from "preact/hooks";
import type { PageAction, PageState } from "./state.ts";

/** Every key, and what it does; `shortcuts.ts` has the same. */
const keys: readonly (readonly [keys: string, what: string])[] = [
  ["↓ ↑ or j k", "next and previous message"],
  ["→ ← in the timeline, or ] [", "next and previous bar"],
  ["n p", "next and previous trouble: failed, unfinished, or a warning"],
  ["+ −", "zoom in and out, around what is selected"],
  ["Shift → ←", "later and earlier"],
  ["0", "show everything"],
  ["/", "search"],
  ["1 … 6", "hide or show a lane"],
  ["s", "hide or show the pieces of streams"],
  ["x", "only trouble"],
  ["t m", "transcript, messages"],
  ["Page ↓ ↑", "fifteen messages on and back"],
  ["Home End", "first and last message"],
  ["Esc", "leave the search, close the message"],
  ["?", "these keys"],
];

interface HelpProps {
  readonly state: PageState;
  readonly dispatch: (action: PageAction) => void;
}

export function Help({ state: { help, singleKeys }, dispatch }: HelpProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (help) dialog.current?.showModal();
    else dialog.current?.close();
  }, [help]);
  return (
    <dialog ref={dialog} aria-labelledby="keys" onClose={() => dispatch({ type: "help", open: false })}>
      <h2 id="keys">Keys</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="chip">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={() => dispatch({ type: "singleKeys", on: !singleKeys })}
        />
        single letters and signs are shortcuts
      </label>
      <p>
        With a mouse: dragging moves, the wheel with Ctrl zooms. With two fingers: both. A dotted bar is inferred, a
        dashed one was never finished, a vertical line is a clock that fired.
      </p>
      <button type="button" onClick={() => dispatch({ type: "help", open: false })}>
        Close
      </button>
    </dialog>
  );
}
