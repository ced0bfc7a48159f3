// Measures what AgentHub promises of its supervision, on a release build, and exits 1 when a promise is not kept.
// Usage, in the repository: node bench/supervision/run.mjs [name of a scenario …]
// BUILD names another build directory, which must have agenthub and bench-echo-server.

import { execFile } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";

import { build, echoServer, Hub, percentile, run_scenarios, sleep, until } from "./hub.mjs";

const run = promisify(execFile);
let broken = 0;

function tell(kept, text) {
    console.log(`${kept ? "kept  " : "BROKEN"}  ${text}`);
    broken += kept ? 0 : 1;
}

const ms = (value) => `${value.toFixed(2)} ms`;

// One client with a thousand calls at a time, another with one: the second one's p99 against its own when alone.
async function fairness() {
    const hub = await Hub.start({ mcpServers: { slow: { command: echoServer, max_concurrency: 4, queue: 2000 } } });
    const call = (headers, id, agent) =>
        hub.rpc("slow", headers, id, "tools/call", { name: "sleep", arguments: { text: `t${id}`, ms: 10 } }, agent);
    const agent = new http.Agent({ keepAlive: true });
    const quiet = await hub.session("slow", agent);
    const measure = async () => {
        const times = [];
        for (let id = 1; id <= 300; ++id) {
            const begin = performance.now();
            const reply = await call(quiet, id, agent);
            if (!reply.body.includes(`t${id}`)) throw new Error(reply.body);
            times.push(performance.now() - begin);
        }
        return percentile(times, 0.99);
    };
    const alone = await measure();
    const crowd = new http.Agent({ keepAlive: true });
    const greedy = await hub.session("slow", crowd);
    let going = true;
    let id = 0;
    let wrong = 0;
    const loops = Array.from({ length: 1000 }, async () => {
        while (going) {
            const mine = ++id;
            const reply = await call(greedy, mine, crowd);
            wrong += reply.body.includes(`"t${mine}"`) ? 0 : 1;
        }
    });
    await until(() => id >= 1000, "the crowd");
    const beside = await measure();
    going = false;
    await Promise.all(loops);
    tell(beside <= 5 * alone && wrong === 0,
        `fairness: p99 ${ms(alone)} alone, ${ms(beside)} beside 1000 concurrent calls of another client ` +
            `(${(beside / alone).toFixed(1)} times, at most 5); ${id} calls of the other, ${wrong} wrong`);
    agent.destroy();
    crowd.destroy();
    await hub.stop();
    hub.forget();
}

// A server that is known and stopped: its list must come at once.
async function cold() {
    const hub = await Hub.start({ mcpServers: { echo: { command: echoServer } } });
    await hub.session("echo");
    await sleep(1000);
    await hub.stop();
    await hub.begin();
    const agent = new http.Agent({ keepAlive: true });
    const times = [];
    const headers = await hub.session("echo", agent);
    for (let id = 1; id <= 10_000; ++id) {
        const begin = performance.now();
        const reply = await hub.rpc("echo", headers, id, "tools/list", {}, agent);
        if (!reply.body.includes('"tools":[')) throw new Error(reply.body);
        if (id > 5000) times.push(performance.now() - begin);  // Node's compiler has seen it by then
    }
    const p99 = percentile(times, 0.99);
    const still = hub.processes().length === 1;
    tell(p99 <= 1 && still,
        `cold tools/list: p50 ${ms(percentile(times, 0.5))}, p99 ${ms(p99)} (at most 1 ms), Node's client included; ` +
            `the server ${still ? "was not started" : "was started"}`);
    agent.destroy();
    await hub.stop();
    hub.forget();
}

// Reloads that change one server while another one serves 5000 calls a second.
async function reload() {
    const config = (n) => ({
        mcpServers: { stays: { command: echoServer }, changes: { command: echoServer, env: { N: `${n}` }, auto_start: true } },
    });
    const hub = await Hub.start(config(0));
    const load = async () => {
        const args = ["bench", "--url", `http://127.0.0.1:${hub.port}/mcp/stays`, "--rate", "5000", "--calls", "50000", "--json"];
        return JSON.parse((await run(join(build, "agenthub"), args)).stdout);
    };
    await load();
    const before = await load();
    let going = true;
    let reloads = 0;
    const reloading = (async () => {
        while (going) {
            hub.write(config(++reloads));
            const reply = await hub.request("POST", "/admin/reload");
            if (reply.status !== 200) throw new Error(reply.body);
            await sleep(500);
        }
    })();
    const during = await load();
    going = false;
    await reloading;
    const ratio = during.p99_us / before.p99_us;
    tell(ratio <= 2 && during.right === 50000,
        `reload under 5000 calls/s: ${reloads} reloads, ${during.right} of 50000 calls right, p99 ` +
            `${ms(before.p99_us / 1000)} before, ${ms(during.p99_us / 1000)} during (${ratio.toFixed(2)} times, at most 2)`);
    await hub.stop();
    hub.forget();
}

