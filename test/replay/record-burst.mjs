// Records lines until the disk takes no more (the test limits the size of files), and says what became of it.
const [recorderUrl, dir, lines] = process.argv.slice(2);
process.on("unhandledRejection", () => process.exit(3));
const { recordTo } = await import(recorderUrl);
const recording = recordTo({ dir, mode: "keep" });
const server = recording.spawned(["app-server"]);
for (let index = 0; index < Number(lines); index += 1) {
  server.line("in", JSON.stringify({ method: "warning", params: { message: `line ${index} ${"word ".repeat(20)}` } }));
}
const outcome = await recording.finish();
process.stdout.write(JSON.stringify({ ...outcome, ...(outcome.saved ? {} : { code: outcome.error.code }) }));
