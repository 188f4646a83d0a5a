/** Signals one process. One that is gone, or belongs to somebody else, is passed over. */
export function signalProcess(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  // 0 and below mean groups and everybody.
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw thrown;
  }
}
