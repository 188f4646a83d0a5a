/*
 * Recordings hold whatever a model, a tool or a page somebody fetched has said. What goes into the page as data is JSON
 * in which neither HTML nor a reader's eye can be led astray.
 */

/** `<` could end the script element; the others turn text around, hide, or end a line where JavaScript thinks so. */
const dangerous = /[<\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** JSON that can stand in a script element. It parses to the same value. */
export function embeddable(value: unknown): string {
  return escapeDangerous(JSON.stringify(value));
}

function escapeDangerous(json: string): string {
  return json.replace(dangerous, code);
}

function code(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * In which forms what somebody looks for can stand in embedded lines: as text, or as the JSON they saw on the page.
 * In lower case.
 */
export function searchForms(query: string): string[] {
  const asText = escapeDangerous(JSON.stringify(query).slice(1, -1)).toLowerCase();
  const asJson = escapeDangerous(query).toLowerCase();
  return [...new Set([asText, asJson])];
}
