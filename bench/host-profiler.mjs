/**
 * Loaded into a gateway before anything else (`node --import`): profiles its main thread from when `$BENCH_PROFILE_DIR/start`
 * is there to the exit, and leaves `PID.cpuprofile` beside it. Not from the start: while its locks of SQLite files are
 * taken under a profiler, the host takes itself for another and gives up (2026.9.5; Node's --cpu-prof does it, too).
 */
import { isMainThread } from "node:worker_threads";

const folder = process.env.BENCH_PROFILE_DIR;
if (folder && isMainThread) {
  const { Session } = await import("node:inspector");
  const { existsSync, writeFileSync } = await import("node:fs");
  const look = setInterval(() => {
    if (!existsSync(`${folder}/start`)) return;
    clearInterval(look);
    const session = new Session();
    session.connect();
    session.post("Profiler.enable");
    session.post("Profiler.start");
    process.once("exit", () => {
      session.post("Profiler.stop", (_, { profile }) =>
        writeFileSync(`${folder}/${process.pid}.cpuprofile`, JSON.stringify(profile)),
      );
    });
  }, 100);
  look.unref();
}
