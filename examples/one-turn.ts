/*
 * One turn on the native Codex app-server, without OpenClaw:
 *
 *   node examples/one-turn.ts "hello"
 *
 * The scripted model on loopback answers, so it needs neither an account nor the network. Without `scripted`, the model
 * is asked with `login: { type: "apiKey", apiKey }`, or with the account of `codex login`.
 */
import path from "node:path";
import { BridgeError, createEmbeddedHost } from "openclaw-codex-bridge";

// Not the system's temporary folder: Codex refuses to work from there.
const host = await createEmbeddedHost({ stateDir: path.resolve(".state"), scripted: true });
try {
  const result = await host.runTurn({
    sessionKey: "one-turn",
    prompt: process.argv[2] ?? "hello",
    cwd: process.cwd(),
    // Words as they come; the result has all of them.
    observer: { onPartialReply: ({ delta }) => void process.stdout.write(delta) },
  });
  process.stdout.write("\n");
  const { outcome, thread, server } = result;
  console.log(`${outcome.kind} on Codex ${server.version}, thread ${thread.resumed ? "resumed" : "new"}`);
  // A failed turn is a result. Its error says what to do.
  if ("error" in outcome) console.error(outcome.error.message, outcome.error.remedy ?? "");
  process.exitCode = result.ok ? 0 : 1;
} catch (thrown) {
  // What keeps a turn from beginning is thrown: no Codex, one that is too old, a session that runs elsewhere.
  if (!(thrown instanceof BridgeError)) throw thrown;
  console.error(`${thrown.code}: ${thrown.message} ${thrown.remedy ?? ""}`);
  process.exitCode = 1;
} finally {
  await host.dispose();
}