// Clients that start a call and are gone.
async function vanish(isolation) {
    const hub = await Hub.start({
        limits: { sessions: 20_000 },
        mcpServers: { echo: { command: echoServer, isolation, session_grace: 0.1, queue_timeout: 0.2 } },
    });
    const round = async (count) => {
        const one = async (id) => {
            const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
            const headers = await hub.session("echo", agent).catch(() => undefined);
            agent.destroy();
            if (!headers) return;
            const call = { name: "sleep", arguments: { text: "x", ms: 200 } };
            const body = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: call });
            const lines = Object.entries({ Host: "127.0.0.1", ...headers, "Content-Length": body.length });
            const socket = net.connect(hub.port, "127.0.0.1");
            await new Promise((done) => {
                socket.on("error", done);
                socket.write(`POST /mcp/echo HTTP/1.1\r\n${lines.map((line) => line.join(": ")).join("\r\n")}\r\n\r\n${body}`, () => {
                    socket.destroy();
                    done();
                });
            });
        };
        let next = 0;
        const workers = Array.from({ length: 50 }, async () => {
            while (next < count) await one(++next);
        });
        await Promise.all(workers);
    };
    // A session whose call was lost with its connection was never cut off while it waited: it has no process and ends
    // after limits.session_idle.
    let sessions = 0;
    const settled = async () => {
        const health = JSON.parse((await hub.request("GET", "/health")).body);
        sessions = health.sessions;
        return sessions <= 140 && health.connections <= 1 && hub.processes().length <= (isolation === "shared" ? 3 : 1);
    };
    // What is made once, pools and caches, is there after the first few thousand.
    await round(4000);
    await until(settled, "the first clients to be forgotten", 120_000);
    const before = { fds: hub.descriptors(), rss: hub.rss() };
    await round(10_000);
    await until(settled, "the clients to be forgotten", 120_000);
    const after = { fds: hub.descriptors(), rss: hub.rss() };
    const grown = after.rss - before.rss;
    tell(after.fds <= before.fds && grown <= 5,
        `10000 vanishing clients, ${isolation}: processes as before, descriptors ${before.fds} → ${after.fds}, ` +
            `RSS ${before.rss.toFixed(1)} → ${after.rss.toFixed(1)} MiB (at most 5 more), ${sessions} sessions left to expire`);
    await hub.stop();
    hub.forget();
}

// Twenty servers, each with a grandchild of its own session that ignores signals, and the daemon is killed.
async function sudden_end() {
    const script = `setsid sh -c 'trap "" TERM HUP INT; sleep 1000 & wait' & exec ${echoServer}`;
    const servers = Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`s${i}`, { command: "/bin/sh", args: ["-c", script], auto_start: true }]),
    );
    const hub = await Hub.start({ mcpServers: servers });
    const running = async () => JSON.parse((await hub.request("GET", "/health")).body).servers.running === 20;
    await until(running, "20 servers");
    await until(() => hub.processes().length >= 81, "their grandchildren");  // daemon; guard, server, shell, sleep
    const count = hub.processes().length;
    const begin = performance.now();
    await hub.stop("SIGKILL");
    await until(() => hub.processes().length === 0, "the end of all processes", 10_000);
    const took = performance.now() - begin;
    tell(took <= 2000, `kill -9 with 20 servers: ${count} processes, none after ${ms(took)} (at most 2 s)`);
    hub.forget();
}

async function cycles() {
    const hub = await Hub.start({ mcpServers: { echo: { command: echoServer } } });
    const cycle = async (n) => {
        for (let i = 0; i < n; ++i)
            for (const verb of ["start", "stop"]) {
                const reply = await hub.request("POST", `/servers/echo/${verb}`);
                if (reply.status !== 200) throw new Error(`${verb}: ${reply.body}`);
            }
    };
    await cycle(5);
    await hub.request("GET", "/audit/activity");
    const before = hub.descriptors();
    const begin = performance.now();
    await cycle(1000);
    const took = performance.now() - begin;
    const zombies = (await run("ps", ["--ppid", `${hub.process.pid}`, "-o", "stat="]).catch((e) => e)).stdout;
    const after = hub.descriptors();
    tell(after <= before && hub.processes().length === 1 && !zombies.includes("Z"),
        `1000 starts and stops: ${ms(took / 1000)} each, descriptors ${before} → ${after}, ` +
            `${zombies.split("Z").length - 1} zombies, ${hub.processes().length - 1} processes left`);
    await hub.stop();
    hub.forget();
}

// A server that ends at each start, with restarts enough for a long time.
async function crash_loop() {
    const hub = await Hub.start({ mcpServers: { bad: { command: "/bin/false", auto_start: true, max_restarts: 1000 } } });
    const begin = { at: performance.now(), cpu: hub.cpu() };
    await sleep(20_000);
    const share = (100 * (hub.cpu() - begin.cpu)) / ((performance.now() - begin.at) / 1000);
    const bad = JSON.parse((await hub.request("GET", "/servers/bad")).body).process;
    tell(share < 1 && bad.restart_count > 0,
        `crash at every start: ${bad.restart_count} restarts in 20 s, ${share.toFixed(2)} % CPU (less than 1)`);
    await hub.stop();
    hub.forget();
}

const scenarios = {
    fairness,
    cold,
    reload,
    vanish_shared: () => vanish("shared"),
    vanish_session: () => vanish("session"),
    sudden_end,
    cycles,
    crash_loop,
};

await run_scenarios(scenarios);
process.exit(broken > 0 ? 1 : 0);
