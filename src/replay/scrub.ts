import { homedir } from "node:os";
import { redactSecrets } from "../redact.ts";
import type { TextRules } from "./redact.ts";

const email = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g;
const homes = /(?:\/(?:home|Users)\/|\b[A-Za-z]:\\Users\\)[^/\\\s"'`:]+|\/root(?=\/|$)/g;

/** A text that may stay, without what looks like a credential, an e-mail address or somebody's home. */
export function scrub(text: string): string {
  return redactSecrets(text).replaceAll(homedir(), "~").replace(homes, "~").replace(email, "[e-mail]");
}

/** For recordings of one's own whose texts are to stay readable. */
export const keepingRules: TextRules = { text: scrub, command: scrub, error: scrub, name: scrub, key: scrub };
