/**
 * `node:util`, for what a start needs of it. An import by name reads every export it has, and some of those open the
 * standard streams: 5 ms of every start, 10 % of what Node itself takes.
 */
export const nodeUtil = (): typeof import("node:util") => process.getBuiltinModule("node:util");
