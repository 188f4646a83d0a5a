/** A length of time, as short as it can be said. */
export function durationText(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 10_000) return `${(us / 1_000).toFixed(2)} ms`;
  if (us < 1_000_000) return `${(us / 1_000).toFixed(us < 100_000 ? 1 : 0)} ms`;
  if (us < 60_000_000) return `${(us / 1_000_000).toFixed(2)} s`;
  const seconds = Math.round(us / 1_000_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** A moment of the recording; all of them are equally long, so that they stand under each other. */
export function momentText(us: number): string {
  const ms = (Math.max(us, 0) / 1_000) % 1_000;
  const seconds = Math.floor(Math.max(us, 0) / 1_000_000);
  const rest = `${two(seconds % 60)}.${String(Math.floor(ms)).padStart(3, "0")}`;
  return seconds < 3_600
    ? `${two(Math.floor(seconds / 60))}:${rest}`
    : `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${rest}`;
}

/** What stands at a tick of the axis. @param stepUs from one tick to the next */
export function tickText(us: number, stepUs: number): string {
  if (us === 0) return "0";
  if (us >= 60_000_000) {
    const seconds = Math.round(us / 1_000_000);
    return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  }
  if (stepUs >= 100_000 || us >= 10_000_000) {
    return `${(us / 1_000_000).toFixed(Math.max(0, Math.ceil(-Math.log10(stepUs / 1_000_000) - 1e-9)))} s`;
  }
  return `${(us / 1_000).toFixed(Math.max(0, Math.ceil(-Math.log10(stepUs / 1_000) - 1e-9)))} ms`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
