import { createHash } from "node:crypto";

const maxNameChars = 120;

/** The folder name for an agent, one per id: none is another folder, or too long for a file system. */
export function agentHomeName(agentId: string): string {
  const name = encodeURIComponent(agentId.toWellFormed()).replace(/^\.{1,2}$/, (dots) => "%2E".repeat(dots.length));
  if (name === "") return "%";
  if (name.length <= maxNameChars) return name;
  return `${name.slice(0, 80)}%${createHash("sha256").update(agentId).digest("hex").slice(0, 32)}`;
}
