// Runs every contestant through the same matrix, one after the other, and writes what came out. See bench/run.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { build, contestants, isServer } from "./contestants.mjs";
import { cpuOf, rssOf, treeOf } from "./processes.mjs";
import { table } from "./table.mjs";

const out = process.env.OUT ?? "build/bench";
const only = process.argv.slice(2);
const seconds = Number(process.env.SECONDS ?? 5);  // that each closed loop should take

const freePort = () => new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => done(port));
    });
});

class Gateway {
    constructor(contestant, onOneCpu = false) {
        this.contestant = contestant;
        this.onOneCpu = onOneCpu;
    }

    async start() {
        this.dir = mkdtempSync(join(tmpdir(), "agenthub-bench-"));
        this.port = await freePort();
        const [program, args] = this.contestant.start(this.port, this.dir);
        this.url = `http://127.0.0.1:${this.port}${this.contestant.path}`;
        const ask = () => this.load(["--sessions", "1", "--calls", "1", "--wait", "30"]);
        const first = ask();
        const began = process.hrtime.bigint();
        this.process = this.#spawn(program, args);
        let report = await first;
        for (const end = Date.now() + 30_000; !report.right && Date.now() < end; report = await ask());  // it listens, but has no server yet
        this.startMs = (report.first_answer_ns - Number(began)) / 1e6;
        return this;
    }

    #spawn(program, args, stdio = ["ignore", "ignore", "ignore"]) {
        const words = this.onOneCpu ? ["taskset", "-c", "0", program, ...args] : [program, ...args];
        return spawn(words[0], words.slice(1), { stdio });
    }

    pids() {
        return treeOf(this.process.pid, isServer);
    }

    // The report of one run of the load generator; `held` is called while its sessions are open.
    load(args, held) {
        const c = this.contestant;
        const words = ["bench", "--url", this.url, "--tool", c.tool, "--json", ...(c.modern ? ["--modern"] : []),
            ...(c.httpSse ? ["--http-sse"] : []), ...args];
        const child = this.#spawn(join(build, "agenthub"), held ? [...words, "--hold"] : words, ["pipe", "pipe", "ignore"]);
        return new Promise((done, fail) => {
            let text = "";
            child.stdout.on("data", (bytes) => {
                text += bytes;
                if (!held || !text.endsWith("\n")) return;
                Promise.resolve(held()).then(() => child.stdin.end());
            });
            child.on("error", fail);
            child.on("close", () => (text ? done(JSON.parse(text)) : fail(new Error(`${c.name}: no report`))));
        });
    }

    // The same with what the calls cost the gateway, without the opening of their sessions.
    async measured(args) {
        const before = cpuOf(this.pids());
        await this.load([...args, "--calls", "0"]);
        const opened = cpuOf(this.pids());
        const report = await this.load(args);
        const cost = cpuOf(this.pids()) - opened - (opened - before);
        report.gateway_cpu_us_per_call = Math.max(0, cost) / Math.max(1, report.right + report.wrong);
        report.rss_kib = rssOf(this.pids());
        return report;
    }

    // As many calls as take about `seconds`.
    async closedLoop(sessions, args = []) {
        const shape = ["--sessions", String(sessions), ...args];
        const trial = await this.load([...shape, "--calls", String(Math.max(50, sessions * 2))]);
        const calls = Math.max(sessions, Math.min(1_000_000, Math.round(trial.calls_per_s * seconds)));
        return this.measured([...shape, "--calls", String(calls)]);
    }

    // Rows of the activity that were lost; AgentHub's own word for it.
    async lostRows() {
        const { services } = await (await fetch(new URL("/health", this.url))).json();
        return services.activity.dropped;
    }

    async stop() {
        const ended = this.process.exitCode === null ? new Promise((done) => this.process.once("exit", done)) : null;
        this.process.kill("SIGTERM");
        const timer = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
        await ended;
        clearTimeout(timer);
        rmSync(this.dir, { recursive: true, force: true });
    }
}

