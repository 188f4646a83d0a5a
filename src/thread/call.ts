import type { MethodName, ParamsOf, ResultOf } from "../protocol/methods.ts";
import type { OpenOptions } from "./open.ts";
import { throwNamed } from "./refusals.ts";

/** A request that is part of opening a thread: within its time, and refused by name. */
export function call<M extends MethodName>(options: OpenOptions, method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
  const limits = {
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.signal ? { signal: options.signal } : {}),
  };
  return options.server.call(method, params, limits).catch(throwNamed);
}
