import type { Command } from "commander";
import { examples, exitCodes, jsonOption } from "./help.ts";

interface Common {
  readonly json?: boolean;
  readonly harnessConfig?: string;
}

/** `codex-bridge harness list|explain|show`: which agent CLI's shape a model would get, and what that is. */
export function addHarness(program: Command, exit: (code: number) => void): void {
  const harness = program.command("harness").description("the shapes in which models behind Codex are asked");
  const list = harness
    .command("list")
    .description("every harness there is")
    .addOption(jsonOption())
    .action(async ({ json }: Common) => {
      const { listHarnesses } = await import("../gateway/explain.ts");
      const lines = listHarnesses();
      if (json) print(lines);
      else
        for (const { id, wire = "-", summary = "not in this build" } of lines)
          say(`${id.padEnd(18)}${wire.padEnd(10)}${summary}`);
    });
  examples(list, [["harness list --json", "for a program"]]);
  const explain = harness
    .command("explain")
    .description("which harness and route a model would get, and why")
    .requiredOption("--model <model>", "the model, as its provider calls it")
    .requiredOption("--provider <id>", "a preset or one of `model_providers`")
    .option("--harness <id>", 'instead of the configured harness; "" asks for the native shape')
    .option("--harness-config <file>", "JSON file with the configuration of harness modes")
    .addOption(jsonOption())
    .action(async (options: Common & { model: string; provider: string; harness?: string }) => {
      const { explain: explained } = await import("../gateway/explain.ts");
      const { readHarnessConfig } = await import("./harness-config.ts");
      const { json, harnessConfig, ...query } = options;
      const told = explained(await readHarnessConfig(harnessConfig), query, process.env);
      if (told.error) exit(1);
      if (json) return print(told);
      const { provider, error } = told;
      say(`${told.model} on ${provider.name} (${provider.base_url}, ${provider.wire_api}, key ${provider.key})`);
      if (error) return say(`refused: ${error.message}. ${error.remedy ?? ""}`);
      say(`${told.transport}${told.harness === undefined ? "" : ` ${told.harness}`}: ${told.reason}`);
      if (told.warning !== undefined) say(`note: ${told.warning}`);
    });
  examples(explain, [["harness explain --model kimi-k2 --provider moonshot", "which one, over which API, and why"]]);
  exitCodes(explain, "0 the model can be asked like this, 1 it cannot, and the reason is told.");
  const show = harness
    .command("show")
    .description("the tools and the prompt a harness would send")
    .argument("<id>", "one of `harness list`")
    .option("--model <model>", "the model it would be sent for", "example-model")
    .addOption(jsonOption())
    .action(async (id: string, { json, model }: Common & { model: string }) => {
      const { showHarness } = await import("../gateway/explain.ts");
      const { tools, body } = showHarness(id, process.cwd(), model);
      if (json) print({ id, tools, body });
      else say(`tools: ${tools.join(", ")}\n\n${JSON.stringify(body, undefined, 2)}`);
    });
  examples(show, [["harness show qwen-code", "the prompt and the tools it would send"]]);
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
