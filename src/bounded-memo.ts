/**
 * Remembers what was made of texts, the ones used last. For what is the same in every turn and costs much to make anew: a
 * text, other than an object, cannot change behind its name.
 */
export function boundedMemo<T>(make: (text: string) => T, most: number): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) {
      // Used again: it becomes the newest.
      known.delete(text);
      known.set(text, found as T);
      return found as T;
    }
    const made = make(text);
    known.set(text, made);
    if (known.size > most) known.delete(known.keys().next().value!);
    return made;
  };
}
