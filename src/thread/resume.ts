import { RpcError } from "../wire/errors.ts";
import { call } from "./call.ts";
import type { OpenOptions } from "./open.ts";
import { whenWritable } from "./writer.ts";

/** A server that somebody else runs may have the thread loaded, from a connection that was lost or another client's. */
export async function isLoadedThere(options: OpenOptions, threadId: string): Promise<boolean> {
  if (options.server.process !== undefined) return false;
  try {
    const { thread } = await call(options, "thread/read", { threadId });
    return thread.status.type !== "notLoaded";
  } catch (thrown) {
    if (thrown instanceof RpcError) return false;
    throw thrown;
  }
}

/** Settings of a loaded thread are only read when it is loaded: it is put away first, and taken out again. */
export async function resumeThread(options: OpenOptions, threadId: string, isLoaded: boolean) {
  const { settings } = options;
  const { effort: _, tools: __, ...told } = settings;
  const resume = () =>
    whenWritable(() => call(options, "thread/resume", { threadId, ...told, excludeTurns: true }), options.signal);
  if (isLoaded) {
    options.loaded.delete(threadId);
    await call(options, "thread/archive", { threadId });
    await call(options, "thread/unarchive", { threadId });
    return resume();
  }
  try {
    return await resume();
  } catch (thrown) {
    if (!(thrown instanceof RpcError) || !/is archived/.test(thrown.rpcMessage)) throw thrown;
    await call(options, "thread/unarchive", { threadId });
    return resume();
  }
}
