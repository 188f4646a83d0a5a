import { type BridgeError, toBridgeError } from "../errors.ts";

/** What one check found, for a person and for a program. */
export interface Check {
  readonly id: string;
  /** `failed`: turns will not run like this. `warning`: they will, and something should be done. */
  readonly status: "ok" | "warning" | "failed";
  readonly found: string;
  /** Why it matters. */
  readonly meaning: string;
  /** What to do; present unless the status is `ok`. */
  readonly remedy?: string;
}

export type Finding = Pick<Check, "status" | "found" | "remedy">;

/** Something to look at. It changes nothing that lasts. */
export interface Probe {
  readonly id: string;
  readonly meaning: string;
  /** @param signal aborted shortly before time is up: what is known by then can still be told */
  look(signal: AbortSignal): Promise<Finding>;
}

export interface CheckOptions {
  /** How long one check may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Told whenever the list of what is still being looked at changes. */
  onWaiting?(ids: readonly string[]): void;
}

/** Share of its time after which a check is told to hurry. */
export const hurryAt = 0.8;

export const ok = (found: string): Finding => ({ status: "ok", found });
export const warning = (found: string, remedy: string): Finding => ({ status: "warning", found, remedy });
export const failed = (found: string, remedy: string): Finding => ({ status: "failed", found, remedy });

/** All checks side by side, each within its time; in the order of the probes. None of them throws. */
export async function runChecks(probes: readonly Probe[], options: CheckOptions): Promise<Check[]> {
  const waiting = new Set(probes.map(({ id }) => id));
  options.onWaiting?.([...waiting]);
  return Promise.all(
    probes.map(async (probe) => {
      const finding = await within(probe, options.timeoutMs);
      waiting.delete(probe.id);
      options.onWaiting?.([...waiting]);
      const { id, meaning } = probe;
      const { status, found, remedy } = finding;
      return { id, status, found, meaning, ...(remedy === undefined ? {} : { remedy }) };
    }),
  );
}

/** An error is a finding: its message says what was found, its remedy what to do. */
export function findingOf(thrown: unknown, status: "warning" | "failed" = "failed"): Finding {
  const { message, remedy, code }: BridgeError = toBridgeError(thrown);
  const other = code === "internal" ? "Report it, with this line." : "Look the code up in docs/errors.md.";
  return { status, found: `${code}: ${message}`, remedy: remedy ?? other };
}

async function within({ id, look }: Probe, timeoutMs: number): Promise<Finding> {
  const abort = new AbortController();
  const hurry = setTimeout(() => abort.abort(), timeoutMs * hurryAt);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(
        failed(
          `no answer within ${timeoutMs / 1000} s`,
          `Run it again with more time (--timeout ${Math.ceil(timeoutMs / 500)}); if it stays like this, the file system or the program that ${id} looks at hangs.`,
        ),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([look(abort.signal).catch((thrown: unknown) => findingOf(thrown)), late]);
  } finally {
    clearTimeout(hurry);
    clearTimeout(timer);
  }
}
