import { type Command, InvalidArgumentError } from "commander";
import { examples, exitCodes, jsonOption } from "./help.ts";

/** Registers `doctor`. @param done told the exit code */
export function addDoctor(program: Command, done: (exitCode: number) => void): void {
  const command = program
    .command("doctor")
    .description("check everything a turn needs, and say what to do about what is wrong; changes nothing")
    .addOption(jsonOption())
    .option("--state <dir>", "state folder (default: the plugin's if a host has it, otherwise that of `run`)")
    .option("--codex <path>", "Codex executable to check instead of the managed one")
    .option("--connect <url>", "check a running app-server: unix:///PATH, ws://127.0.0.1:PORT, or wss://HOST")
    .option("--token-file <file>", "file (mode 600) with the capability token for --connect")
    .option("--shared-secret-file <file>", "file (mode 600) with the secret that signs tokens for --connect")
    .option("--token-issuer <name>", "issuer of signed tokens")
    .option("--token-audience <name>", "audience of signed tokens")
    .option("--record <dir>", "folder of recordings (default: that of the plugin)")
    .option("--harness-config <file>", "JSON file with the configuration of harness modes")
    .option("--host <dir>", "state folder of the OpenClaw host (default: $OPENCLAW_STATE_DIR, ~/.openclaw)")
    .option("--no-host", "look at no OpenClaw host")
    .option("--timeout <seconds>", "how long one check may take", seconds, 30)
    .action(async (options: import("./doctor.ts").DoctorOptions) => {
      const { doctor } = await import("./doctor.ts");
      done(await doctor(options));
    });
  examples(command, [
    ["doctor", "what is missing here"],
    ["doctor --json", '{"checks":[{"id","status","found","meaning","remedy"?}]}'],
    ["doctor --codex /opt/codex/bin/codex", "whether this executable would do"],
    ["doctor --host /srv/openclaw", "the plugin in this host"],
  ]);
  exitCodes(command, "0 nothing failed (there may be warnings), 1 something did, 2 wrong usage.");
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > 3600)
    throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return value;
}
