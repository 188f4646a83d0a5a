import { BridgeError } from "../errors.ts";
import type { ApprovalDecision, RequestHandlers } from "../requests/types.ts";

export const approveModes = ["all", "none", "ask"] as const;
export type ApproveMode = (typeof approveModes)[number];

/** What answers Codex when it asks for leave, with a question, or with a form. */
export type Approver = Required<Pick<RequestHandlers, "approve">> & Pick<RequestHandlers, "answer" | "fillIn">;

export interface AskingOptions {
  /** Before something is asked: what is being printed gets its line end. */
  beforeAsking(): void;
  /** Ctrl-C in a prompt, which the terminal does not turn into a signal while the prompt has it. */
  interrupt(): void;
}

/**
 * The handlers behind `--approve`. Only `ask` answers questions and forms: nobody is there to know their answers otherwise.
 * @throws BridgeError `no_terminal` when somebody is to be asked and cannot be
 */
export async function approver(mode: ApproveMode, options: AskingOptions): Promise<Approver> {
  if (mode !== "ask") {
    const decision: ApprovalDecision = mode === "all" ? "accept" : "decline";
    return { approve: async () => decision };
  }
  // Prompts are printed on stderr: redirected, nobody would see what is being waited for.
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new BridgeError("no_terminal", "There is no terminal to ask on: stdin and stderr must both be one.", {
      remedy: "Run it in a terminal, or decide beforehand with --approve all or --approve none.",
    });
  }
  const { terminalApprover } = await import("./ask.ts");
  return terminalApprover({ ...options, input: process.stdin, output: process.stderr });
}
