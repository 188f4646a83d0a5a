/** What a turn runs on, said once for each that is new: which harness, which account, whose Codex. */
export class SelectionLog {
  readonly #said = new Set<string>();
  readonly #log: (message: string) => void;

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  note(facts: Readonly<Record<string, string | undefined>>): void {
    const line = Object.entries(facts)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
      .join(" ");
    if (this.#said.has(line)) return;
    // Models and accounts are few; should they not be, nothing is kept of the oldest.
    if (this.#said.size >= 1000) this.#said.delete(this.#said.values().next().value!);
    this.#said.add(line);
    this.#log(`codex-bridge runs ${line}`);
  }
}
