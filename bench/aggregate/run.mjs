// Measures the endpoint for all servers on a release build, and exits 1 when a promise is not kept: how long its lists
// take beside a server that hangs and one that is dead, and what a call costs there against /mcp/NAME.
// Usage, in the repository: node bench/aggregate/run.mjs [list] [call]
// BUILD names another build directory, which must have agenthub and bench-echo-server.

import { execFile } from "node:child_process";
import http from "node:http";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";

import { build, echoServer, Hub, percentile, run_scenarios, until } from "../supervision/hub.mjs";

const run = promisify(execFile);
const kServers = 20;
const kTools = 50;
let broken = 0;

function tell(kept, text) {
    console.log(`${kept ? "kept  " : "BROKEN"}  ${text}`);
    broken += kept ? 0 : 1;
}

const median = (values) => percentile(values, 0.5);

async function start() {
    const servers = {};
    for (let i = 0; i < kServers; ++i)
        servers[`server${i}`] = {
            command: echoServer,
            args: ["--tools", String(kTools)],
            auto_start: true,
            restart_on_failure: false,
        };
    const hub = await Hub.start({ mcpServers: servers, aggregate: { page_size: 10_000 } });
    const all = async () => JSON.parse((await hub.request("GET", "/servers")).body).servers;
    await until(async () => (await all()).every(({ status }) => status === "running"), "all servers to run");
    return { hub, all };
}

async function all_tools(hub, headers, agent) {
    const tools = [];
    for (let cursor; ; ) {
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { cursor } });
        const reply = await hub.request("POST", "/mcp", body, headers, agent);
        const { result } = JSON.parse(reply.body);
        tools.push(...result.tools);
        if ((cursor = result.nextCursor) === undefined) return { tools, bytes: reply.body.length };
    }
}

// The raw reply, so that what JSON.parse takes does not count.
async function time_list(hub, headers, agent) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
    const begin = performance.now();
    const reply = await hub.request("POST", "/mcp", body, headers, agent);
    const took = performance.now() - begin;
    if (reply.status !== 200) throw new Error(reply.body);
    return took;
}

// What the client and the machine need for so many bytes, whoever sends them.
function serve_constant(bytes) {
    const body = Buffer.alloc(bytes, "x");
    const server = http.createServer((request, response) => response.writeHead(200, { "content-length": bytes }).end(body));
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function time_get(port, agent) {
    const began = performance.now();
    return new Promise((resolve, reject) => {
        http.get({ host: "127.0.0.1", port, agent }, (response) => {
            const chunks = [];
            response.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
                Buffer.concat(chunks).toString();
                resolve(performance.now() - began);
            });
        }).on("error", reject);
    });
}

async function list() {
    const { hub, all } = await start();
    const agent = new http.Agent({ keepAlive: true });
    const headers = await hub.session("", agent);
    await all_tools(hub, headers, agent);
    const [hung, dead] = await all();
    process.kill(hung.pid, "SIGSTOP");
    process.kill(dead.pid, "SIGKILL");
    await until(async () => (await all())[1].status !== "running", "one of them to be dead");
    const { tools, bytes } = await all_tools(hub, headers, agent);
    const times = [];
    const bare = [];
    const constant = await serve_constant(bytes);
    for (let i = 0; i < 3000; ++i) {
        times.push(await time_list(hub, headers, agent));
        bare.push(await time_get(constant.address().port, agent));
    }
    constant.close();
    const p99 = percentile(times, 0.99);
    const kept = tools.length === kServers * kTools && p99 <= 5;
    tell(kept, `list: ${tools.length} tools of ${kServers} servers (${(bytes / 1024).toFixed(0)} KiB), one hung and one dead: ` +
        `p50 ${median(times).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (at most 5), Node's client included; ` +
        `a server of Node's that sends as many bytes, in turn with it: p50 ${median(bare).toFixed(2)} ms, p99 ${percentile(bare, 0.99).toFixed(2)} ms`);
    process.kill(hung.pid, "SIGCONT");
    await hub.stop();
    hub.forget();
}

// CPU time of the whole daemon per call, the two ways in turn.
async function call() {
    const { hub } = await start();
    const cost = async (path, tool) => {
        const args = ["bench", "--url", `http://127.0.0.1:${hub.port}${path}`, "--tool", tool];
        const { stdout } = await run(join(build, "agenthub"),
            [...args, "--sessions", "64", "--calls", "100000", "--pid", String(hub.process.pid), "--json"]);
        const report = JSON.parse(stdout);
        if (report.right !== 100_000) throw new Error(stdout);
        return report.daemon_cpu_us_per_call;
    };
    const alone = [];
    const together = [];
    for (let round = 0; round < 7; ++round) {
        alone.push(await cost("/mcp/server7", "echo"));
        together.push(await cost("/mcp", "server7__echo"));
    }
    const more = median(together.map((value, i) => value - alone[i]));
    tell(more <= 1, `call: ${median(alone).toFixed(2)} us CPU per call at /mcp/NAME, ${median(together).toFixed(2)} at /mcp: ` +
        `${more.toFixed(2)} us more (at most 1), medians of 7 pairs of 100,000 calls at 64 sessions`);
    await hub.stop();
    hub.forget();
}

await run_scenarios({ list, call });
process.exit(broken > 0 ? 1 : 0);
