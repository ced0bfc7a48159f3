// The figures of all contestants as one Markdown table, with ratios to the limit.

import { difference, ratio } from "./rounds.mjs";

const number = (value, digits = 0) => (value === undefined || value === null || Number.isNaN(value) ? "–" : value.toFixed(digits));
const signed = (value) => (value === undefined ? "–" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`);
const mib = (kib) => (kib ? (kib / 1024).toFixed(1) : "–");

function cell(result, limit, scenario, key, digits) {
    const run = result[scenario];
    if (!run) return "–";
    if (run.failed) return "failed";
    if (run.right === 0) return "none right";  // what it took to be wrong compares with nothing
    const faults = run.wrong + run.broken;
    const times = ratio(run, limit?.[scenario], key);
    const shown = times === undefined ? "" : ` (${times.toFixed(times < 10 ? 2 : 0)}×)`;
    return number(run[key], digits) + shown + (faults ? `, ${faults} wrong` : "");
}

const perSession = (result) => {
    const [first, last] = [result.memory?.[0], result.memory?.at(-1)];
    return first && last !== first ? ((last.rss_kib - first.rss_kib) / (last.sessions - first.sessions)).toFixed(1) : "–";
};

const columns = [
    ["calls/s, 64 sessions", (r, l) => cell(r, l, "closed_64", "calls_per_s")],
    ["calls/s, 256", (r, l) => cell(r, l, "closed_256", "calls_per_s")],
    ["CPU µs per call, 64", (r, l) => cell(r, l, "closed_64", "gateway_cpu_us_per_call", 1)],
    ["the same beside AgentHub", (r, l, own) => (r === own || r.isLimit ? "–"
        : signed(difference(r.closed_64, own?.closed_64, "gateway_cpu_us_per_call")))],
    ["p50 µs, one session, one CPU", (r, l) => cell(r, l, "one_cpu", "p50_us", 1)],
    ["500/s: p50 µs", (r, l) => cell(r, l, "open_500", "p50_us")],
    ["500/s: p99 µs", (r, l) => cell(r, l, "open_500", "p99_us")],
    ["256 KiB argument, CPU µs", (r, l) => cell(r, l, "argument_256k", "gateway_cpu_us_per_call")],
    ["1 MiB result, CPU µs", (r, l) => cell(r, l, "result_1m", "gateway_cpu_us_per_call")],
    ["SSE with progress, CPU µs", (r, l) => cell(r, l, "sse", "gateway_cpu_us_per_call", 1)],
    ["64 × sleep 50 ms, share of ideal", (r) => number(r.sleep_64?.calls_per_s / 1280, 3)],
    ["1 × sleep 50 ms", (r) => number(r.sleep_1?.calls_per_s / 20, 3)],
    ["connection per call, calls/s", (r, l) => cell(r, l, "reconnect", "calls_per_s")],
    ["a million calls: wrong answers, lost rows, growth in KiB", (r) => r.soak?.calls_per_s
        ? `${r.soak.wrong + r.soak.broken}, ${r.soak.lost_rows}, ${r.soak.growth_kib}` : "–"],
    ["start to first answer, ms", (r) => number(r.start_ms, 1)],
    ["RSS idle, MiB", (r) => mib(r.idle_rss_kib)],
    ["RSS 100 sessions, MiB", (r) => mib(r.memory?.find((m) => m.sessions === 100)?.rss_kib)],
    ["KiB per further session", perSession],
];

export function table({ date, cpu, cpus, results }) {
    const limit = results.find((result) => result.isLimit);
    const own = results.find((result) => result.name === "AgentHub");
    const lines = [`${date}, ${cpus} × ${cpu}. In brackets: times the limit, the median of what it was in each round.`, ""];
    lines.push(`| | ${results.map((result) => result.name).join(" | ")} |`);
    lines.push(`|---|${results.map(() => "---|").join("")}`);
    for (const [title, text] of columns)
        lines.push(`| ${title} | ${results.map((result) => text(result, result.isLimit ? null : limit, own)).join(" | ")} |`);
    return lines.join("\n") + "\n";
}
