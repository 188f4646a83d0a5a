import type { TraceLane } from "../trace-model.ts";

/** Colours as the style sheet has them for the scheme of now. */
export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly stripe: string;
  readonly accent: string;
  readonly failed: string;
  readonly warned: string;
  readonly clock: string;
  readonly surface: string;
  readonly lanes: Readonly<Record<TraceLane, string>>;
}

export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour("text"),
    muted: colour("muted"),
    line: colour("line"),
    stripe: colour("stripe"),
    accent: colour("accent"),
    failed: colour("failed"),
    warned: colour("warned"),
    clock: colour("clock"),
    surface: colour("surface"),
    lanes: {
      host: colour("lane-host"),
      bridge: colour("lane-bridge"),
      "app-server": colour("lane-app-server"),
      model: colour("lane-model"),
      tools: colour("lane-tools"),
      approvals: colour("lane-approvals"),
    },
  };
}