const kSettle = 3000;  // ms after which open sessions are idle ones
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// What a million calls leave behind.
async function soak(gateway) {
    const first = await gateway.measured(["--sessions", "64", "--calls", "100000"]);
    const rest = await gateway.measured(["--sessions", "64", "--calls", "900000"]);
    return { ...rest, growth_kib: rest.rss_kib - first.rss_kib, lost_rows: await gateway.lostRows() };
}

async function memory(gateway, result) {
    await pause(kSettle);
    result.idle_rss_kib = rssOf(gateway.pids());
    result.memory = [];
    for (const sessions of [100, 1000, 10_000].filter((n) => n <= gateway.contestant.maxSessions)) {
        let rss = 0;
        const report = await gateway.load(["--sessions", String(sessions), "--calls", "0"], async () => {
            await pause(kSettle);
            rss = rssOf(gateway.pids());
        });
        result.memory.push({ sessions, rss_kib: rss, broken: report.broken });
    }
}

const scenarios = {
    closed_1: (gateway) => gateway.closedLoop(1),
    closed_64: (gateway) => gateway.closedLoop(64),
    closed_256: (gateway) => gateway.closedLoop(256),
    open_500: (gateway) => gateway.measured(["--sessions", "64", "--rate", "500", "--calls", String(500 * seconds)]),
    argument_256k: (gateway) => gateway.closedLoop(16, ["--payload", "262144"]),
    result_1m: (gateway) => gateway.closedLoop(16, ["--bytes", "1048576", "--tool", gateway.contestant.tool.replace(/echo$/, "blob")]),
    sse: (gateway) => gateway.contestant.answersInOrder ? null : gateway.closedLoop(64, ["--sse"]),
    sleep_64: (gateway) => gateway.contestant.answersInOrder ? null : gateway.closedLoop(64,
        ["--ms", "50", "--tool", gateway.contestant.tool.replace(/echo$/, "sleep")]),
    reconnect: (gateway) => gateway.closedLoop(16, ["--reconnect"]),
    soak: (gateway) => gateway.contestant.soaks ? soak(gateway) : null,
};

async function measure(contestant) {
    const result = { name: contestant.name, isLimit: contestant.isLimit };
    const starts = [];
    for (let i = 0; i < 5; ++i) {
        const gateway = await new Gateway(contestant).start();
        starts.push(gateway.startMs);
        if (i === 0) await memory(gateway, result);
        await gateway.stop();
    }
    result.start_ms = starts.sort((a, b) => a - b)[2];
    const alone = await new Gateway(contestant, true).start();
    result.one_cpu = await alone.closedLoop(1);
    await alone.stop();
    const gateway = await new Gateway(contestant).start();
    for (const [name, run] of Object.entries(scenarios)) {
        try {
            result[name] = await run(gateway);
        } catch (error) {
            result[name] = { failed: String(error.message) };
        }
        const r = result[name];
        const shown = r?.calls_per_s ? `${Math.round(r.calls_per_s)} calls/s, ${r.gateway_cpu_us_per_call.toFixed(1)} us, ${r.wrong + r.broken} wrong` : r?.failed ?? "-";
        console.error(`${contestant.name}: ${name}: ${shown}`);
    }
    await gateway.stop();
    return result;
}

const chosen = contestants.filter((c) => only.length === 0 || only.some((word) => c.name.includes(word)));
const results = [];
mkdirSync(out, { recursive: true });
for (const contestant of chosen) {
    results.push(await measure(contestant));
    const document = { date: new Date().toISOString(), cpu: cpus()[0].model, cpus: cpus().length, results };
    writeFileSync(join(out, "results.json"), JSON.stringify(document, null, 2));
    writeFileSync(join(out, "results.md"), table(document));
}
console.log(table({ date: new Date().toISOString(), cpu: cpus()[0].model, cpus: cpus().length, results }));
