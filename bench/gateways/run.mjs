// Runs every contestant through the same matrix and writes what came out. AgentHub and the limit, which are to be
// compared to the microsecond, run side by side, in rounds; the others, which are far away, one after the other. See
// bench/run.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { contestants } from "./contestants.mjs";
import { Gateway } from "./gateway.mjs";
import { rssOf } from "./processes.mjs";
import { median, merged } from "./rounds.mjs";
import { table } from "./table.mjs";

const out = process.env.OUT ?? "build/bench";
const only = process.argv.slice(2);
const seconds = Number(process.env.SECONDS ?? 6);  // that a scenario should take with each contestant
const kRounds = 5;  // of those that are close to each other, for which it is so long; half of it is enough for the others
const kStarts = 5;
const kSettle = 3000;  // ms after which open sessions are idle ones
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// What a million calls leave behind.
async function soak(gateway) {
    const first = await gateway.measured(["--sessions", "64", "--calls", "100000"]);
    const rest = await gateway.measured(["--sessions", "64", "--calls", "900000"]);
    return { ...rest, growth_kib: rest.rss_kib - first.rss_kib, lost_rows: await gateway.lostRows() };
}

async function memory(gateway) {
    await pause(kSettle);
    const result = { idle_rss_kib: rssOf(gateway.pids()), memory: [] };
    for (const sessions of [100, 1000, 10_000].filter((n) => n <= gateway.contestant.maxSessions)) {
        let rss = 0;
        const report = await gateway.load(["--sessions", String(sessions), "--calls", "0"], async () => {
            await pause(kSettle);
            rss = rssOf(gateway.pids());
        });
        result.memory.push({ sessions, rss_kib: rss, broken: report.broken });
    }
    return result;
}

// What takes `s` seconds with each contestant; null: it has no part in it.
const named = (gateway, tool) => ["--tool", gateway.contestant.tool.replace(/echo$/, tool)];
const overtakes = (gateway, run) => (gateway.contestant.answersInOrder ? null : run());
const scenarios = {
    closed_1: (gateway, s) => gateway.closedLoop(s, 1),
    closed_64: (gateway, s) => gateway.closedLoop(s, 64),
    closed_256: (gateway, s) => gateway.closedLoop(s, 256),
    open_500: (gateway, s) => gateway.measured(["--sessions", "64", "--rate", "500", "--calls", String(Math.round(500 * s))]),
    argument_256k: (gateway, s) => gateway.closedLoop(s, 16, ["--payload", "262144"]),
    result_1m: (gateway, s) => gateway.closedLoop(s, 16, ["--bytes", "1048576", ...named(gateway, "blob")]),
    sse: (gateway, s) => overtakes(gateway, () => gateway.closedLoop(s, 64, ["--sse"])),
    // Long enough that the first and the last call are few among them.
    sleep_64: (gateway, s) => overtakes(gateway, () => gateway.closedLoop(Math.max(s, 3), 64, ["--ms", "50", ...named(gateway, "sleep")])),
    sleep_1: (gateway, s) => gateway.closedLoop(Math.max(s, 3), 1, ["--ms", "50", ...named(gateway, "sleep")]),
    reconnect: (gateway, s) => gateway.closedLoop(s, 16, ["--reconnect"]),
};

// Each gateway's runs of one scenario, round by round, merged.
async function inRounds(gateways, name, run, rounds) {
    const runs = gateways.map(() => []);
    const share = rounds === 1 ? seconds / 2 : seconds / rounds;
    for (let round = 0; round < rounds; ++round)
        for (const [i, gateway] of gateways.entries()) {
            const one = Promise.resolve(run(gateway, share));
            runs[i].push(await one.catch((error) => ({ failed: String(error.message) })));
        }
    return runs.map((all, i) => {
        const result = merged(all);
        const shown = result?.calls_per_s
            ? `${Math.round(result.calls_per_s)} calls/s, ${result.gateway_cpu_us_per_call.toFixed(1)} us, ${result.wrong + result.broken} wrong`
            : result?.failed ?? "-";
        console.error(`${gateways[i].contestant.name}: ${name}: ${shown}`);
        return result;
    });
}

// All of these side by side: each scenario with all of them in every round.
async function measure(group, rounds) {
    const results = group.map(({ name, isLimit }) => ({ name, isLimit, starts: [] }));
    for (let i = 0; i < kStarts; ++i)
        for (const [at, contestant] of group.entries()) {
            const gateway = await new Gateway(contestant).start();
            results[at].starts.push(gateway.startMs);
            if (i === 0) Object.assign(results[at], await memory(gateway));
            await gateway.stop();
        }
    for (const result of results) result.start_ms = median(result.starts);
    const take = (name, merges) => merges.forEach((one, at) => (results[at][name] = one));
    const alone = [];
    for (const contestant of group) alone.push(await new Gateway(contestant, true).start());
    take("one_cpu", await inRounds(alone, "one_cpu", (gateway, s) => gateway.closedLoop(s, 1), rounds));
    for (const gateway of alone) await gateway.stop();
    const gateways = [];
    for (const contestant of group) gateways.push(await new Gateway(contestant).start());
    for (const [name, run] of Object.entries(scenarios)) take(name, await inRounds(gateways, name, run, rounds));
    for (const [at, gateway] of gateways.entries())
        if (gateway.contestant.soaks) results[at].soak = await soak(gateway);
    for (const gateway of gateways) await gateway.stop();
    return results;
}

const chosen = contestants.filter((c) => only.length === 0 || only.some((word) => c.name.includes(word)));
const close = chosen.filter((c) => c.isClose);
const results = [];
mkdirSync(out, { recursive: true });
for (const group of [close, ...chosen.filter((c) => !c.isClose).map((c) => [c])]) {
    results.push(...(await measure(group, group === close ? kRounds : 1)));
    const document = { date: new Date().toISOString(), cpu: cpus()[0].model, cpus: cpus().length, results };
    writeFileSync(join(out, "results.json"), JSON.stringify(document, null, 2));
    writeFileSync(join(out, "results.md"), table(document));
}
console.log(table({ date: new Date().toISOString(), cpu: cpus()[0].model, cpus: cpus().length, results }));
