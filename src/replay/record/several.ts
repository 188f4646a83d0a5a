import type { HarnessRecorder } from "../../harness/recorder.ts";

/** One recorder that tells several: the same session, recorded in different ways. */
export function several(...recorders: readonly HarnessRecorder[]): HarnessRecorder {
  return {
    spawned(args, origin) {
      const all = recorders.map((recorder) => recorder.spawned(args, origin));
      return {
        line: (direction, line) => all.forEach((each) => void each.line(direction, line)),
        ready: (info) => all.forEach((each) => void each.ready(info)),
        closing: () => all.forEach((each) => void each.closing()),
        exited: (exit, stderr) => all.forEach((each) => void each.exited(exit, stderr)),
      };
    },
    host: (event, sha256) => recorders.forEach((recorder) => void recorder.host(event, sha256)),
    over: (event) => recorders.forEach((recorder) => void recorder.over?.(event)),
    async close() {
      await Promise.all(recorders.map((recorder) => recorder.close()));
    },
  };
}
