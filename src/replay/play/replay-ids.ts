/** Ids and folders of a recording, and what they are called where it is played again. */
export class Names {
  readonly #ids = new Map<string, string>();
  readonly #folders: readonly (readonly [RegExp, string])[];

  /** @param folders recorded folders and what takes their place */
  constructor(folders: Readonly<Record<string, string>> = {}) {
    this.#folders = Object.entries(folders).map(
      ([from, to]) => [new RegExp(`${from.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g"), to] as const,
    );
  }

  /** Notes what an answer calls the thread and the turn that the recorded one names. */
  learn(recorded: unknown, actual: unknown): void {
    for (const field of ["thread", "turn"] as const) {
      const [from, to] = [recorded, actual].map(
        (body) => (body as { [K in typeof field]?: { id?: unknown } } | null)?.[field]?.id,
      );
      if (typeof from === "string" && typeof to === "string" && from !== to) this.#ids.set(from, to);
    }
  }

  of(id: string): string {
    return this.#ids.get(id) ?? id;
  }

  /** The same value with today's names. */
  translate<T>(value: T): T {
    if (value === undefined || (this.#ids.size === 0 && this.#folders.length === 0)) return value;
    let text = JSON.stringify(value);
    for (const [from, to] of this.#ids) text = text.replaceAll(from, to);
    for (const [from, to] of this.#folders) text = text.replaceAll(from, JSON.stringify(to).slice(1, -1));
    return JSON.parse(text) as T;
  }
}
