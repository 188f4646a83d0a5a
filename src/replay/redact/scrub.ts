import { homedir } from "node:os";
import { redactSecrets } from "../../redact.ts";
import type { Placeholders } from "./placeholders.ts";
import type { TextRules } from "./redact.ts";

const email = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g;
const homes = /(?:\/(?:home|Users)\/|\b[A-Za-z]:\\Users\\)[^/\\\s"'`:]+|\/root(?=\/|$)/g;

/** Images and the like: nobody can read them, and the scan could not tell them from a key. */
const encoded = /[A-Za-z0-9+/]{200,}={0,2}/g;
const mixed = /[a-z].*[A-Z]|[A-Z].*[a-z]/;

/**
 * For recordings of one's own whose texts are to stay readable: without what looks like a credential, an e-mail address or
 * somebody's home. A secret in pieces is not seen here, but by the scan, and refused.
 * @param secrets values that are known, whatever they look like
 */
export function keepingRules(secrets: readonly string[], placeholders: Placeholders): TextRules {
  const scrub = (text: string): string => {
    let clean = text;
    for (const secret of secrets) clean = clean.replaceAll(secret, "[redacted]");
    clean = clean.replace(encoded, (run) => (mixed.test(run) ? "A".repeat(run.length) : run));
    return redactSecrets(clean).replaceAll(homedir(), "~").replace(homes, "~").replace(email, "[e-mail]");
  };
  // Answers stand under the ids of their questions.
  const key = (name: string): string => placeholders.existing(name) ?? scrub(name);
  return { text: scrub, command: scrub, error: scrub, name: scrub, key, number: (value) => value };
}
