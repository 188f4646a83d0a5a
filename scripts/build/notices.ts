import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * The licences of the packages in the bundle, which ask to go where their code goes.
 * @param folders of the packages
 * @throws Error naming a package that says nothing of its licence
 */
export async function notices(folders: readonly string[]): Promise<string> {
  const parts = new Map<string, string>();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    const file = (await readdir(folder)).sort().find((each) => /^(licen[cs]e|copying)/i.test(each));
    if (!license) throw new Error(`${name} ${version} does not say its licence.`);
    const text = file ? (await readFile(path.join(folder, file), "utf8")).trim() : "(The package has no licence text.)";
    parts.set(`${name} ${version}`, `${name} ${version}: ${license}\n\n${text}\n`);
  }
  const line = `\n${"-".repeat(80)}\n\n`;
  const head = "The code in this folder contains that of the following packages, under their own licences.\n";
  return [head, ...[...parts.keys()].sort().map((key) => parts.get(key)!)].join(line);
}
