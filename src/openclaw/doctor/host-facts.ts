/** A host as its files, or its own words, show it. */
export interface HostFacts {
  /** Of the host program; undefined when none was found. */
  readonly version?: string;
  /** Where the program is. */
  readonly program?: string;
  readonly stateDir: string;
  /** The host's configuration, with whatever it may hold; absent when there is none, or it could not be read. */
  readonly config?: unknown;
  /** Why the configuration could not be read. */
  readonly configError?: string;
  /** Folders of plugins that are installed in this host, by plugin id. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** A value in a tree that anybody may have written. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** The texts in a list; none if it is no list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function fields(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
