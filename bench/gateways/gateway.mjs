// One contestant that runs: its process, the load generator in front of it, and what both say.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, isServer } from "./contestants.mjs";
import { cpuOf, rssOf, treeOf } from "./processes.mjs";

const freePort = () => new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => done(port));
    });
});

export class Gateway {
    #calls = new Map();  // that a closed loop of a shape takes

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

    // As many calls as take about `seconds`, found out once for each shape.
    async closedLoop(seconds, sessions, args = []) {
        const shape = ["--sessions", String(sessions), ...args];
        if (!this.#calls.has(shape.join())) {
            const trial = await this.load([...shape, "--calls", String(Math.max(50, sessions * 2))]);
            this.#calls.set(shape.join(), Math.max(sessions, Math.min(1_000_000, Math.round(trial.calls_per_s * seconds))));
        }
        return this.measured([...shape, "--calls", String(this.#calls.get(shape.join()))]);
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
