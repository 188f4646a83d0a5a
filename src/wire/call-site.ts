/** The stack of the place where a request was made, so that its failure points there and not into a timer or a read. */
export interface CallSite {
  readonly stack: string;
}

/** Remembers the current stack without the frames of `callee` and below. V8 formats it only when somebody looks. */
export function captureCallSite(callee: (...args: never[]) => unknown): CallSite {
  const site = { stack: "" };
  Error.captureStackTrace(site, callee);
  return site;
}

/** Gives `error` the stack of `site` and returns it. */
export function atCallSite<E extends Error>(error: E, site: CallSite): E {
  const firstFrame = site.stack.indexOf("\n    at ");
  const frames = firstFrame === -1 ? "" : site.stack.slice(firstFrame);
  error.stack = `${error.name}: ${error.message}${frames}`;
  return error;
}
