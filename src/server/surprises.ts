import type { BridgeError } from "../errors.ts";
import type { ServerEvent } from "../protocol/events.ts";
import { itemsShownByType } from "../protocol/ignored.ts";

type Log = (level: "debug" | "warn", message: string, facts: Record<string, unknown>) => void;

/**
 * What a server said that the bridge does not know or cannot read: each kind is logged once per connection, and
 * counted. None of it is an error of the connection.
 */
export class Surprises {
  readonly #log: Log;
  readonly #seen = new Set<string>();
  #skipped = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Messages and items that were skipped because a field the bridge reads was not as expected. */
  get skipped(): number {
    return this.#skipped;
  }

  event(event: ServerEvent): void {
    if (event.type === "unreadable") {
      this.#skipped += 1;
      this.#once(`unreadable ${event.error.message}`, "warn", event.error.message, { method: event.method });
    } else if (event.type === "unknown") {
      const { method } = event;
      this.#once(`unknown ${method}`, "warn", "This Codex sends a notification the bridge does not know.", { method });
    } else if ("turn" in event && event.turn.unread !== undefined) {
      this.#skipped += event.turn.unread;
      this.#once("items", "warn", "Items of a turn could not be read and were left out.", { count: event.turn.unread });
    } else if ("item" in event && event.item.type === "other" && !itemsShownByType.includes(event.item.itemType)) {
      const { itemType } = event.item;
      this.#once(`item ${itemType}`, "warn", "This Codex has a type of item the bridge does not know.", { itemType });
    }
  }

  /** A message the connection itself could not use, or a callback that failed. */
  fault(fault: BridgeError): void {
    this.#once(`fault ${fault.code} ${fault.message}`, "warn", fault.message, { code: fault.code, ...fault.facts });
  }

  #once(key: string, level: "debug" | "warn", message: string, facts: Record<string, unknown>): void {
    // What a confused server makes up does not fill the memory.
    if (this.#seen.has(key) || this.#seen.size >= 1000) return;
    this.#seen.add(key);
    this.#log(level, message, facts);
  }
}
