/* The files of a recording. Whoever only writes one needs no schema of it. */

/** The format this version writes, and the newest it reads. Older ones are upgraded step by step (upgrade.ts). */
export const formatVersion = 1;

export const manifestFile = "manifest.json";
export const wireFile = "wire.jsonl";
export const payloadFolder = "payloads";
