import { randomUUID } from "node:crypto";
import type { ThreadBinding } from "../thread/binding.ts";
import type { ProviderSettings } from "../thread/open.ts";
import type { Aside, AsideAnswer } from "./aside.ts";
import { changedAttempt } from "./changed-attempt.ts";
import { mergedConfig } from "./merged-config.ts";
import type { Attempt, SessionRef } from "./types.ts";

/** Where the model of an attempt is asked, when it is not one that Codex reaches by itself. */
export interface ModelAccess {
  readonly modelProvider: string;
  readonly model: string;
  /** Codex configuration of the thread that makes this provider known. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The model is asked with a prompt of the access's own: Codex's base instructions are not told. */
  readonly ownPrompt?: boolean;
  /** Called when nothing will be asked through this access any more, where that is known. */
  release?(): void;
}

/** @returns undefined when the attempt stays as it is */
export type ModelRouter = (
  attempt: Pick<Attempt, "session" | "model" | "modelProvider" | "cwd" | "effort"> & {
    /** One question without a conversation, with instructions of its own. */
    readonly single?: true;
  },
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
  const access = await router?.({
    session,
    cwd,
    ...(model === undefined ? {} : { model }),
    ...(modelProvider === undefined ? {} : { modelProvider }),
  });
  return access && access.modelProvider === modelProvider ? { modelProvider, config: access.config } : {};
}

/**
 * Asks a question on the side through an access of its own: a turn that runs in the session at the same time keeps its
 * provider and its shape, whatever model the question names.
 */
export async function routedAside(
  router: ModelRouter | undefined,
  question: Aside,
  bound: ThreadBinding | undefined,
  ask: (question: Aside) => Promise<AsideAnswer>,
): Promise<AsideAnswer> {
  const { session, cwd, effort } = question;
  // A question that names none is asked where its conversation is.
  const model = question.model ?? bound?.model;
  const modelProvider = question.modelProvider ?? bound?.modelProvider;
  const beside = `aside ${randomUUID()}`;
  const access = await router?.({
    session: { ...session, key: beside, id: session?.id ?? beside },
    cwd,
    ...(model === undefined ? {} : { model }),
    ...(modelProvider === undefined ? {} : { modelProvider }),
    ...(effort === undefined ? {} : { effort }),
    ...(session ? {} : { single: true }),
  });
  if (!access) return ask(question);
  try {
    const { model: told, modelProvider: provider, config, ownPrompt = false } = access;
    const answer = await ask({ ...question, model: told, modelProvider: provider, config, ownPrompt });
    // Whoever asks knows its model by another name than Codex.
    return answer.model === told && question.model !== undefined ? { ...answer, model: question.model } : answer;
  } finally {
    access.release?.();
  }
}
