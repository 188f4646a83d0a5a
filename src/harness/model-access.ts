import type { ThreadBinding } from "../thread/binding.ts";
import type { ProviderSettings } from "../thread/open.ts";
import { changedAttempt } from "./changed-attempt.ts";
import { mergedConfig } from "./merged-config.ts";
import type { Attempt, SessionRef } from "./types.ts";

/** Where the model of an attempt is asked, when it is not one that Codex reaches by itself. */
export interface ModelAccess {
  readonly modelProvider: string;
  readonly model: string;
  /** Codex configuration of the thread that makes this provider known. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** @returns undefined when the attempt stays as it is */
export type ModelRouter = (
  attempt: Pick<Attempt, "session" | "model" | "modelProvider" | "cwd" | "effort">,
) => Promise<ModelAccess | undefined>;

/** The attempt as it goes to Codex. What the host configured stands, except where the access needs its own. */
export async function routed(router: ModelRouter | undefined, attempt: Attempt): Promise<Attempt> {
  const access = await router?.(attempt);
  if (!access) return attempt;
  const { modelProvider, model, config } = access;
  return changedAttempt(attempt, { modelProvider, model, config: mergedConfig(attempt.config ?? {}, config) });
}

/** What a bound thread has to be loaded or forked with; nothing when Codex knows its provider by itself. */
export async function providerSettings(
  router: ModelRouter | undefined,
  session: SessionRef,
  { model, modelProvider, cwd }: ThreadBinding,
): Promise<ProviderSettings> {
  const access = await router?.({ session, cwd, ...(model === undefined ? {} : { model }) });
  return access && access.modelProvider === modelProvider ? { modelProvider, config: access.config } : {};
}
