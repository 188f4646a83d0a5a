/** Exported by the host's package.json, but its declaration file is left out of the npm package (2026.9.6). */
declare module "openclaw/plugin-sdk/session-transcript-runtime" {
  export const withSessionTranscriptWriteLock: import("./sdk.ts").HostTranscripts["withSessionTranscriptWriteLock"];
  export const publishSessionTranscriptUpdateByIdentity: import("./sdk.ts").HostTranscripts["publishSessionTranscriptUpdateByIdentity"];
}
