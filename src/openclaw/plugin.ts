import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
import { register } from "./register.ts";

/** What the host loads. Everything that costs time is imported when the first turn needs it. */
export default definePluginEntry({
  id: "codex-bridge",
  name: "Codex Bridge",
  description: "Runs agent turns on the native Codex app-server.",
  register,
});
