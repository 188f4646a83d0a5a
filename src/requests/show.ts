/** Foreign text for a person: no control or direction characters, and not longer than it may be; both ends are kept. */
export function shown(text: string, maxChars: number): string {
  const clean = text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu, "");
  return bothEnds(clean, maxChars);
}

/** The beginning and the end of a long text, with how much was left out between them. */
export function bothEnds(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.max(1, Math.floor(maxChars / 2));
  // Not in the middle of a character that takes two units.
  const head = text.slice(0, half).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(-half).replace(/^[\udc00-\udfff]/, "");
  return `${head}\n… ${text.length - head.length - tail.length} characters left out …\n${tail}`;
}
