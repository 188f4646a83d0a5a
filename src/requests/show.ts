/** Foreign text for a person: no control or direction characters, and not longer than it may be; both ends are kept. */
export function shown(text: string, maxChars: number): string {
  const clean = text.replace(/(?![\n\t])[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, "");
  return bothEnds(clean, maxChars);
}

/** The beginning and the end of a long text, with how much was left out between them. */
export function bothEnds(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.max(1, Math.floor(maxChars / 2));
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`;
}
