import type { Prompts } from "../ask.ts";
import { listPanel, type Panel, wordsPanel } from "./panel.ts";
import type { Theme } from "./theme.ts";

/** Where panels are shown, one at a time, in the order in which they were opened. */
export interface PanelPlace {
  readonly theme: Theme;
  /** Takes the place of the prompt's line. `exit` is what Esc and Ctrl-C do. */
  open(panel: Panel, exit: () => void): void;
  close(panel: Panel): void;
}

class PromptError extends Error {
  constructor(name: "AbortPromptError" | "ExitPromptError") {
    super(name);
    this.name = name;
  }
}

const escapeHint = "Esc stops the turn";

/** Prompts on the screen of a chat. @param about shown above each of them */
export function panelPrompts(place: PanelPlace, about: readonly string[], signal: AbortSignal): Prompts {
  const { theme } = place;

  function show<T>(panelFor: (done: (answer: T) => void) => Panel): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const panel = panelFor(resolve);
    const withdraw = (): void => reject(new PromptError("AbortPromptError"));
    if (signal.aborted) withdraw();
    else {
      signal.addEventListener("abort", withdraw, { once: true });
      place.open(panel, () => reject(new PromptError("ExitPromptError")));
    }
    return promise.finally(() => {
      signal.removeEventListener("abort", withdraw);
      place.close(panel);
    });
  }

  return {
    select({ message, choices, default: preset }) {
      const at = choices.findIndex(({ value }) => value === preset);
      return show((done) => {
        const onDone = ([index = 0]: readonly number[]): void => done(choices[index]!.value);
        return listPanel({ about, message, choices, theme, at: Math.max(0, at), onDone }, escapeHint);
      });
    },
    checkbox({ message, choices, required }) {
      return show((done) => {
        const onDone = (chosen: readonly number[]): void => {
          if (required && chosen.length === 0) panel.fault = "Mark at least one.";
          else done(chosen.map((index) => choices[index]!.value));
        };
        const panel = listPanel({ about, message, choices, theme, several: true, onDone }, escapeHint);
        return panel;
      });
    },
    input({ message, validate }) {
      return show((done) => {
        const panel = wordsPanel({ about, message, theme }, escapeHint, (text) => {
          const verdict = validate?.(text) ?? true;
          if (verdict === true) done(text);
          else panel.fault = verdict;
        });
        return panel;
      });
    },
    password: ({ message }) => show((done) => wordsPanel({ about, message, theme, secret: true }, escapeHint, done)),
  };
}
