const patterns: readonly RegExp[] = [
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA)[A-Za-z0-9_-]{8,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /((?:api[_-]?key|token|secret|password|passwd|authorization)\\?["']?\s*[:=]\s*\\?["']?)[^\s"',;\\]{6,}/gi,
];

/** Replaces what looks like a credential. For text that people or logs will see; a best effort, not a proof. */
export function redactSecrets(text: string): string {
  let clean = text;
  for (const pattern of patterns) {
    clean = clean.replace(
      pattern,
      (_match, kept: unknown) => `${typeof kept === "string" ? `${kept} ` : ""}[redacted]`,
    );
  }
  return clean;
}
