/** Lines that are logged once, however often they come up. */
export class OnceLog {
  readonly #said = new Set<string>();
  readonly #log: (message: string) => void;

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  say(line: string): void {
    if (this.#said.has(line)) return;
    // Should they be many after all, the oldest may come again.
    if (this.#said.size >= 1000) this.#said.delete(this.#said.values().next().value!);
    this.#said.add(line);
    this.#log(line);
  }

  /** Facts that decide together, such as which account runs which model. */
  facts(what: string, facts: Readonly<Record<string, string | undefined>>): void {
    const told = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    this.say(`${what} ${told.join(" ")}`);
  }
}
