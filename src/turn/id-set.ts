/**
 * An immutable set of ids for reducer state: adding copies at most one small block, so a turn with ten thousand items
 * stays linear in time and memory.
 */
export interface IdSet {
  readonly blocks: readonly ReadonlySet<string>[];
}

const blockSize = 128;

export const emptyIdSet: IdSet = { blocks: [] };

export function hasId(set: IdSet, id: string): boolean {
  return set.blocks.some((block) => block.has(id));
}

export function addId(set: IdSet, id: string): IdSet {
  const last = set.blocks.at(-1);
  if (!last || last.size >= blockSize) return { blocks: [...set.blocks, new Set([id])] };
  return { blocks: [...set.blocks.slice(0, -1), new Set(last).add(id)] };
}
