import { RpcError } from "../wire/errors.ts";
import { call } from "./call.ts";
import type { LoadedThreads, OpenOptions } from "./open.ts";
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

/** Loaded, but not as any attempt wants it: the next one loads it again, with its own settings. */
export function noteLoaded(loaded: LoadedThreads, threadId: string, cwd: string): void {
  const unknown = { approvalPolicy: "", approvalsReviewer: "", sandbox: "", config: "" };
  loaded.set(threadId, { model: undefined, effort: undefined, cwd, ...unknown });
}

/** Settings of a loaded thread are only read when it is loaded: it is put away first, and taken out again. */
export async function resumeThread(options: OpenOptions, threadId: string, isLoaded: boolean) {
  const { settings, loaded } = options;
  const { effort: _, tools: __, ...told } = settings;
  const resume = async () => {
    // The server loads it whether or not anybody still waits for the answer.
    noteLoaded(loaded, threadId, settings.cwd);
    try {
      const ask = () => call(options, "thread/resume", { threadId, ...told, excludeTurns: true });
      return await whenWritable(ask, options.signal);
    } catch (thrown) {
      if (thrown instanceof RpcError) loaded.delete(threadId);
      throw thrown;
    }
  };
  if (isLoaded) {
    loaded.delete(threadId);
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
