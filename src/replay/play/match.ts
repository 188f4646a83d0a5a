import type { Message } from "./lanes.ts";

/** How closely a message has to be what was recorded. `shape`: the same fields with the same types of values. */
export type MatchPolicy = "exact" | "shape" | "any";

/** Requests and notifications of a client. What is not here has to be exactly what was recorded. */
const requestPolicies: Readonly<Record<string, MatchPolicy>> = {
  // Says who the client is and what it can do; that changes with every version of it.
  initialize: "shape",
  initialized: "any",
  // Secrets are not in a recording.
  "account/login/start": "shape",
  // Names and lists are for people and repairs: no turn depends on them.
  "thread/name/set": "shape",
  "thread/list": "any",
  "thread/loaded/list": "any",
  // May be sent with or without the name of the turn.
  "turn/interrupt": "shape",
  // What a new thread is told of an old one is words about words.
  "thread/inject_items": "shape",
};

/** Answers of a client, by the method of the request. What is not here has to be exactly what was recorded. */
const answerPolicies: Readonly<Record<string, MatchPolicy>> = {
  "account/chatgptAuthTokens/refresh": "shape",
};

export function policyOf({ kind, method, body }: Pick<Message, "kind" | "method" | "body">): MatchPolicy {
  // What is asked aside has instructions of the bridge's own, which are words as others are when they are blanked.
  if (kind === "request" && (body as { ephemeral?: unknown } | null)?.ephemeral === true) return "shape";
  return (kind === "answer" ? answerPolicies[method] : requestPolicies[method]) ?? "exact";
}

/**
 * Where a message differs from the recorded one, as a path into it; undefined when it is as the policy wants it.
 * Folders, ports and ids of the machine it was recorded on say nothing: `sameText` decides what else is equal.
 */
export function difference(
  recorded: unknown,
  actual: unknown,
  policy: MatchPolicy,
  sameText: (recorded: string, actual: string) => boolean = () => false,
): string | undefined {
  return policy === "any" ? undefined : differs(recorded, actual, policy, sameText, "$");
}

function differs(
  recorded: unknown,
  actual: unknown,
  policy: "exact" | "shape",
  sameText: (recorded: string, actual: string) => boolean,
  at: string,
): string | undefined {
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    if (policy === "exact" && recorded.length !== actual.length) return `${at}.length`;
    const [first] = recorded;
    for (const [index, each] of actual.entries()) {
      const model = policy === "exact" ? recorded[index] : (recorded[index] ?? first);
      const found = model === undefined ? undefined : differs(model, each, policy, sameText, `${at}[${index}]`);
      if (found) return found;
    }
    return undefined;
  }
  if (isObject(recorded) && isObject(actual)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(actual)])) {
      const [a, b] = [recorded[key], actual[key]];
      if (a === undefined && b === undefined) continue;
      const found = differs(a, b, policy, sameText, `${at}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  if (typeof recorded !== typeof actual || Array.isArray(recorded) !== Array.isArray(actual)) return at;
  if (policy === "shape" || Object.is(recorded, actual)) return undefined;
  if (typeof recorded === "string" && typeof actual === "string" && comparable(recorded, actual, sameText))
    return undefined;
  return at;
}

function comparable(
  recorded: string,
  actual: string,
  sameText: (recorded: string, actual: string) => boolean,
): boolean {
  return neutral(recorded) === neutral(actual) || sameText(recorded, actual);
}

/** Without what belongs to one machine or one run: folders, and ports on loopback. */
function neutral(text: string): string {
  return text.replaceAll(/(?:\/[\w.@+~-]+)+\/?/g, "<path>").replaceAll(/(127\.0\.0\.1|localhost):\d+/g, "$1:<port>");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
