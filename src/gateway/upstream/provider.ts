import type { ModelFacts } from "../harness/types.ts";

export type WireApi = "responses" | "chat" | "messages";

/** A provider ready to be asked: its key is in memory only. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly wireApi: WireApi;
  readonly key?: string;
  readonly models: Readonly<Record<string, ModelFacts>>;
}
