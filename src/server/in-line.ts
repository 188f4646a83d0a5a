import type { AppServer } from "./app-server.ts";

/** What is asked of each server one at a time, and what waits for that. */
export type Lines = WeakMap<AppServer, Promise<unknown>>;

/**
 * Asks a server when everything that was asked before in the same line is answered, for questions that no turn depends
 * on: old releases work so long for some of them that turns would stand behind.
 * @returns undefined when nobody wanted to know any more when it was its turn
 */
export function inLine<T>(
  lines: Lines,
  server: AppServer,
  isWanted: () => boolean,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  const earlier = lines.get(server) ?? Promise.resolve();
  const asked = earlier.then(() => (isWanted() ? ask() : undefined));
  lines.set(
    server,
    asked.catch(() => undefined),
  );
  return asked;
}
