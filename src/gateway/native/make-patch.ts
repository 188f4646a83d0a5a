/* A patch in Codex's grammar that turns one text into another, and nothing else. */

interface Change {
  /** Lines `from` up to `to` (exclusive) of the old text become `lines`. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

const contextLines = 3;

/**
 * True when Codex's patches can do it exactly: they write lines that end with a line feed, and a path in one line.
 * A text without a last line feed gets one, and carriage returns get lost.
 */
export function patchable(path: string, before: string | undefined, after: string): boolean {
  const fits = (text: string): boolean => !text.includes("\r") && (text === "" || text.endsWith("\n"));
  return path.trim() === path && !/[\r\n]/.test(path) && fits(before ?? "") && fits(after);
}

/** A patch that makes the file, or replaces all of it. */
export function addFilePatch(path: string, text: string): string {
  const lines = linesOf(text).map((line) => `+${line}\n`);
  return `*** Begin Patch\n*** Add File: ${path}\n${lines.join("")}*** End Patch`;
}

/** A patch of an existing file; both texts have to be `patchable`. */
export function updatePatch(path: string, before: string, after: string): string {
  const old = linesOf(before);
  const fresh = linesOf(after);
  if (old.length === 0 || fresh.length === 0) return addFilePatch(path, after);
  const hunks = hunksOf(old, changesOf(old, fresh));
  return `*** Begin Patch\n*** Update File: ${path}\n${hunks.join("")}*** End Patch`;
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * The stretches that differ. Between two texts of the same replaced word these are few; where lines cannot be lined up,
 * everything between the first and the last difference is one stretch.
 */
function changesOf(old: readonly string[], fresh: readonly string[]): Change[] {
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < fresh.length - start &&
    old[old.length - 1 - end] === fresh[fresh.length - 1 - end]
  ) {
    end += 1;
  }
  const to = old.length - end;
  const freshTo = fresh.length - end;
  if (to - start !== freshTo - start) return [{ from: start, to, lines: fresh.slice(start, freshTo) }];
  const changes: Change[] = [];
  for (let at = start; at < to; ) {
    if (old[at] === fresh[at]) {
      at += 1;
      continue;
    }
    const from = at;
    while (at < to && old[at] !== fresh[at]) at += 1;
    changes.push({ from, to: at, lines: fresh.slice(from, at) });
  }
  return changes;
}

/**
 * Codex looks for a hunk's old lines from the end of the last hunk on, and takes the first place where they stand. Lines
 * are added in front until that place is the right one; at the latest the last hunk's end is.
 */
function hunksOf(old: readonly string[], changes: readonly Change[]): string[] {
  const hunks: string[] = [];
  let cursor = 0;
  for (const [index, change] of changes.entries()) {
    const next = changes[index + 1]?.from ?? old.length;
    const below = Math.min(next, change.to + contextLines, old.length);
    let above = Math.max(cursor, change.from - contextLines);
    while (above > cursor && firstPlace(old, old.slice(above, below), cursor) !== above) above -= 1;
    const context = (from: number, to: number): string[] => old.slice(from, to).map((line) => ` ${line}\n`);
    const gone = old.slice(change.from, change.to).map((line) => `-${line}\n`);
    const come = change.lines.map((line) => `+${line}\n`);
    hunks.push(`@@\n${[...context(above, change.from), ...gone, ...come, ...context(change.to, below)].join("")}`);
    cursor = below;
  }
  return hunks;
}

function firstPlace(lines: readonly string[], pattern: readonly string[], from: number): number {
  for (let at = from; at + pattern.length <= lines.length; at += 1) {
    if (pattern.every((line, index) => lines[at + index] === line)) return at;
  }
  return -1;
}
