import type { Part } from "../conversation/types.ts";
import { type At, offers } from "./offered.ts";
import type { Program } from "./types.ts";

export type ImageResult =
  | { readonly kind: "image"; readonly parts: readonly Part[] }
  | { readonly kind: "refused"; readonly text: string };

/** A picture of the workspace, as Codex shows it to its model. */
export function* viewImage(at: At, path: string): Program<ImageResult> {
  if (!offers(at.context, "view_image")) return { kind: "refused", text: "pictures cannot be looked at here" };
  const output = yield { kind: "function", name: "view_image", input: { path } };
  const images = output.parts.filter((part) => part.type === "image");
  return images.length > 0 ? { kind: "image", parts: images } : { kind: "refused", text: output.text };
}
