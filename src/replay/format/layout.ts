/* The files of a recording. */

export const manifestFile = "manifest.json";
export const wireFile = "wire.jsonl";
export const payloadFolder = "payloads";
