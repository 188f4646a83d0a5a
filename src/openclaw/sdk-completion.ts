import type { HostHarness } from "./sdk.ts";

type Isolated = NonNullable<HostHarness["runIsolatedCompletionV2"]>;

/** The host's own way to run a completion it has authorized itself; undefined on hosts that do not lend it. */
export async function loadHostCompletion(): Promise<Isolated | undefined> {
  const { runHostPreparedIsolatedCompletion } = await import("openclaw/plugin-sdk/simple-completion-runtime");
  return runHostPreparedIsolatedCompletion;
}
