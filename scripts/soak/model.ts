import type { Part } from "../../src/scripted-model/script.ts";
import { startScriptedModel } from "../../src/scripted-model/server.ts";

/* The scripted model of the soak, in a process of its own: what it remembers is not what is measured. */

const usage: Part = { usage: { input: 1000, output: 20 } };
const say = (text: string): Part => ({ say: text, chunkChars: 6, delayMs: 3 });
const steps: Readonly<Record<string, readonly Part[]>> = {
  tool: [{ call: "look_up", args: { word: "heron" } }],
  shell: [say("Running it."), { shell: "echo out; sleep 0.05" }],
  patch: [{ patch: "*** Begin Patch\n*** Add File: soak.txt\n+content\n*** End Patch" }],
  ask: [{ shell: "echo allowed", escalate: "It has to be outside." }],
};

const model = await startScriptedModel({
  script: ({ lastUserText, step }) => {
    const first = step === 0 ? steps[lastUserText.split(" ")[0] ?? ""] : undefined;
    return [
      ...(first ?? [say(`An answer to ${lastUserText}, told in little pieces so that it takes a moment.`)]),
      usage,
    ];
  },
});
process.once("disconnect", () => void model.close());
process.send?.(model.url);
