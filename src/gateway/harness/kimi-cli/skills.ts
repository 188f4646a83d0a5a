import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

export interface Skill {
  readonly scope: string;
  readonly name: string;
  readonly path: string;
  readonly description: string;
}

const own = [".kimi/skills", ".claude/skills", ".codex/skills"];

/** Skills of the project and of the user. Of each group of folders the first that is there counts, of each name the first. */
export async function findSkills(cwd: string, home: string): Promise<Skill[]> {
  const groups = [
    { scope: "Project", roots: own.map((name) => path.join(cwd, name)) },
    { scope: "Project", roots: [path.join(cwd, ".agents/skills")] },
    { scope: "User", roots: own.map((name) => path.join(home, name)) },
    { scope: "User", roots: [".config/agents/skills", ".agents/skills"].map((name) => path.join(home, name)) },
  ];
  const skills = new Map<string, Skill>();
  for (const { scope, roots } of groups) {
    for (const root of roots) {
      const names = await readdir(root).catch(() => undefined);
      if (!names) continue;
      for (const name of names.toSorted()) {
        const skill = await readSkill(path.join(root, name, "SKILL.md"), scope, name);
        if (skill && !skills.has(skill.name.toLowerCase())) skills.set(skill.name.toLowerCase(), skill);
      }
      break;
    }
  }
  return [...skills.values()];
}

async function readSkill(file: string, scope: string, folder: string): Promise<Skill | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const matter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? "";
  return {
    scope,
    name: field(matter, "name") ?? folder,
    path: file,
    description: field(matter, "description") ?? "No description.",
  };
}

/** A field of front matter: on one line, or the indented lines after a bar. */
function field(matter: string, name: string): string | undefined {
  const lines = matter.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith(`${name}:`));
  if (at < 0) return undefined;
  const value = lines[at]!.slice(name.length + 1).trim();
  if (!/^[|>][+-]?$/.test(value)) return value.replace(/^(["'])(.*)\1$/, "$2") || undefined;
  const end = lines.findIndex((line, index) => index > at && line !== "" && !/^\s/.test(line));
  const block = lines.slice(at + 1, end < 0 ? undefined : end).map((line) => line.trim());
  return block.join(value.startsWith("|") ? "\n" : " ").trim() || undefined;
}

/** Skills as the prompt lists them. */
export function skillList(skills: readonly Skill[]): string {
  return ["Project", "User"]
    .flatMap((scope) => {
      const some = skills.filter((skill) => skill.scope === scope);
      if (some.length === 0) return [];
      const entries = some.map(
        ({ name, path: place, description }) => `- ${name}\n  - Path: ${place}\n  - Description: ${description}`,
      );
      return [`### ${scope}\n\n${entries.join("\n")}`];
    })
    .join("\n\n");
}
