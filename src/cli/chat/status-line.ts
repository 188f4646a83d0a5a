import { truncateToWidth, visibleWidth } from "@earendil-works/pi-tui";
import type { TurnUsage } from "../../turn/outcome.ts";
import { cleanLine } from "./clean.ts";

export interface Standing {
  readonly session: string;
  readonly model: string | undefined;
  readonly effort: string | undefined;
  readonly usage: TurnUsage | undefined;
}

/** What one wants to know at a glance, in one line; what is less important is left out where there is no room. */
export function statusLine({ session, model, effort, usage }: Standing, width: number): string {
  const parts = [
    [model ?? "default model", effort].filter((each) => each !== undefined).join(" "),
    contextText(usage),
    usage === undefined ? "" : `${count(usage.thread.totalTokens)} tokens`,
    session,
  ].filter((each) => each !== "");
  let line = cleanLine(parts[0] ?? "");
  for (const part of parts.slice(1)) {
    const longer = `${line} · ${cleanLine(part)}`;
    if (visibleWidth(longer) <= width) line = longer;
  }
  return truncateToWidth(line, width, "…");
}

/** How full the context is, where that is known. */
export function contextText(usage: TurnUsage | undefined): string {
  const { contextTokens, contextWindow } = usage ?? {};
  if (contextTokens === undefined || !contextWindow) return "";
  return `context ${Math.min(100, Math.round((100 * contextTokens) / contextWindow))}%`;
}

/** `950`, `12.3k`, `1.2M`. */
export function count(number: number): string {
  if (number < 1_000) return String(number);
  const [value, unit] = number < 999_950 ? [number / 1_000, "k"] : [number / 1_000_000, "M"];
  return `${value < 100 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}${unit}`;
}

/** `7 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
}
