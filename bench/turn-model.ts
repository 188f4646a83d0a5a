/** The scripted model of bench/turn.ts, in its own process so that its CPU is nobody's. Ends with its parent. */
import type { Part } from "../src/scripted-model/script.ts";
import { startScriptedModel } from "../src/scripted-model/server.ts";

export const DELTAS = 2000;
/** Of bench/flood.ts: seconds of words at the speed of the server. */
export const FLOOD_DELTAS = 150_000;

/** Prompts and what they are answered with. A fixed usage keeps Codex from compacting a long run. */
export const ANSWERS = {
  short: [{ say: "hello", phase: "final_answer" }, { usage: { input: 1000, output: 10 } }],
  deltas: [{ deltas: DELTAS, text: "word " }, { usage: { input: 1000, output: 10 } }],
} satisfies Record<string, Part[]>;

if (process.send) {
  const flood: Part[] = [{ deltas: FLOOD_DELTAS, text: "word " }, { usage: { input: 1000, output: 10 } }];
  const answers: Readonly<Record<string, Part[]>> = { ...ANSWERS, flood };
  const model = await startScriptedModel({ script: ({ lastUserText }) => answers[lastUserText] ?? ANSWERS.short });
  process.once("disconnect", () => void model.close());
  process.send(model.url);
}
