import { z } from "zod";

const process = z.object({ pid: z.int().positive(), started: z.number() });
const entry = z.object({
  v: z.literal(1),
  /** Also the marker in the environment of everything the server starts. */
  id: z.string().regex(/^[\w-]{8,64}$/),
  server: process.extend({ group: z.int(), digest: z.string().regex(/^\d+:[0-9a-f]{64}$/) }),
  owner: process,
  place: z.object({ host: z.string(), boot: z.string(), namespace: z.string() }),
  /** When the server was last known to live, in the unit of `started`. */
  seen: z.number(),
  startedAtMs: z.number(),
  binary: z.string(),
  home: z.string().optional(),
  version: z.string().optional(),
  threads: z.number().optional(),
  turns: z.number().optional(),
});
/** Newer bridges may write other entries: those are theirs to judge. */
const newer = z.object({ v: z.number().gt(1) });

/** A server that somebody on this state folder started, and that may still be there. */
export type LedgerEntry = z.output<typeof entry>;

/** @returns `newer` for an entry of a newer bridge; undefined for what is none */
export function parseEntry(text: string): LedgerEntry | "newer" | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const known = entry.safeParse(value);
  if (known.success) return known.data;
  return newer.safeParse(value).success ? "newer" : undefined;
}
