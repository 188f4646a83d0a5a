import { BridgeError } from "../errors.ts";
import { type Aside, type AsideAnswer, askAside } from "./aside.ts";
import type { AttemptContext } from "./attempt-context.ts";
import { type ModelRouter, routedAside } from "./model-access.ts";
import { ownerOf } from "./session.ts";

/** Asks a question beside its session's thread, on the running server; see `askAside`. */
export async function askInSession(
  context: AttemptContext,
  question: Aside,
  router: ModelRouter | undefined,
): Promise<AsideAnswer> {
  const { store, slot, clocks } = context;
  const bound = question.session && (await store.get(ownerOf(question.session)));
  const known = [question.session?.id, question.session?.predecessorId];
  // Another generation of the session is another conversation.
  if (question.session && (bound?.state !== "active" || !known.includes(bound.sessionId))) {
    throw new BridgeError("session_has_no_thread", "There is no conversation in this session yet.", {
      remedy: "Ask it as an ordinary message.",
    });
  }
  return routedAside(router, question, bound, async (given) => {
    const live = await slot.acquire();
    return askAside(live, given, bound, clocks, () => void slot.retire(live));
  });
}
