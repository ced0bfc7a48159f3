// A daemon for one scenario, MCP requests to it, and what its processes are at a moment.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const build = resolve(process.env.BUILD ?? "build/release");
export const echoServer = join(build, "bench/bench-echo-server");

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(condition, what, limit = 30_000) {
    for (const end = Date.now() + limit; !(await condition()); await sleep(5)) {
        if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    }
}

export class Hub {
    static async start(config) {
        const hub = new Hub();
        hub.dir = mkdtempSync(join(tmpdir(), "agenthub-bench-"));
        hub.write(config);
        await hub.begin();
        return hub;
    }

    write(config) {
        this.config = config;
        writeFileSync(join(this.dir, "agenthub.json"), JSON.stringify(config));
    }

    async begin() {
        const args = ["serve", "--config", join(this.dir, "agenthub.json"), "--state-dir", join(this.dir, "state")];
        this.mark = `agenthub-bench-${process.pid}-${Math.random().toString(36).slice(2)}`;
        this.process = spawn(join(build, "agenthub"), [...args, "--listen", "127.0.0.1:0"], {
            stdio: ["ignore", "ignore", "pipe"],
            env: { ...process.env, AGENTHUB_BENCH_MARK: this.mark },
        });
        let log = "";
        this.process.stderr.on("data", (bytes) => (log = (log + bytes).slice(-20_000)));
        await until(() => /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log) || this.process.exitCode !== null, "start");
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log);
        if (!found) throw new Error(`the daemon did not start:\n${log}`);
        this.port = Number(found[1]);
    }

    async stop(signal = "SIGTERM") {
        const ended = new Promise((done) => this.process.once("exit", done));
        this.process.kill(signal);
        await ended;
    }

    forget() {
        rmSync(this.dir, { recursive: true, force: true });
    }

    // { status, headers, body }. `agent` bounds the connections.
    request(method, path, body, headers = {}, agent = undefined) {
        return new Promise((done, failed) => {
            const options = { host: "127.0.0.1", port: this.port, method, path, headers: { ...headers }, agent };
            if (body !== undefined) options.headers["Content-Length"] = Buffer.byteLength(body);
            const request = http.request(options, (reply) => {
                let text = "";
                reply.setEncoding("utf8");
                reply.on("data", (part) => (text += part));
                reply.on("end", () => done({ status: reply.statusCode, headers: reply.headers, body: text }));
            });
            request.on("error", failed);
            request.end(body);
        });
    }

    // Of one server, or of "" for all.
    async session(server, agent) {
        const headers = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
        const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "bench", version: "1" } };
        const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params });
        const path = server ? `/mcp/${server}` : "/mcp";
        const reply = await this.request("POST", path, body, headers, agent);
        if (reply.status !== 200) throw new Error(`initialize: ${reply.status} ${reply.body}`);
        return { ...headers, "Mcp-Session-Id": reply.headers["mcp-session-id"] };
    }

    rpc(server, headers, id, method, params, agent) {
        const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
        return this.request("POST", `/mcp/${server}`, body, headers, agent);
    }

    // Every living process of this run, the daemon included.
    processes() {
        return readdirSync("/proc").filter((pid) => {
            try {
                return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").includes(this.mark);
            } catch {
                return false;
            }
        });
    }

    descriptors() {
        return readdirSync(`/proc/${this.process.pid}/fd`).length;
    }

    // Seconds of user and system time.
    cpu() {
        const fields = readFileSync(`/proc/${this.process.pid}/stat`, "utf8").split(") ")[1].split(" ");
        return (Number(fields[11]) + Number(fields[12])) / 100;
    }

    rss() {
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`, "utf8"))[1]) / 1024;
    }
}

export function percentile(values, share) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

// Those that the command line names, or all of them, one after the other. A name that is none exits 2.
export async function run_scenarios(scenarios) {
    const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenarios);
    for (const name of wanted) {
        if (!scenarios[name]) {
            console.error(`there is no scenario "${name}"; there are: ${Object.keys(scenarios).join(", ")}`);
            process.exit(2);
        }
        await scenarios[name]();
    }
}
