// Draws results.json as SVG with gnuplot: CPU per call and memory against sessions, and latencies by percentile.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const out = process.env.OUT ?? "build/bench";
const { results } = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));

// One plot: `series` is [{ title, points: [[x, y], …] }].
function plot(file, title, xLabel, yLabel, series, extra = "") {
    const drawn = series.filter(({ points }) => points.length > 0);
    const script = [
        `set terminal svg size 860,480 dynamic background "white" font "sans-serif,13"`,
        `set output "${join(out, file)}"`,
        `set title "${title}"`, `set xlabel "${xLabel}"`, `set ylabel "${yLabel}"`,
        "set key outside right noenhanced", "set grid", "set logscale y", extra,
        "plot " + drawn.map(({ title: name }) => `"-" using 1:2 with linespoints lw 2 title "${name}"`).join(", "),
        ...drawn.map(({ points }) => points.map((point) => point.join(" ")).join("\n") + "\ne"),
    ].join("\n");
    const { status, stderr } = spawnSync("gnuplot", [], { input: script });
    if (status !== 0) throw new Error(`gnuplot: ${stderr}`);
}

const runs = (result) => [[1, result.closed_1], [64, result.closed_64], [256, result.closed_256]];
const ran = (run) => run && !run.failed;

plot("cpu.svg", "CPU per call, small echo", "sessions", "microseconds",
    results.map((result) => ({
        title: result.name,
        points: runs(result).filter(([, run]) => ran(run)).map(([n, run]) => [n, run.gateway_cpu_us_per_call]),
    })), "set logscale x");
plot("memory.svg", "Resident memory with idle sessions", "sessions", "MiB",
    results.map((result) => ({
        title: result.name,
        points: (result.memory ?? []).map(({ sessions, rss_kib: kib }) => [sessions, kib / 1024]),
    })), "set logscale x");
plot("latency.svg", "Latency at 500 calls/s, from when each call was due", "percentile", "microseconds",
    results.filter((result) => ran(result.open_500)).map((result) => ({
        title: result.name,
        // Each further nine takes as much room as the one before.
        points: [["p50", 0.5], ["p90", 0.9], ["p99", 0.99], ["p999", 0.999]]
            .map(([key, share]) => [-Math.log10(1 - share), result.open_500[`${key}_us`]]),
    })), `set xtics ("50" 0.301, "90" 1, "99" 2, "99.9" 3)`);
