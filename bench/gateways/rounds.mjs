// What several runs of one scenario come to: medians, and of what was run beside the limit, round by round, the median
// ratio. A machine that is slow for a moment is slow for all who take part in that round.

const kFaults = ["right", "wrong", "broken"];

export function median(values) {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)];
}

// `runs` are reports of the load generator; null when there is none, a failure when one failed.
export function merged(runs) {
    const failed = runs.find((run) => run?.failed);
    if (failed || !runs[0]) return failed ?? null;
    const out = { runs };
    for (const [key, value] of Object.entries(runs[0]))
        if (typeof value === "number") {
            const values = runs.map((run) => run[key]);
            out[key] = kFaults.includes(key) ? values.reduce((sum, one) => sum + one) : median(values);
        }
    return out;
}

// Round by round, `f` of both; undefined when they were not run together.
function paired(run, other, f) {
    if (!run?.runs || !other?.runs || run.runs.length !== other.runs.length) return undefined;
    return median(run.runs.map((one, i) => f(one, other.runs[i])));
}

export function ratio(run, limit, key) {
    if (!run?.[key] || !limit?.[key]) return undefined;
    return paired(run, limit, (one, other) => one[key] / other[key]) ?? run[key] / limit[key];
}

export const difference = (run, other, key) => paired(run, other, (one, two) => one[key] - two[key]);
