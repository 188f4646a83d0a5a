import type { Ref } from "preact";
import { useEffect, useState } from "preact/hooks";
import { visible } from "../../../visible.ts";
import { type Filtered, isTrouble } from "../filter.ts";
import { type TraceModel, traceLanes } from "../trace-model.ts";
import type { PageAction, PageState } from "./state.ts";

interface ToolbarProps {
  readonly model: TraceModel;
  readonly state: PageState;
  readonly shown: Filtered;
  readonly dispatch: (action: PageAction) => void;
  readonly search: Ref<HTMLInputElement>;
}

/** Typing goes on while a long recording is looked through. */
const pauseMs = 120;

export function Toolbar({ model, state, shown, dispatch, search }: ToolbarProps) {
  return (
    <form class="toolbar" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Search state={state} dispatch={dispatch} search={search} />
      <Lanes model={model} state={state} dispatch={dispatch} />
      <Switches model={model} state={state} dispatch={dispatch} />
      {model.threads.length > 1 && <Threads model={model} state={state} dispatch={dispatch} />}
      <output class="count" aria-live="polite">
        {shown.lines.length.toLocaleString("en")} of {model.barOf.length.toLocaleString("en")} lines
      </output>
      <Zoom dispatch={dispatch} />
    </form>
  );
}

type PartProps = Pick<ToolbarProps, "model" | "state" | "dispatch">;

function Search({ state, dispatch, search }: Pick<ToolbarProps, "state" | "dispatch" | "search">) {
  const [text, setText] = useState(state.filter.query);
  useEffect(() => setText(state.filter.query), [state.filter.query]);
  useEffect(() => {
    const timer = setTimeout(() => dispatch({ type: "filter", change: { query: text } }), pauseMs);
    return () => clearTimeout(timer);
  }, [text, dispatch]);
  return (
    <label class="search">
      <span class="unseen">Search in messages</span>
      <input
        ref={search}
        type="search"
        placeholder="Search in messages"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
    </label>
  );
}

function Lanes({ model, state, dispatch }: PartProps) {
  return (
    <fieldset class="lanes">
      <legend class="unseen">Lanes</legend>
      {traceLanes.map((lane) => (
        <label key={lane} class="chip">
          <input
            type="checkbox"
            checked={!state.filter.hidden.has(lane)}
            onChange={() => dispatch({ type: "lane", lane })}
          />
          <i class={`dot ${lane}`} aria-hidden="true" />
          {lane} <small>{model.bars.filter((bar) => bar.lane === lane).length}</small>
        </label>
      ))}
    </fieldset>
  );
}

function Switches({ model, state: { filter }, dispatch }: PartProps) {
  const trouble = model.bars.filter(isTrouble).length;
  return (
    <fieldset class="lanes">
      <legend class="unseen">Which messages</legend>
      <label class="chip">
        <input
          type="checkbox"
          checked={filter.streamed}
          onChange={() => dispatch({ type: "filter", change: { streamed: !filter.streamed } })}
        />
        stream pieces <small>{model.streamed.length}</small>
      </label>
      <label class={trouble > 0 ? "chip trouble" : "chip"}>
        <input
          type="checkbox"
          checked={filter.trouble}
          onChange={() => dispatch({ type: "filter", change: { trouble: !filter.trouble } })}
        />
        only trouble <small>{trouble}</small>
      </label>
    </fieldset>
  );
}

function Threads({ model, state: { filter }, dispatch }: PartProps) {
  return (
    <label class="threads">
      <span class="unseen">Thread</span>
      <select
        value={filter.thread ?? ""}
        onChange={({ currentTarget: { value } }) => dispatch({ type: "thread", thread: value || undefined })}
      >
        <option value="">all {model.threads.length} threads</option>
        {model.threads.map((thread) => (
          <option key={thread} value={thread}>
            {visible(thread)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Zoom({ dispatch }: Pick<ToolbarProps, "dispatch">) {
  const button = (sign: string, name: string, action: PageAction) => (
    <button type="button" title={name} onClick={() => dispatch(action)}>
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{name}</span>
    </button>
  );
  return (
    <div class="zoom">
      {button("◀", "Earlier", { type: "pan", share: -0.3 })}
      {button("▶", "Later", { type: "pan", share: 0.3 })}
      {button("−", "Zoom out", { type: "zoom", factor: 2 })}
      {button("+", "Zoom in", { type: "zoom", factor: 0.5 })}
      {button("⤢", "Show everything", { type: "fit" })}
      {button("?", "Keys", { type: "help", open: true })}
    </div>
  );
}
