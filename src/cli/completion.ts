import { Argument, type Command } from "commander";
import { examples } from "./help.ts";

const shells = ["bash", "zsh", "fish", "powershell"];

/** Registers `completion`, which prints a script for a shell. The script asks `codex-bridge complete` at every Tab. */
export function addCompletion(program: Command): void {
  const command = program
    .command("completion")
    .description("print a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell it is for").choices(shells))
    .action(async (shell: string) => {
      const { default: tab } = await import("@bomb.sh/tab");
      tab.setup(program.name(), program.name(), shell);
    });
  examples(command, [
    ["completion bash >> ~/.bashrc", "from the next shell on; wants the package bash-completion"],
    ["completion zsh >> ~/.zshrc", "after compinit"],
    ["completion fish > ~/.config/fish/completions/codex-bridge.fish", "fish loads it by itself"],
  ]);
}

/** Answers a shell's question. @param args what follows `complete`: `--`, and the words of the line so far */
export async function complete(program: Command, args: readonly string[]): Promise<void> {
  const [{ default: tab }, { listHarnesses }] = await Promise.all([
    import("@bomb.sh/tab/commander"),
    import("../gateway/explain.ts"),
  ]);
  const root = tab(program, { completionCommandName: "completion-script" });
  // The library's own command for scripts is none of ours.
  root.commands.delete("completion-script");
  const harnesses = (tell: (value: string, description: string) => void): void => {
    for (const { id, summary = "" } of listHarnesses()) tell(id, summary);
  };
  root.commands.get("harness show")?.argument("id", harnesses);
  for (const name of ["run", "chat"]) {
    root.commands.get(name)?.option("harness", "ask the model in the shape of this agent CLI", harnesses);
  }
  root.parse(args[0] === "--" ? args.slice(1) : [...args]);
}
