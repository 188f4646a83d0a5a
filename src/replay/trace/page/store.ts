import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type { TraceModel } from "../trace-model.ts";
import { initialState, type PageAction, type PageState, reducerOf } from "./state.ts";

interface Store {
  readonly state: PageState;
  readonly dispatch: (action: PageAction) => void;
  /** The state by now, which may not be drawn yet: keys come faster than frames. */
  readonly latest: { readonly current: PageState };
}

export function useStore(model: TraceModel): Store {
  const reduce = useMemo(() => reducerOf(model), [model]);
  const [state, setState] = useState(() => initialState(model));
  const latest = useRef(state);
  const dispatch = useCallback(
    (action: PageAction) => {
      latest.current = reduce(latest.current, action);
      setState(latest.current);
    },
    [reduce],
  );
  return { state, dispatch, latest };
}
