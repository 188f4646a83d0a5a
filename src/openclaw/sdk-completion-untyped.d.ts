/** Exported by the host's package.json, but its declaration file is left out of the npm package (2026.9.6). */
declare module "openclaw/plugin-sdk/simple-completion-runtime" {
  export const runHostPreparedIsolatedCompletion: import("./sdk.ts").HostHarness["runIsolatedCompletionV2"] | undefined;
}
