import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/**
 * The types of the public surface as one file, with what it needs of zod's: packages that bring types would have to be
 * dependencies.
 */
export async function bundleTypes(root: string, dist: string): Promise<void> {
  const tsconfig = path.join(root, "tsconfig.build.json");
  // Below the project, from where zod's types are found.
  const emitted = await mkdtemp(path.join(root, ".types-"));
  try {
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    const options = ["--project", tsconfig, "--declaration", "--emitDeclarationOnly", "--noEmit", "false"];
    await execa(process.execPath, [tsc, ...options, "--outDir", emitted], { stdio: "inherit" });
    const bundle = await rolldown({
      input: { index: path.join(emitted, "index.d.ts") },
      // Its exports name the CommonJS types first, which cannot be bundled.
      resolve: { alias: { zod: path.join(root, "node_modules", "zod", "index.d.ts") } },
      plugins: [
        noLocales,
        dts({ dtsInput: true, tsconfig, logger: { ...console, info: () => undefined, warn: () => undefined } }),
      ],
      // How long plugins take depends on the machine.
      checks: { pluginTimings: false },
      onLog(_, log) {
        throw new Error(log.message);
      },
    });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    // Besides the one file there is a runtime for code, which types do not have.
    const types = output.find(({ fileName }) => fileName === "index.d.ts");
    if (types?.type !== "chunk") throw new Error("There are no types.");
    const outside = [...types.code.matchAll(/^(?:import|export) .*? from "(?!node:)([^"]+)"/gm)].map(
      (match) => match[1],
    );
    if (outside.length > 0) throw new Error(`Types from packages that nobody installs: ${outside.join(", ")}`);
    await writeFile(path.join(dist, "index.d.ts"), types.code);
  } finally {
    await rm(emitted, { recursive: true, force: true });
  }
}

/** Sixty languages for messages that no type of ours mentions. */
const noLocales = {
  name: "no-locales",
  load: (id: string) => (/zod\/v4\/locales\/index\.d\.c?ts$/.test(id) ? "export declare const none: unknown;" : null),
};
