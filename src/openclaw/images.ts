import { BridgeError } from "../errors.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

/**
 * The pictures of a prompt as data URLs; none for a model that cannot see. Hosts load what was attached, and what the
 * prompt names by path, before they call a harness; attachments still named in `media` are loaded here, by the host's
 * own limits and media policy.
 *
 * @throws BridgeError `media_unreadable` when an attachment cannot be read: an answer without it would look like an
 *   answer to it
 */
export async function promptImages(
  params: HostAttempt,
  host: Pick<HostRuntime, "detectAndLoadAgentHarnessPromptImages" | "resolveAttemptFsWorkspaceOnly">,
): Promise<string[]> {
  const { model, media, images = [], imageOrder } = params;
  if (!(params.modelHasVision ?? model.input.includes("image"))) return [];
  const loaded = media?.length ? await load(params, host) : { images, failedMediaCount: 0 };
  if (loaded.failedMediaCount > 0) {
    throw new BridgeError("media_unreadable", `${loaded.failedMediaCount} attached picture(s) could not be read.`, {
      remedy: "Send it again.",
      facts: { attached: imageOrder?.length ?? loaded.failedMediaCount },
    });
  }
  return loaded.images.map(({ data, mimeType }) => `data:${mimeType};base64,${data}`);
}

function load(
  params: HostAttempt,
  host: Pick<HostRuntime, "detectAndLoadAgentHarnessPromptImages" | "resolveAttemptFsWorkspaceOnly">,
) {
  const { model, sandbox, config, images, imageOrder, media, userTurnTranscriptRecorder: recorder } = params;
  const fs = sandbox?.enabled ? sandbox.fsBridge : undefined;
  return host.detectAndLoadAgentHarnessPromptImages({
    prompt: params.prompt,
    workspaceDir: params.workspaceDir,
    model,
    workspaceOnly: host.resolveAttemptFsWorkspaceOnly({
      ...(config ? { config } : {}),
      sessionAgentId: params.agentId ?? "main",
    }),
    ...(config ? { config } : {}),
    ...(images ? { existingImages: images } : {}),
    ...(imageOrder ? { imageOrder } : {}),
    ...(media ? { media } : {}),
    ...(recorder ? { userTurnTranscriptRecorder: recorder } : {}),
    ...(sandbox && fs ? { sandbox: { root: sandbox.workspaceDir, bridge: fs } } : {}),
  });
}
