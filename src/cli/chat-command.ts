import type { Command } from "commander";
import { examples, exitCodes } from "./help.ts";
import { promptAndScript } from "./prompt.ts";
import { addTurnOptions } from "./turn-options.ts";
import type { TurnOptions } from "./turn-setup.ts";

/** Registers `chat`. @param done told the exit code */
export function addChat(program: Command, done: (exitCode: number) => void): void {
  const command = program
    .command("chat")
    .description("talk to Codex in this terminal: answers as they are written, approvals and questions as they come")
    .argument("[prompt]", "what the first turn is begun with");
  addTurnOptions(command, {
    session: "go on with this session; without it a new one begins",
    approve: "who is asked before Codex leaves its sandbox: you (ask, the default), or nobody (all, none)",
  });
  command.action(async (given: string | undefined, options: TurnOptions) => {
    const { prompt, scripted } = promptAndScript(given, options.scripted);
    const { chat } = await import("./chat/chat.ts");
    done(await chat(prompt, { ...options, ...(scripted === undefined ? {} : { scripted }) }));
  });
  examples(command, [
    ["chat", "a new session in this folder"],
    ['chat "what is this project?"', "which begins with a prompt"],
    ["chat --session work", "goes on with the session `work`, and shows what was said"],
    ["chat --scripted", "no credentials, no network"],
    ["chat --provider moonshot --model kimi-k2", "a model that Codex does not speak to"],
  ]);
  command.addHelpText("after", "\n/help in the chat lists its commands and keys.");
  exitCodes(command, "0 you left, 1 it could not begin, 2 wrong usage, 3 you left, but the recording was not saved.");
}
