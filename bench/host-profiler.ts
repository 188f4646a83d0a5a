/**
 * Loaded into a gateway before anything else (`node --import`): profiles its main thread from the start to the exit, and
 * leaves `$BENCH_PROFILE_DIR/PID.cpuprofile`. Node's own --cpu-prof keeps the host's processes from starting (2026.9.5).
 */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import path from "node:path";
import { isMainThread } from "node:worker_threads";

const folder = process.env.BENCH_PROFILE_DIR;
if (folder && isMainThread) {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  process.once("exit", () => {
    session.post("Profiler.stop", (_, { profile }) =>
      writeFileSync(path.join(folder, `${process.pid}.cpuprofile`), JSON.stringify(profile)),
    );
  });
}
