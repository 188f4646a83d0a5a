/*
 * What people and logs may read must not hold credentials. Two things are looked for: what a credential looks like, and
 * the values of those that are known here, whatever they look like. A best effort, not a proof: the proof for what leaves
 * the machine on purpose (recordings) is `replay/redact`, which keeps nothing it does not know to be harmless.
 */

const mark = "[redacted]";

/** The first group, if there is one, is kept. No pattern may take more than linear time on foreign text. */
const shapes: readonly RegExp[] = [
  /()\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}/g,
  /()\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza)[A-Za-z0-9_-]{8,}/g,
  /()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
  /()-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]{0,40}PRIVATE KEY-----|[\s\S]*)/g,
  /(\b(?:Bearer|Basic)\s{1,8})[A-Za-z0-9._~+/=-]{8,}/gi,
  /((?:api[_-]?key|_key|token|secret|password|passwd|authorization)\\?["']?\s{0,8}[:=]\s{0,8}\\?["']?)(?:(?:Bearer|Basic)\s{1,8})?[^\s"',;\\]{6,}/gi,
  // Who logs in by an address says the password in it.
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/"'<>]{1,2048}@/gi,
];

/** What is shorter would be found in every other word. */
export const shortestSecret = 8;
/** Accounts change and tokens are renewed for months: what was known longest is forgotten. */
const mostRemembered = 500;
const remembered = new Set<string>();

/** As words of a name: `AUTHOR` and `KEYBOARD` are none. */
const secretName =
  /(?:^|_)(?:api)?(?:keys?|tokens?|secrets?|pass(?:word|wd|phrase)?|pwd|credentials?|auth|authorization|cookies?|private|pat|dsn)(?:_|$)|(?:key|token|secret|password|passwd)$/i;
const addressWithPassword = /^[a-z][a-z0-9+.-]{0,20}:\/\/([^\s/]{1,2048})@/i;

/** Whether an environment variable is a secret, by its name or because its value is an address with a password. */
export function isSecretVariable(name: string, value: string): boolean {
  if (addressWithPassword.test(value)) return true;
  return secretName.test(name) && value.length >= shortestSecret && !isPath(value);
}

/** `SSH_AUTH_SOCK` and `…_KEY_FILE` say where something is, not what. */
function isPath(value: string): boolean {
  return /^[\w.-]*\/[\w./-]*$/.test(value);
}

/** The secret values of an environment. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || !isSecretVariable(name, value)) return [];
    const [, login = ""] = addressWithPassword.exec(value) ?? [];
    const password = login.slice(login.indexOf(":") + 1);
    return password.length >= shortestSecret ? [value, password] : [value];
  });
}

/** The secrets in data such as a configuration: whatever stands in a field with the name of one. */
export function secretsIn(value: unknown, depth = 0): string[] {
  if (value === null || typeof value !== "object" || depth > maxDepth) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    if (typeof each !== "string") return secretsIn(each, depth + 1);
    return isSecretVariable(name, each) ? [each.replace(/^(?:Bearer|Basic)\s+/i, "")] : [];
  });
}

/** From now on these are taken out of every error and log line of this process. */
export function rememberSecrets(...values: readonly (string | undefined)[]): void {
  for (const value of values) {
    if (value === undefined || value.length < shortestSecret) continue;
    remembered.delete(value);
    remembered.add(value);
    for (const oldest of remembered) {
      if (remembered.size <= mostRemembered) break;
      remembered.delete(oldest);
    }
  }
}

/** Replaces what is known to be a credential here, and what looks like one. */
export function redactSecrets(text: string): string {
  let clean = text;
  for (const secret of knownHere()) clean = withoutSecret(clean, secret);
  for (const shape of shapes) {
    clean = clean.replace(shape, (match, kept: string) => `${kept}${mark}${match.endsWith("@") ? "@" : ""}`);
  }
  return clean;
}

const variableName = /"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"/g;
/** What is shorter may as well be a word, for which nothing should be refused. */
const certainSecret = 12;

/** Whether a text holds a credential, and not just the name of a variable that has one. */
export function holdsSecret(text: string): boolean {
  const values = text.replace(variableName, '""');
  const known = knownHere().some((secret) => secret.length >= certainSecret && text.includes(secret));
  return known || shapes.some((shape) => values.search(shape) >= 0);
}

/** The longest first: one may be a part of another. As they are, in JSON, and in an address. */
function knownHere(): string[] {
  const values = new Set([...remembered, ...secretsOf(process.env)]);
  const forms = [...values].flatMap((value) => [value, JSON.stringify(value).slice(1, -1), inAddress(value)]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function inAddress(value: string): string {
  // Half a surrogate pair has no such form.
  return value.isWellFormed() ? encodeURIComponent(value) : value;
}

/** Also a part of it that the text begins or ends with: the rest may be in the next chunk, line or field. */
function withoutSecret(text: string, secret: string): string {
  let clean = text.replaceAll(secret, mark);
  if (text.length >= shortestSecret && secret.includes(text)) return mark;
  const end = overlap(
    clean,
    secret,
    (part) => clean.endsWith(part),
    (size) => secret.slice(0, size),
  );
  if (end > 0) clean = clean.slice(0, -end) + mark;
  const start = overlap(
    clean,
    secret,
    (part) => clean.startsWith(part),
    (size) => secret.slice(-size),
  );
  return start > 0 ? mark + clean.slice(start) : clean;
}

function overlap(
  text: string,
  secret: string,
  holds: (part: string) => boolean,
  part: (size: number) => string,
): number {
  for (let size = Math.min(secret.length - 1, text.length); size >= shortestSecret; size -= 1) {
    if (holds(part(size))) return size;
  }
  return 0;
}

const secretField = /(?:api_?key|token|secret|passw(?:or)?d|authorization|credential|cookie)$/i;
const maxDepth = 8;

/** The same for the facts of a log line or an error: strings wherever they are, and whatever has the name of a secret. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactSecrets(value);
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? String(value) : value;
  if (depth > maxDepth) return mark;
  if (value instanceof Error) {
    const { code } = value as { code?: unknown };
    const facts = { name: value.name, message: redactSecrets(value.message) };
    return typeof code === "string" || typeof code === "number" ? { ...facts, code } : facts;
  }
  if (Array.isArray(value)) return value.map((each) => redactValue(each, depth + 1));
  const entries = Object.entries(value).map(([name, each]) => [
    redactSecrets(name),
    typeof each === "string" && each !== "" && secretField.test(name) ? mark : redactValue(each, depth + 1),
  ]);
  // Not by assignment: `__proto__` would be no key.
  return Object.fromEntries(entries);
}
