import path from "node:path";
import type { Command } from "commander";
import { examples, jsonOption } from "./help.ts";
import { intoFile } from "./output-file.ts";
import { withProgress } from "./progress.ts";

/** Registers `trace`. */
export function addTrace(program: Command): void {
  const command = program
    .command("trace")
    .description("write a recording as one HTML page that a person can read: no network, nothing to install")
    .argument("<dir>", "folder of the recording")
    .option("--out <file>", "where to write it (default: DIR.trace.html in the current folder)")
    .addOption(jsonOption())
    .action(async (dir: string, options: { out?: string; json?: boolean }) => {
      const { writeTrace } = await import("../replay/trace/write-trace.ts");
      const file = path.resolve(options.out ?? `${path.basename(path.resolve(dir))}.trace.html`);
      const written = await withProgress("writing the page", () =>
        intoFile(file, () => writeTrace(path.resolve(dir), file)),
      );
      if (options.json) process.stdout.write(`${JSON.stringify(written)}\n`);
      else {
        const { lines, bars, problems, bytes } = written;
        const size = `${lines} lines, ${bars} bars, ${Math.ceil(bytes / 1024)} KiB`;
        process.stdout.write(`${file}\n`);
        process.stderr.write(
          `${size}${problems > 0 ? `; not consistent in ${problems} ${problems === 1 ? "place" : "places"}, which its head tells` : ""}\n`,
        );
      }
    });
  examples(command, [
    ["trace ./recording", "writes recording.trace.html"],
    ["trace ./recording --out page.html", "under another name"],
  ]);
}
