const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Ids that are only a position, or a word of the bridge, say nothing, and code depends on them (`item-3`). */
const telling = /^(?:(?:item-)?\d{1,6}|turn|turn-plan)$/;
/** What the model's API begins its ids with. */
const prefixed = /^(msg|rs|call|fc|ctc|resp|ws|ig|lsh|exec|cmp)_/;

/** Whether the key of a map is an id, and not the name of a field. */
export function isUuid(value: string): boolean {
  return uuid.test(value);
}

/** Stands for values of one recording: the same value always gets the same placeholder, another one another. */
export class Placeholders {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** For ids, of the form that code may look at: a uuid, `msg_…`, `item-3`. */
  id(value: string): string {
    if (value === "" || telling.test(value)) return value;
    return this.#named(value, () => {
      if (uuid.test(value)) return `00000000-0000-7000-8000-${this.#next("uuid").toString(16).padStart(12, "0")}`;
      const prefix = prefixed.exec(value)?.[1] ?? "id";
      return `${prefix}_${this.#next(prefix)}`;
    });
  }

  /** For names of tools, servers and the like. */
  name(value: string): string {
    return value === "" ? value : this.#named(value, () => `name_${this.#next("name")}`);
  }

  /** For paths: each part on its own, so that what lies in a folder still does. */
  path(value: string): string {
    return value.replace(/[^/\\]+/g, (part) =>
      /^(?:\.{1,2}|~|[A-Za-z]:|file:)$/.test(part) ? part : this.#named(`/${part}`, () => `p${this.#next("p")}`),
    );
  }

  /** What a value is already replaced by, somewhere. */
  existing(value: string): string | undefined {
    return this.#known.get(value);
  }

  /** The same for words of a text: undefined for one so short that it may as well be a word. */
  known(value: string): string | undefined {
    return value.length < 8 ? undefined : this.existing(value);
  }

  #named(value: string, make: () => string): string {
    let placeholder = this.#known.get(value);
    if (placeholder === undefined) {
      placeholder = make();
      this.#known.set(value, placeholder);
    }
    return placeholder;
  }

  #next(kind: string): number {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count;
  }
}
