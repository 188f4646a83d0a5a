import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pages } from "./docs/pages.ts";

/*
 * Writes the pages of docs/ that are made from code: node scripts/docs.ts
 * test/docs fails when one of them is not what this would write.
 */

for (const [file, text] of Object.entries(pages())) {
  await writeFile(path.join(import.meta.dirname, "..", file), text);
  console.log(file);
}
