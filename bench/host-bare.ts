/** What a Codex sends to its model by itself: no host, no tools but its own, no instructions but its own. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type ModelRequest, startScriptedModel } from "../src/scripted-model/server.ts";
import { startRawDriver } from "./raw-driver.ts";

/** @param overrides configuration (TOML lines) that points a Codex at the model of this address */
export async function bareRequest(
  binary: string,
  cwd: string,
  overrides: (url: string) => readonly string[],
): Promise<ModelRequest> {
  const cache = path.join(import.meta.dirname, "../node_modules/.cache/codex-bridge");
  await mkdir(cache, { recursive: true });
  const codexHome = await mkdtemp(path.join(cache, "bench-bare-"));
  const model = await startScriptedModel();
  try {
    await writeFile(path.join(codexHome, "config.toml"), `${overrides(model.url).join("\n")}\n`);
    const driver = await startRawDriver({ binary, codexHome, cwd });
    try {
      const threadId = await driver.startThread({
        model: "gpt-5.5",
        modelProvider: "scripted",
        approvalPolicy: "never",
        sandbox: "danger-full-access",
      });
      await driver.runTurn(threadId, "turn 0");
    } finally {
      await driver.close();
    }
    const [request] = model.requests;
    if (!request) throw new Error("no model request came");
    return request;
  } finally {
    await model.close();
    await rm(codexHome, { recursive: true, force: true, maxRetries: 5 });
  }
}
