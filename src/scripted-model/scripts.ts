import { echoParts, playFile } from "./play.ts";
import { inputItems, type ModelRequest, userTexts } from "./request.ts";
import type { Part, ScriptFile, ScriptFunction } from "./script.ts";

/** Answers every prompt with a short message that mentions it. */
export const defaultScript: ScriptFunction = echoParts;

/** The file the first turn of the demo creates. */
export const DEMO_FILE = "hello-from-codex.txt";

const firstTurn: ScriptFile = {
  turns: [
    {
      steps: [
        [
          { think: "**Looking around**\n\nI will list the files, then leave a small one behind." },
          { say: "Let me see what is in this folder.", phase: "commentary" },
          { shell: "ls -1" },
        ],
        [
          { say: "Now I will add a small file.", phase: "commentary" },
          {
            patch: `*** Begin Patch
*** Add File: ${DEMO_FILE}
+Hello! A scripted model asked Codex to write this file.
+No credentials were used and nothing left this machine.
*** End Patch`,
          },
        ],
        [{ say: `Done: I listed the folder and created ${DEMO_FILE}.`, phase: "final_answer" }],
      ],
    },
  ],
};

/**
 * Two turns: the first thinks, comments, runs a command, writes a file and answers; a later prompt that asks what was
 * done before is answered from the history in the request, which proves that the thread was carried on.
 */
export const demoScript: ScriptFunction = (request) =>
  asksAboutBefore(request.lastUserText) ? recallParts(request) : playFile(firstTurn, request);

function asksAboutBefore(text: string): boolean {
  return /\b(before|earlier|previous(ly)?|remember|recall|so far|just (do|did)|what did|did you|have you done)\b/i.test(
    text,
  );
}

function recallParts(request: ModelRequest): Part[] {
  const prompts = userTexts(request.body).slice(0, -1);
  const first = prompts[0];
  if (first === undefined) {
    return [{ say: "I cannot tell: the earlier conversation is missing from this request.", phase: "final_answer" }];
  }
  const calls = inputItems(request.body).filter((item) => item.type?.endsWith("_call"));
  // Only the model's own calls count: the question may name the file as well.
  const wrote = JSON.stringify(calls).includes(DEMO_FILE);
  const facts = [
    `Yes, I have our conversation: ${count(prompts.length, "earlier message")} from you`,
    `and ${count(calls.length, "tool call")} from me.`,
    `You began with "${first.trim().slice(0, 80).toWellFormed()}".`,
    wrote ? `I created ${DEMO_FILE}.` : "I did not create a file.",
  ];
  return [{ say: facts.join(" "), phase: "final_answer" }];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
