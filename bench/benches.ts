/** Every bench, and what of its output is a figure with a target. */
import { absolute, type BenchResult, type Figure, ratio } from "./figure.ts";

export interface Bench {
  readonly name: string;
  readonly file: string;
  readonly about: string;
  /** For the runner; a bench run by itself has its own defaults. */
  readonly args?: readonly string[];
  /** Only when it is asked for by name: it installs a host. */
  readonly heavy?: true;
  /** @param printed what it printed with `--json` */
  figures(printed: never): readonly Figure[];
}

const own = (printed: BenchResult): readonly Figure[] => printed.figures;

interface Sides {
  readonly tested: number;
  readonly raw: number;
  readonly ratio: number;
  readonly interval: [number, number];
}

export const benches: readonly Bench[] = [
  {
    name: "turn",
    file: "turn.ts",
    about: "warm turns in the embedded host",
    figures: ({ results }: { results: { scenario: string; total: Sides; firstToken: Sides }[] }) =>
      results.map(({ scenario, total }) => ({
        what: scenario === "short" ? "warm turn, embedded host" : "warm turn of 2,000 deltas, embedded host",
        ours: total.tested,
        other: total.raw,
        against: "raw driver",
        unit: "ms",
        value: total.ratio,
        target: scenario === "short" ? 1.03 : 1.05,
        interval: total.interval,
      })),
  },
  { name: "cold", file: "cold.ts", about: "the first turn of a process", figures: own },
  { name: "host", file: "host.ts", about: "turns through a real gateway, both plugins", heavy: true, figures: own },
  { name: "million", file: "million.ts", about: "a turn of a million deltas", figures: own },
  { name: "flood", file: "flood.ts", about: "a Codex that streams as fast as it can", figures: own },
  { name: "streams", file: "streams.ts", about: "a hundred turns that stream at once", figures: own },
  { name: "load", file: "load.ts", about: "the plugin in a host that does not use it", figures: own },
  {
    name: "wire",
    file: "wire-deltas.ts",
    about: "the wire alone",
    args: ["--runs", "15"],
    figures: ({ rows }: { rows: { consumer: string; cpuMs: number; rssMb: number }[] }) => {
      const [floor, wire, vscode] = ["floor", "wire", "vscode"].map(
        (name) => rows.find((row) => row.consumer === name)!,
      );
      const what = "a million deltas through the wire, CPU";
      return [
        ratio({
          what,
          ours: wire!.cpuMs,
          other: floor!.cpuMs,
          against: "block split + JSON.parse",
          unit: "ms",
          target: 1.5,
        }),
        ratio({
          what,
          ours: wire!.cpuMs,
          other: vscode!.cpuMs,
          against: "plain vscode-jsonrpc",
          unit: "ms",
          target: 0.5,
        }),
        absolute({ what: "the most memory of that process", ours: wire!.rssMb, unit: "MB", target: 150 }),
      ];
    },
  },
  {
    name: "reducer",
    file: "reducer.ts",
    about: "the turn reducer alone",
    figures: ({ verdicts }: { verdicts: { what: string; value: number; target: number }[] }) =>
      verdicts.map(({ what, value, target }) => absolute({ what, ours: value, unit: "", target })),
  },
  {
    name: "session",
    file: "session.ts",
    about: "opening and noting a session",
    figures: (r: {
      openCpuMs: number;
      writeBesideFourMs: { p99: number };
      targets: { openCpuMs: number; writeP99Ms: number };
    }) => [
      absolute({ what: "opening a warm session, CPU", ours: r.openCpuMs, unit: "ms", target: r.targets.openCpuMs }),
      absolute({
        what: "a write of the session store beside four other writers, p99",
        ours: r.writeBesideFourMs.p99,
        unit: "ms",
        target: r.targets.writeP99Ms,
      }),
    ],
  },
  {
    name: "many",
    file: "sessions.ts",
    about: "300 sessions at once",
    figures: ({
      ratio: value,
      rounds,
      target,
    }: {
      ratio: number;
      rounds: Record<string, { p95: number }[]>;
      target: number;
    }) => [
      {
        what: "300 sessions at once on one server, p95 of a turn",
        ours: rounds.bridge?.[0]?.p95 ?? Number.NaN,
        other: rounds.raw?.[0]?.p95 ?? Number.NaN,
        against: "raw driver",
        unit: "ms",
        value,
        target,
      },
    ],
  },
  {
    name: "tools",
    file: "tools.ts",
    about: "a call of a host tool",
    figures: (r: { p50Ms: number; rssGrowthMiB: number; targets: { p50Ms: number; rssGrowthMiB: number } }) => [
      absolute({ what: "a tool call on our side, p50", ours: r.p50Ms, unit: "ms", target: r.targets.p50Ms }),
      absolute({
        what: "memory after 100,000 tool calls",
        ours: r.rssGrowthMiB,
        unit: "MiB more",
        target: r.targets.rssGrowthMiB,
      }),
    ],
  },
  {
    name: "record",
    file: "record.ts",
    about: "what a recorder adds",
    figures: ({ results, target }: { results: { name: string; aloneRatio?: number }[]; target: number }) =>
      results.flatMap(({ name, aloneRatio }) =>
        aloneRatio === undefined
          ? []
          : [
              absolute({
                what: `CPU of a streaming turn with a recorder (${name})`,
                ours: aloneRatio,
                unit: "×",
                target,
              }),
            ],
      ),
  },
  {
    name: "opt-out",
    file: "opt-out.ts",
    about: "notifications that we ask Codex to leave out",
    figures: ({ rows }: { rows: Record<string, number | string>[] }) =>
      rows.map((row) => ({
        what: `bytes of the server for a turn (${row.turn})`,
        ours: Number(row["bytes, asked"]),
        other: Number(row["plain bytes"]),
        against: "nothing left out",
        unit: "bytes",
        value: Number(row["ratio of bytes"]),
        target: 1,
      })),
  },
  {
    name: "gateway",
    file: "gateway.ts",
    about: "what a harness mode adds",
    figures: (r: { firstMs: number; deltaUs: number; targets: { firstMs: number; deltaUs: number } }) => [
      absolute({
        what: "a harness mode, until the first word",
        ours: r.firstMs,
        unit: "ms more",
        target: r.targets.firstMs,
      }),
      absolute({ what: "a harness mode, CPU per delta", ours: r.deltaUs, unit: "µs more", target: r.targets.deltaUs }),
    ],
  },
];
