import { setTimeout as sleep } from "node:timers/promises";
import type { HostTurn } from "../../../src/host/embedded-host.ts";
import type { HostTool } from "../../../src/requests/types.ts";
import type { Part } from "../../../src/scripted-model/script.ts";
import type { ModelRequest } from "../../../src/scripted-model/server.ts";
import type { Fault, FaultContext } from "../fault.ts";
import type { Rule } from "../rules.ts";
import { inPieces } from "../run-fault.ts";

/* What turns of the faults are made of. */

export const done: Part[] = [{ say: "That is done.", phase: "final_answer" }];

/** A turn of several steps; after the last it says that it is done. */
export const steps =
  (...parts: readonly (readonly Part[])[]) =>
  ({ step }: ModelRequest): readonly Part[] =>
    parts[step] ?? done;

export const shell = (command: string): Pick<Fault, "model"> => ({
  model: steps([
    { say: "Running it.", phase: "commentary" },
    { shell: command, yieldMs: 20_000 },
  ]),
});

export const patches: Pick<Fault, "model"> = {
  model: steps([{ patch: "*** Begin Patch\n*** Add File: new.txt\n+content\n*** End Patch" }]),
};

/** A command that Codex may only run when a person agrees. */
export const asksFirst = (approve: NonNullable<HostTurn["approve"]>): Pick<Fault, "model" | "host"> => ({
  model: steps([{ shell: "touch allowed.txt", escalate: "It has to be outside." }]),
  host: () => ({ approvalPolicy: "on-request", sandbox: "workspace-write", approve }),
});

/** A host tool that the model calls in the turn. */
export const callsTool = (
  execute: (context: FaultContext, call: Parameters<HostTool["execute"]>[1]) => Promise<string> | string,
  more: Partial<HostTool> = {},
): Pick<Fault, "model" | "host"> => ({
  model: steps([{ call: "look_up", args: { word: "wren" } }]),
  host: (context) => ({
    tools: [
      {
        name: "look_up",
        description: "Looks a word up.",
        inputSchema: { type: "object", properties: { word: { type: "string" } } },
        execute: (_, call) => {
          context.notes.set("calls", callsOf(context) + 1);
          return execute(context, call);
        },
        ...more,
      },
    ],
  }),
});

export const callsOf = ({ notes }: FaultContext): number => Number(notes.get("calls") ?? 0);

/** Waits until a rule was applied: the conversation is at its place. */
async function reached({ stand }: FaultContext, rule: Rule): Promise<void> {
  while (stand.applied(rule) === 0) await sleep(5);
}

/** Aborts the turn once the conversation is at this rule's place. */
export function abortsAt(rule: Rule, more: Partial<HostTurn> = {}): NonNullable<Fault["turn"]> {
  return (context) => {
    void reached(context, rule).then(() => context.abort.abort());
    return more;
  };
}

export const never = (): Promise<never> => new Promise(() => undefined);
export { inPieces, sleep };
