/** For how many sessions something is kept in memory. */
const rememberedSessions = 500;

/** Keeps something, of those used last. */
export function remember<T>(memory: Map<string, T>, key: string, value: T, atMost = rememberedSessions): void {
  memory.delete(key);
  memory.set(key, value);
  if (memory.size > atMost) memory.delete(memory.keys().next().value!);
}
