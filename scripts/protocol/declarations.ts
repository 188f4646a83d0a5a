import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/*
 * One declaration file out of the folder `codex app-server generate-ts` writes: a file per type, imports between them, and
 * the same name now and then in the root and in `v2/`.
 */

/** One generated file: the type it is named after, and the names it imports with the files they come from. */
interface GeneratedType {
  readonly key: string;
  readonly name: string;
  readonly body: string;
  readonly imports: ReadonlyMap<string, string>;
}

const importLine = /^import type \{ (\w+) \} from "([^"]+)";$/gm;

/**
 * Joins the generated types into one module without imports, sorted by name. A name of the root folder that `v2/` has too
 * gets the prefix `Root`, unless both say the same.
 * @throws Error when a file is not of the form this was written for, or a prefixed name is taken
 */
export function joinDeclarations(folder: string): string {
  const types = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && path.posix.basename(file) !== "index.ts")
    .map((file) => readGenerated(folder, file));
  const names = chooseNames(types);
  const declarations = new Map<string, string>();
  for (const type of types) {
    const name = names.get(type.key) ?? type.name;
    const body = rename(type, names);
    const other = declarations.get(name);
    if (other !== undefined && other !== body) throw new Error(`Two generated types would be called ${name}.`);
    declarations.set(name, body);
  }
  return [...declarations]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, body]) => body)
    .join("\n\n")
    .concat("\n");
}

function readGenerated(folder: string, file: string): GeneratedType {
  const text = readFileSync(path.join(folder, file), "utf8").replaceAll("\r\n", "\n");
  const imports = new Map<string, string>();
  for (const [, name = "", from = ""] of text.matchAll(importLine)) {
    imports.set(name, path.posix.join(path.posix.dirname(file), from));
  }
  const body = text
    .replaceAll(importLine, "")
    .replaceAll(/^\/\/.*$/gm, "")
    .replaceAll(/[ \t]+$/gm, "")
    .trim();
  const name = path.posix.basename(file, ".ts");
  if (/^(?:import|export \*)/m.test(body) || !new RegExp(`^export type ${name}\\b`, "m").test(body)) {
    throw new Error(`Expected ${file} to export the type ${name} and to import one name per line.`);
  }
  return { key: file.replace(/\.ts$/, ""), name, body, imports };
}

/** The name of each generated file's type; only those that change are mentioned. */
function chooseNames(types: readonly GeneratedType[]): Map<string, string> {
  const byName = Map.groupBy(types, (type) => type.name);
  const renamed = new Map<string, string>();
  for (const [name, same] of byName) {
    if (new Set(same.map(({ body }) => body)).size < 2) continue;
    for (const { key } of same) if (!key.includes("/")) renamed.set(key, `Root${name}`);
  }
  for (const name of renamed.values()) {
    if (byName.has(name)) throw new Error(`${name} is a generated type already; choose another prefix.`);
  }
  return renamed;
}

/** The body with the chosen names, comments and strings untouched. */
function rename(type: GeneratedType, names: ReadonlyMap<string, string>): string {
  const local = new Map([...type.imports].map(([name, from]) => [name, names.get(from)]));
  local.set(type.name, names.get(type.key));
  return type.body.replaceAll(
    /"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|\b[A-Za-z_]\w*\b/g,
    (token) => local.get(token) ?? token,
  );
}
