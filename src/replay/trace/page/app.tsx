import { useEffect, useMemo, useRef } from "preact/hooks";
import { visible } from "../../../visible.ts";
import { filtered } from "../filter.ts";
import { durationText } from "../time-text.ts";
import type { TraceModel } from "../trace-model.ts";
import { Detail } from "./detail.tsx";
import { placeOf } from "./focus.ts";
import { Help } from "./help.tsx";
import { MessageList } from "./message-list.tsx";
import { Overview } from "./overview.tsx";
import type { PageRecording } from "./recording.ts";
import { keyAnswer } from "./shortcuts.ts";
import type { PageAction, PageState, Tab } from "./state.ts";
import { useStore } from "./store.ts";
import { Timeline } from "./timeline.tsx";
import { Toolbar } from "./toolbar.tsx";
import { Transcript } from "./transcript.tsx";

export function App({ recording }: { readonly recording: PageRecording }) {
  const { model } = recording;
  const { state, dispatch, latest } = useStore(model);
  const shown = useMemo(() => filtered(model, state.filter, recording.lowerCased), [model, state.filter, recording]);
  const search = useRef<HTMLInputElement>(null);
  const latestShown = useRef(shown);
  latestShown.current = shown;
  useLinks(dispatch);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { key, shiftKey: shift, ctrlKey, altKey, metaKey, target } = event;
      const modified = ctrlKey || altKey || metaKey;
      const press = { key, shift, modified, place: placeOf(target) };
      const answer = keyAnswer(press, model, latest.current, latestShown.current);
      if (!answer) return;
      event.preventDefault();
      if (answer.type === "search") search.current?.focus();
      else if (answer.type === "leave") document.getElementById("messages")?.focus();
      else dispatch(answer);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [model, dispatch, latest]);
  const common = { model, state, shown, dispatch };
  return (
    <div class={`app${state.selected === undefined ? "" : " has-selection"}`}>
      <Head model={model} dispatch={dispatch} />
      <Toolbar {...common} search={search} />
      <Overview {...common} />
      <main>
        <div class="lanes-box">
          <Timeline {...common} />
        </div>
        <div class="panes">
          <section class="list" aria-label="Messages and transcript">
            <Tabs state={state} dispatch={dispatch} model={model} />
            <div role="tabpanel" id="panel" aria-labelledby={`tab-${state.tab}`}>
              {state.tab === "messages" ? (
                <MessageList recording={recording} {...common} />
              ) : (
                <Transcript model={model} asked={state.entry} />
              )}
            </div>
          </section>
          <Detail recording={recording} {...common} />
        </div>
      </main>
      <Help {...common} />
    </div>
  );
}

/** Links inside the page lead to lines and to entries of the transcript, also from outside: `trace.html#line-12`. */
function useLinks(dispatch: (action: PageAction) => void): void {
  useEffect(() => {
    const follow = (): void => {
      const [, kind, number] = /^#(line|entry)-(\d+)$/.exec(location.hash) ?? [];
      if (kind === "line") dispatch({ type: "select", seq: Number(number) });
      else if (kind === "entry") dispatch({ type: "entry", entry: Number(number) });
    };
    const clicked = ({ target }: MouseEvent): void => {
      const link = target instanceof Element ? target.closest("a") : null;
      // The same link twice changes no address, and is followed all the same.
      if (link?.getAttribute("href") === location.hash) follow();
    };
    follow();
    addEventListener("hashchange", follow);
    addEventListener("click", clicked);
    return () => {
      removeEventListener("hashchange", follow);
      removeEventListener("click", clicked);
    };
  }, [dispatch]);
}

function Head({ model, dispatch }: { readonly model: TraceModel; readonly dispatch: (action: PageAction) => void }) {
  const { title, facts, endUs, problems, clocks } = model;
  return (
    <header class="head">
      <h1>
        <bdi>{visible(title)}</bdi>
      </h1>
      <dl>
        {[...facts, ["took", durationText(endUs)] as const].map(([name, value]) => (
          <div key={name} class={name === "incomplete" ? "failed" : name === "recorded with" ? "command" : ""}>
            <dt>{name}</dt>
            <dd>{visible(value)}</dd>
          </div>
        ))}
      </dl>
      {problems.length + clocks.length > 0 && (
        <details open={problems.length > 0}>
          <summary>
            {problems.length > 0 && `${problems.length} ${problems.length === 1 ? "finding" : "findings"}`}
            {problems.length > 0 && clocks.length > 0 && ", "}
            {clocks.length > 0 && `${clocks.length} ${clocks.length === 1 ? "clock" : "clocks"} fired`}
          </summary>
          <ul>
            {problems.slice(0, 50).map(({ message, seq }) => (
              <Notice key={message} text={message} seq={seq} dispatch={dispatch} />
            ))}
            {clocks.slice(0, 50).map(({ name, seq, named }) => (
              <Notice
                key={`${name} ${seq}`}
                text={`The clock ${name} fired${named ? "." : ": its time had passed to the moment."}`}
                seq={seq}
                dispatch={dispatch}
              />
            ))}
          </ul>
        </details>
      )}
    </header>
  );
}

interface NoticeProps {
  readonly text: string;
  readonly seq: number | undefined;
  readonly dispatch: (action: PageAction) => void;
}

function Notice({ text, seq, dispatch }: NoticeProps) {
  return (
    <li>
      <bdi>{visible(text)}</bdi>{" "}
      {seq !== undefined && (
        <button type="button" class="link" onClick={() => dispatch({ type: "select", seq })}>
          wire.jsonl:{seq + 1}
        </button>
      )}
    </li>
  );
}

interface TabsProps {
  readonly state: PageState;
  readonly dispatch: (action: PageAction) => void;
  readonly model: TraceModel;
}

function Tabs({ state, dispatch, model }: TabsProps) {
  const other: Tab = state.tab === "messages" ? "transcript" : "messages";
  const move = ({ key }: KeyboardEvent): void => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    dispatch({ type: "tab", tab: other });
    document.getElementById(`tab-${other}`)?.focus();
  };
  const tab = (name: Tab, text: string) => (
    <button
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-selected={state.tab === name}
      aria-controls="panel"
      tabIndex={state.tab === name ? 0 : -1}
      onClick={() => dispatch({ type: "tab", tab: name })}
      onKeyDown={move}
    >
      {text}
    </button>
  );
  return (
    <div role="tablist" aria-label="What to list">
      {tab("messages", "Messages")}
      {tab("transcript", `Transcript (${model.entries.length})`)}
    </div>
  );
}
