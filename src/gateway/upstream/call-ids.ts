/** Ids for calls, unique in a conversation: an upstream may send none, or the same one twice. */
export class CallIds {
  readonly #taken: Set<string>;

  constructor(taken: ReadonlySet<string>) {
    this.#taken = new Set(taken);
  }

  unique(id: string | undefined): string {
    const base = id ?? `call_${this.#taken.size}`;
    let name = base;
    for (let next = 2; this.#taken.has(name); next += 1) name = `${base}_${next}`;
    this.#taken.add(name);
    return name;
  }
}
