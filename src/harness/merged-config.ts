type Config = Readonly<Record<string, unknown>>;

/** Two Codex configurations as one: tables are merged, and of two values that of `high` stands. */
export function mergedConfig(low: Config, high: Config): Record<string, unknown> {
  const all: Record<string, unknown> = { ...low };
  for (const [key, value] of Object.entries(high)) {
    const below = all[key];
    all[key] = isTable(below) && isTable(value) ? mergedConfig(below, value) : value;
  }
  return all;
}

function isTable(value: unknown): value is Config {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
