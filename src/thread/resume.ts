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

/**
 * Asks the server to load a thread, and takes it for loaded unless the server refuses: it loads it whether or not anybody
 * still waits for the answer.
 */
export async function loading<T>(
  loaded: LoadedThreads,
  { threadId, cwd }: { readonly threadId: string; readonly cwd: string },
  ask: () => Promise<T>,
): Promise<T> {
  noteLoaded(loaded, threadId, cwd);
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof RpcError) loaded.delete(threadId);
    throw thrown;
  }
}

/** Settings of a loaded thread are only read when it is loaded: it is put away first, and taken out again. */
export async function resumeThread(options: OpenOptions, threadId: string, isLoaded: boolean) {
  const { settings, loaded } = options;
  const { effort: _, tools: __, ...told } = settings;
  const ask = () => call(options, "thread/resume", { threadId, ...told, excludeTurns: true });
  const resume = () => loading(loaded, { threadId, cwd: settings.cwd }, () => whenWritable(ask, options.signal));
  if (isLoaded) {
    loaded.delete(threadId);
    await call(options, "thread/archive", { threadId });
    await call(options, "thread/unarchive", { threadId });
    return resume();
  }
  return orTakenOut(resume, () => call(options, "thread/unarchive", { threadId }));
}

/** Loads a thread that may be put away: by a person, or by a turn that was given up on its way to other settings. */
export async function orTakenOut<T>(load: () => Promise<T>, unarchive: () => Promise<unknown>): Promise<T> {
  try {
    return await load();
  } catch (thrown) {
    if (!(thrown instanceof RpcError) || !/is archived/.test(thrown.rpcMessage)) throw thrown;
    await unarchive();
    return load();
  }
}
