import type { ApprovalAsk, ApprovalDecision, RequestHandlers } from "../../requests/types.ts";
import type { ApproveMode } from "../approve.ts";
import { approverAt } from "../ask.ts";
import type { Conversation } from "./conversation.ts";
import { type PanelPlace, panelPrompts } from "./prompts.ts";

export interface AskedInChat {
  readonly mode: ApproveMode;
  readonly place: PanelPlace;
  readonly conversation: Conversation;
  interrupt(): void;
}

const words: Record<ApprovalDecision, string> = {
  accept: "Allowed",
  accept_session: "Allowed, and the same again in this session",
  accept_rule: "Allowed, and whatever begins like this",
  decline: "Declined",
  cancel: "Declined, and the turn stopped",
};

/**
 * Who answers Codex in a chat. Questions and forms always go to the person, who is there; approvals do unless they are
 * decided beforehand. What was decided stays on the screen; what was answered may be a secret, and does not.
 */
export function chatHandlers({
  mode,
  place,
  conversation,
  interrupt,
}: AskedInChat): Required<Pick<RequestHandlers, "approve" | "answer" | "fillIn">> {
  let about: string[] = [];
  const person = approverAt({
    interrupt,
    beforeAsking: () => undefined,
    prompts: async (signal) => {
      about = [];
      return panelPrompts(place, about, signal);
    },
    print: (text) => void about.push(text.replace(/^\n/, "")),
  });
  const withdrawn = (signal: AbortSignal, what: string): boolean => {
    if (signal.aborted) conversation.note("info", `${what} is not needed any more.`);
    return signal.aborted;
  };
  return {
    async approve(ask, signal) {
      if (mode !== "ask") return mode === "all" ? "accept" : "decline";
      const decision = await person.approve(ask, signal);
      if (withdrawn(signal, `The answer to “${ask.title}”`)) return decision;
      const good = decision.startsWith("accept");
      conversation.note(good ? "good" : "warning", `${words[decision]}: ${subjectOf(ask)}`);
      return decision;
    },
    async answer(ask, signal) {
      const answers = await person.answer(ask, signal);
      if (!withdrawn(signal, "An answer"))
        conversation.note("info", answers ? "You answered." : "No answer was given.");
      return answers;
    },
    async fillIn(ask, signal) {
      const answer = await person.fillIn(ask, signal);
      if (!withdrawn(signal, `The form of ${ask.server}`)) {
        conversation.note(
          "info",
          answer.action === "accept" ? `You answered ${ask.server}.` : `You declined ${ask.server}.`,
        );
      }
      return answer;
    },
  };
}

function subjectOf({ title, detail }: ApprovalAsk): string {
  const [first = "", ...more] = detail.split("\n");
  return first === "" ? title : `${first}${more.length > 0 ? " …" : ""}`;
}
