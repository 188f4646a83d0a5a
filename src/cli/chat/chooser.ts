import type { ListChoice } from "./choice-list.ts";
import { listPanel } from "./panel.ts";
import type { PanelPlace } from "./prompts.ts";

/** Lets a person choose one of several. @returns its index; undefined when they would rather not */
export function chosen(
  place: PanelPlace,
  { message, choices, at = 0 }: { message: string; choices: readonly ListChoice[]; at?: number },
): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const onDone = ([index]: readonly number[]): void => resolve(index);
  const panel = listPanel({ about: [], message, choices, theme: place.theme, at, onDone }, "Esc goes back");
  place.open(panel, () => resolve(undefined));
  return promise.finally(() => place.close(panel));
}
