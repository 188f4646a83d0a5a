import { BridgeError, toBridgeError } from "../../errors.ts";
import { hostOf } from "../../library/embedded-host.ts";
import { redactSecrets, redactValue } from "../../redact.ts";
import { settlesWithin } from "../../server/child-process.ts";
import { logger } from "../log.ts";
import { exitUnrecorded, recordingFor, showSaved } from "../record.ts";
import { reportError } from "../run.ts";
import { terminalFor } from "../terminal.ts";
import { setUpTurns, stateDirOf, type TurnOptions, turnBasics } from "../turn-setup.ts";
import { Conversation } from "./conversation.ts";
import { farewell } from "./farewell.ts";
import { chatRecorder } from "./recording.ts";
import { ChatSession } from "./session.ts";
import { takeOver } from "./take-over.ts";
import { themeFor } from "./theme.ts";

/** So long a turn may take to end when the person leaves, and then the server. */
const partingMs = 8_000;

/**
 * `codex-bridge chat`: a session at the terminal, in the embedded host.
 * @param prompt what the first turn is begun with
 * @returns the exit code: 0 when the person left, 3 when the recording that was asked for is not there
 * @throws BridgeError `no_terminal`, and what keeps turns from being run at all
 */
export async function chat(prompt: string | undefined, options: TurnOptions): Promise<number> {
  requireTerminal();
  const basics = await turnBasics(options);
  const whole = options.record === undefined ? undefined : await recordingFor(options, "chat");
  const stateDir = stateDirOf(options);
  const conversation: Conversation = new Conversation(() => session?.changed());
  const setup = await setUpTurns(options, logInto(conversation));
  const recorder = chatRecorder(stateDir, options, whole);
  const host = hostOf({ ...setup, harness: { ...setup.harness, recorder } });
  const theme = themeFor(terminalFor(process.stdout, { ...process.env, CI: undefined }).colour);
  const session = new ChatSession({
    host,
    conversation,
    basics,
    recorder,
    stateDir,
    theme,
    defaultModel: setup.model,
    options,
  });
  const giveBack = takeOver({
    restore: () => session.stop(),
    leave: (code) => session.leave(code),
    stray: (text) => conversation.note("info", redactSecrets(text)),
    crashed(error) {
      session.stop();
      giveBack();
      reportError(toBridgeError(error));
      // What the servers are ended by when a process ends.
      process.exit(1);
    },
  });
  let code: number;
  try {
    await session.start(prompt);
    code = await session.left;
    await session.settle(partingMs);
  } finally {
    session.stop();
    giveBack();
  }
  const gone = await settlesWithin(host.dispose(), partingMs);
  if (conversation.said) process.stdout.write(`${farewell(session.key, options.state)}\n`);
  if (whole && (await showSaved(whole)).saved === false && code === 0) code = exitUnrecorded;
  // What does not end by itself is ended with us.
  if (!gone) process.exit(code);
  return code;
}

function requireTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== "dumb") return;
  throw new BridgeError(
    "no_terminal",
    "A chat needs a terminal: stdin and stdout must both be one, and not a dumb one.",
    {
      remedy: 'Run it in a terminal, or run one turn with `codex-bridge run "…"`.',
    },
  );
}

/** What would be printed as a log line is worth a word, where it would go through the middle of the screen. */
function logInto(conversation: Conversation): ReturnType<typeof logger> {
  if (!process.stderr.isTTY) return logger(process.env);
  return (severity, message, facts = {}) => {
    if (severity !== "warn" && severity !== "error") return;
    const known = Object.entries(redactValue(facts) as object).map(([name, value]) => `${name}: ${String(value)}`);
    const more = known.length > 0 ? ` (${known.join(", ")})` : "";
    conversation.note(severity === "error" ? "error" : "warning", redactSecrets(message) + more);
  };
}
