import path from "node:path";

/** A published CLI, run without a person, against a mock. */
export interface Cli {
  readonly id: string;
  /** The harness that has its shape; also names how its tools are called. */
  readonly harness: string;
  readonly wire: "chat" | "messages";
  readonly package: string;
  readonly version: string;
  readonly model: string;
  /** @param folder where the package was installed @param url of the mock, without a path */
  command(folder: string, url: string, prompt: string): CliCommand;
}

export interface CliCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Joined to PATH and an isolated HOME; nothing else is passed on. */
  readonly env: Readonly<Record<string, string>>;
}

const key = "dummy-key-of-the-capture";

function claude(version: string, bare: boolean): Omit<Cli, "id"> {
  return {
    harness: bare ? "claude-code-bare" : "claude-code",
    wire: "messages",
    package: "@anthropic-ai/claude-code",
    version,
    model: "claude-sonnet-4-6",
    command: (folder, url, prompt) => ({
      file: path.join(
        folder,
        `node_modules/@anthropic-ai/claude-code-${process.platform}-${process.arch}`,
        process.platform === "win32" ? "claude.exe" : "claude",
      ),
      args: [
        ...(bare ? ["--bare"] : []),
        ...["-p", prompt, "--model", "claude-sonnet-4-6", "--allowedTools", "Bash,Read,Edit"],
      ],
      env: {
        ANTHROPIC_BASE_URL: url,
        ANTHROPIC_API_KEY: key,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        DISABLE_TELEMETRY: "1",
        DISABLE_ERROR_REPORTING: "1",
        DISABLE_AUTOUPDATER: "1",
      },
    }),
  };
}

function qwen(version: string): Omit<Cli, "id"> {
  return {
    harness: "qwen-code",
    wire: "chat",
    package: "@qwen-code/qwen-code",
    version,
    model: "qwen3-coder-plus",
    command: (folder, url, prompt) => ({
      file: process.execPath,
      args: [
        path.join(folder, "node_modules/@qwen-code/qwen-code/cli.js"),
        ...["-p", prompt, "-m", "qwen3-coder-plus", "--auth-type", "openai", "--openai-api-key", key],
        ...["--openai-base-url", `${url}/v1`, "--approval-mode", "yolo", "--telemetry", "false"],
      ],
      env: { QWEN_TELEMETRY_ENABLED: "false", DO_NOT_TRACK: "1", QWEN_CODE_DISABLE_AUTO_UPDATE: "1" },
    }),
  };
}

const kimi: Omit<Cli, "id"> = {
  harness: "kimi-code",
  wire: "chat",
  package: "@moonshot-ai/kimi-code",
  version: "2.1.0",
  model: "kimi-k2",
  command: (folder, url, prompt) => ({
    file: process.execPath,
    args: [path.join(folder, "node_modules/@moonshot-ai/kimi-code/dist/main.mjs"), "-p", prompt],
    env: {
      KIMI_MODEL_NAME: "kimi-k2",
      KIMI_MODEL_API_KEY: key,
      KIMI_MODEL_BASE_URL: `${url}/v1`,
      KIMI_MODEL_PROVIDER_TYPE: "kimi",
      KIMI_MODEL_CAPABILITIES: "thinking,image_in",
      KIMI_DISABLE_TELEMETRY: "1",
      KIMI_CODE_NO_AUTO_UPDATE: "1",
      DO_NOT_TRACK: "1",
    },
  }),
};

/** What is captured. The first of a harness is the one the harness has the shape of; later ones show what changed since. */
export const clis: readonly Cli[] = [
  { id: "claude-code", ...claude("2.1.158", false) },
  { id: "claude-code-bare", ...claude("2.1.158", true) },
  { id: "claude-code-2.1.330", ...claude("2.1.330", false) },
  { id: "qwen-code", ...qwen("0.15.10") },
  { id: "qwen-code-0.24.4", ...qwen("0.24.4") },
  { id: "kimi-code", ...kimi },
];
