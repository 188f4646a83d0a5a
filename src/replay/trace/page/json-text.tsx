import { useState } from "preact/hooks";
import { visible } from "../../../visible.ts";

/** More than this is laid out only when somebody asks: a message may have megabytes. */
const firstChars = 60_000;
/** Strings that are names, other strings, numbers, words. */
const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** A message as indented JSON in colours. It is text to the browser, whatever it holds. */
export function JsonText({ value }: { readonly value: unknown }) {
  const [whole, setWhole] = useState<unknown>();
  const text = visible(JSON.stringify(value, null, 2) ?? "null");
  const cut = text.length > firstChars && whole !== value;
  const shown = cut ? text.slice(0, firstChars) : text;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre class="json" tabIndex={0}>
        {text.length > firstChars * 10 ? shown : coloured(shown)}
      </pre>
      {cut && (
        <button type="button" onClick={() => setWhole(value)}>
          Show all {text.length.toLocaleString("en")} characters
        </button>
      )}
    </>
  );
}

function coloured(json: string) {
  const parts = [];
  let end = 0;
  for (const match of json.matchAll(tokens)) {
    const [text, string, colon, number] = match;
    if (match.index > end) parts.push(json.slice(end, match.index));
    const kind = string === undefined ? (number === undefined ? "word" : "number") : colon ? "name" : "string";
    parts.push(<span class={kind}>{text}</span>);
    end = match.index + text.length;
  }
  parts.push(json.slice(end));
  return parts;
}
