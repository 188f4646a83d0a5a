import { homedir } from "node:os";
import { secretsOf, shortestSecret } from "../../redact.ts";

const patterns: readonly (readonly [string, RegExp])[] = [
  [
    "API key",
    /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza)[A-Za-z0-9_-]{8,}/,
  ],
  ["JWT", /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}/],
  ["bearer token", /\b(?:Bearer|Basic)\s+(?!\[)[A-Za-z0-9._~+/=-]{8,}/i],
  ["private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  [
    "credential",
    /(?:api[_-]?key|token|secret|password|passwd|authorization)\\?["']?\s*[:=]\s*\\?["']?(?!\[|null|true|false|x+[\s"'\\]|[x0]+\b)[A-Za-z0-9_./+~-]{6,}/i,
  ],
  ["home path", /\/(?:home|Users)\/(?!x+\b)[^/\s"'\\]+|\b[A-Za-z]:(?:\\{1,2})Users\\/],
];
const email = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g;
/** What redaction makes of an address. */
const blankEmail = /^[xX0._%+@-]+$/;

/**
 * Values that must not be anywhere: the secrets of the environment, and what the caller knows. As they would stand in JSON.
 */
export function knownSecrets(env: NodeJS.ProcessEnv, more: readonly string[] = []): string[] {
  const known = [...secretsOf(env), ...more.filter((value) => value.length >= shortestSecret)];
  return [...new Set(known.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))];
}

/**
 * The kinds of secret that a line of text may hold.
 * @param known values that are secrets whatever they look like
 */
export function secretKinds(line: string, known: readonly string[] = []): string[] {
  const kinds = patterns.filter(([, pattern]) => pattern.test(line)).map(([kind]) => kind);
  const home = homedir();
  if (home.length > 5 && line.includes(home) && !kinds.includes("home path")) kinds.push("home path");
  if (line.includes("@") && (line.match(email) ?? []).some((found) => !blankEmail.test(found)))
    kinds.push("e-mail address");
  if (known.some((value) => line.includes(value))) kinds.push("known secret");
  if (hasHighEntropy(line)) kinds.push("high entropy");
  return kinds;
}

/** Hashes that belong there, by the field they stand in. */
const ownHashes = /"(?:chainSha256|schemaSha256|sha256|\$payload)":\s*"[0-9a-f]{64}"/g;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const candidates = /[A-Za-z0-9+/_=-]{20,}/g;
/** In JSON, also in JSON that stands in a text of JSON: the letter after the sign is none of a word. */
const escapes = /\\+[bfnrtu"/]?/g;

/** A run of characters that no word, path or name looks like. */
function hasHighEntropy(line: string): boolean {
  if (!someRandom(line)) return false;
  // Something does: unless it is a hash where one belongs.
  return someRandom(line.replace(ownHashes, ""));
}

function someRandom(line: string): boolean {
  const text = line.includes("\\") ? line.replace(escapes, " ") : line;
  return (text.match(candidates) ?? []).some((run) => run.length <= 4096 && valuesIn(run).some(looksRandom));
}

/** `NAME=value`: of a large name and a small value neither is mixed. What a run ends with fills up base64. */
function valuesIn(run: string): string[] {
  return run.split(/=(?=[^=])/).filter((part) => part.length >= 20 && !uuid.test(part));
}

function looksRandom(run: string): boolean {
  if (/^[0-9a-fA-F]+$/.test(run)) return run.length >= 32 && entropy(run) > 3;
  // Words joined by signs are no secret: each part is looked at, and a random one is long.
  const mixed = /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run);
  return mixed && entropy(run) > (run.length < 32 ? 3.9 : 4.2);
}

/** Bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
