import type { HostEvent, ProcessEvent } from "../format/format.ts";
import {
  isFieldName,
  isKnownMethod,
  isOpaque,
  isRuntimeFact,
  isSafe,
  isSafeInData,
  isSchemaWord,
  kindOf,
  looksLikeMethod,
} from "./fields.ts";
import { isUuid, type Placeholders } from "./placeholders.ts";
import { blankCommand, blankError, blankText, cleanUserAgent } from "./redact-text.ts";

/** Deeper than any message of the protocol; what is deeper is left out, so that no message can exhaust the stack. */
const maxDepth = 100;

/** How the strings of a message are replaced that do not stand for something. */
export interface TextRules {
  text(value: string): string;
  command(value: string): string;
  error(value: string): string;
  name(value: string): string;
  /** A field of data that is nobody's schema. */
  key(name: string): string;
  /** A number of such data. */
  number(value: number): number;
}

/** Every text blanked, every name and foreign field numbered. */
export function blankingRules(placeholders: Placeholders): TextRules {
  return {
    text: blankText,
    command: blankCommand,
    error: (value) => blankError(value, (word) => (isKnownMethod(word) ? word : placeholders.known(word))),
    name: (value) => placeholders.name(value),
    key: (name) => placeholders.name(name),
    number: plainNumber,
  };
}

/** Where a value stands: in which field, of which object's field, and whether that is data of a tool or user. */
interface Place {
  readonly field: string;
  readonly parent: string;
  readonly data: boolean;
  readonly depth: number;
}

/** Takes out of the messages of one recording what is a person's, a machine's or a project's. */
export class Redactor {
  readonly #placeholders: Placeholders;
  readonly #rules: TextRules;

  constructor(placeholders: Placeholders, rules: TextRules = blankingRules(placeholders)) {
    this.#placeholders = placeholders;
    this.#rules = rules;
  }

  /** A message of the protocol. */
  message(value: unknown): unknown {
    return this.#value(value, { field: "", parent: "", data: false, depth: 0 });
  }

  /** The delta of a notification, as `message` would leave it. */
  delta(text: string): string {
    return this.#string(text, { field: "delta", parent: "params", data: false, depth: 2 });
  }

  /** A line on the pipe that was no message. */
  noise(line: string): string {
    return this.#rules.text(line);
  }

  process(event: ProcessEvent): unknown {
    if (event.event === "exit") return { ...event, stderr: this.#rules.error(event.stderr) };
    if (event.event !== "spawn") return event;
    const args = event.args.map((arg) =>
      /^(?:-c|app-server|--connect|unix|websocket)$/.test(arg) ? arg : this.#rules.text(arg),
    );
    return { ...event, args };
  }

  host(event: HostEvent): unknown {
    const { event: name, ...facts } = event;
    if (event.event === "entry") return { ...event, ...this.#entry(event) };
    const { selection, runtime, ...others } = facts as { selection?: string; runtime?: object };
    const clean = { event: name, ...(this.message(others) as Record<string, unknown>), ...this.#facts({ selection }) };
    if (event.event !== "result") return clean;
    const outcome = this.#outcome(event.outcome);
    const clock = event.clock === undefined ? {} : { clock: event.clock };
    return { ...clean, outcome, ...clock, ...(runtime ? { runtime: this.#facts(runtime) } : {}) };
  }

  /** How the runtime was chosen, and which executable ran. */
  #facts(facts: object): Record<string, string> {
    const given = Object.entries(facts).filter(([, value]) => typeof value === "string") as [string, string][];
    const clean = (field: string, value: string): string => {
      if (isRuntimeFact(field, value)) return value;
      return field === "userAgent" ? cleanUserAgent(value) : this.#rules.text(value);
    };
    return Object.fromEntries(given.map(([field, value]) => [field, clean(field, value)]));
  }

  /** `<threadId>/<turnId>/<itemId>/<kind>`: what is derived from ids has to be derived from their placeholders. */
  #entry({ threadId, id }: Extract<HostEvent, { event: "entry" }>): { threadId: string; id: string } {
    const parts = id.split("/");
    const kind = parts.pop() ?? "";
    const [thread = "", turn = "", ...item] = parts;
    const of = (value: string): string => this.#placeholders.id(value);
    return { threadId: of(threadId), id: [of(thread), of(turn), of(item.join("/")), kind].join("/") };
  }

  /** The bridge's own words, apart from the message of an error. */
  #outcome(outcome: unknown): unknown {
    if (outcome === null || typeof outcome !== "object" || !("error" in outcome)) return outcome;
    const error = outcome.error as { code?: string; message?: string };
    return { ...outcome, error: { ...error, message: this.#rules.error(String(error.message ?? "")) } };
  }

  #value(value: unknown, place: Place): unknown {
    if (typeof value === "string") return this.#string(value, place);
    if (typeof value === "number") return place.data ? this.#rules.number(value) : value;
    if (value === null || typeof value !== "object") return value;
    if (place.depth > maxDepth) return null;
    // The parts of a list stand where the list stands.
    if (Array.isArray(value)) return value.map((each) => this.#value(each, { ...place, depth: place.depth + 1 }));
    return this.#object(value as Record<string, unknown>, place);
  }

  #object(object: Record<string, unknown>, { field, data, depth }: Place): Record<string, unknown> {
    const clean: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(object)) {
      const own = isFieldName(key) || (data && isSchemaWord(key));
      // A map from ids holds what the protocol says; below any other foreign key is nobody's schema.
      const known = own || isUuid(key);
      const name = own ? key : known ? this.#placeholders.id(key) : this.#rules.key(key);
      const place = { field: key, parent: field, data: data || !known || isOpaque(key), depth: depth + 1 };
      const value = this.#value(each, place);
      // By assignment, `__proto__` would be no key.
      if (name === "__proto__") Object.defineProperty(clean, name, { value, enumerable: true });
      else clean[name] = value;
    }
    return clean;
  }

  /** `required` names fields, and is to name them as they are named. */
  #nameInData(value: string): string {
    return isFieldName(value) ? value : this.#rules.name(value);
  }

  #string(value: string, { field, parent, data, depth }: Place): string {
    if (data ? isSafeInData(field, value) : isSafe(field, value)) return value;
    const kind = kindOf(field);
    if (kind === "secret") return "[redacted]";
    if (data) return kind === "name" ? this.#nameInData(value) : this.#rules.text(value);
    switch (kind) {
      case "userAgent":
        return cleanUserAgent(value);
      case "id":
        return this.#placeholders.id(value);
      case "path":
        return this.#placeholders.path(value);
      case "name":
        return this.#rules.name(value);
      case "command":
        return this.#rules.command(value);
      case "method":
        return isKnownMethod(value) || (depth === 1 && looksLikeMethod(value)) ? value : this.#rules.text(value);
      default:
        return parent === "error" || field === "message" ? this.#rules.error(value) : this.#rules.text(value);
    }
  }
}

/** In data a number may be somebody's: of long ones only the sign and how many digits they have stay. */
function plainNumber(value: number): number {
  if (Math.abs(value) < 1000) return value;
  return Number(String(value).replace(/[1-9]/g, "1"));
}
