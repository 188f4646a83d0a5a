interface Look {
  readonly colour?: string;
  readonly back?: string;
  readonly flags: ReadonlySet<number>;
}

const sixteen = [
  ["#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9"],
  ["#6b7280", "#ef8891", "#b1d196", "#f0d399", "#82c1f5", "#d59ae6", "#7bcbd4", "#ffffff"],
] as const;
const plain: Look = { flags: new Set() };
/** What ends which flags. */
const ends: Record<number, readonly number[]> = { 22: [1, 2], 23: [3], 24: [4], 27: [7], 29: [9] };

const sequence = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`);

/** A screen with colours, as HTML: what `tmux capture-pane -e` prints has nothing but text and SGR sequences. */
export function ansiToHtml(text: string): string {
  let look = plain;
  const parts = text.split(sequence);
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return part === "" ? "" : span(part, look);
      look = changed(look, part === "" ? [0] : part.split(";").map(Number));
      return "";
    })
    .join("");
}

function changed(before: Look, codes: readonly number[]): Look {
  let look = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    const bright = code >= 90;
    const colour = sixteen[bright ? 1 : 0][code % 10];
    if (code === 0) look = plain;
    else if (code === 38 || code === 48) {
      // The colours of 256 are not ours, and not shown; what they take is left out.
      at += codes[at + 1] === 5 ? 2 : 4;
    } else if ((code >= 30 && code < 38) || (code >= 90 && code < 98)) look = { ...look, colour: colour! };
    else if ((code >= 40 && code < 48) || code >= 100) look = { ...look, back: colour! };
    else if (code === 39 || code === 49) look = without(look, code === 39 ? "colour" : "back");
    else {
      const flags = new Set(look.flags);
      for (const ended of ends[code] ?? []) flags.delete(ended);
      if (!ends[code]) flags.add(code);
      look = { ...look, flags };
    }
  }
  return look;
}

function without(look: Look, name: "colour" | "back"): Look {
  const { [name]: _, ...rest } = look;
  return rest;
}

function span(text: string, { colour, back, flags }: Look): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const [front, behind] = flags.has(7) ? [back ?? "var(--back)", colour ?? "var(--front)"] : [colour, back];
  const style = [
    front && `color:${front}`,
    behind && `background:${behind}`,
    flags.has(1) && "font-weight:600",
    flags.has(2) && "opacity:.62",
    flags.has(3) && "font-style:italic",
    flags.has(4) && "text-decoration:underline",
    flags.has(9) && "text-decoration:line-through",
  ].filter(Boolean);
  return style.length === 0 ? escaped : `<span style="${style.join(";")}">${escaped}</span>`;
}
