// Measures what AgentHub promises of the models it passes through to, on a release build, and exits 1 when a promise is
// not kept. Usage, in the repository: node bench/ollama/run.mjs [name of a scenario …]
// AGENTHUB_BIN names another program than build/release/agenthub. The stub is the one of the end-to-end tests.

import http from "node:http";
import net from "node:net";
import { performance } from "node:perf_hooks";

import { OllamaStub } from "../../tests/e2e/support/ollama_stub.mjs";

process.env.AGENTHUB_BIN ??= new URL("../../build/release/agenthub", import.meta.url).pathname;
const { Daemon } = await import("../../tests/e2e/support/daemon.mjs");
const { eventually } = await import("../../tests/e2e/support/wait.mjs");

const kModel = "llama3.2:3b";
let broken = 0;

function tell(kept, text) {
    console.log(`${kept ? "kept  " : "BROKEN"}  ${text}`);
    broken += kept ? 0 : 1;
}

const ms = (value) => `${value.toFixed(2)} ms`;
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

function percentile(values, part) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

async function with_daemon(ollama, body) {
    const stub = await OllamaStub.start();
    const daemon = await Daemon.start({ config: { ollama: { url: stub.url, ...ollama } } });
    try {
        await body(daemon, stub);
    } finally {
        await stub.stop();
        await daemon.stop();
    }
}

const rss = async (daemon) => (await daemon.get("/health")).details.daemon.rss_bytes;

// One streamed request over a plain socket, so that the moment in which bytes come is known: `onbytes(text)`.
function ask(url, path, onbytes) {
    const { hostname, port } = new URL(url);
    const body = JSON.stringify({ model: kModel, prompt: "x", stream: true });
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on("error", () => {});
    socket.setEncoding("latin1");
    if (onbytes) socket.on("data", onbytes);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return socket;
}

// The time from the stub's write of the first word to its arrival, straight and through AgentHub. Both ends are in this
// process, so its own loop is in both figures.
async function first_word() {
    await with_daemon({}, async (daemon, stub) => {
        const measure = async (url, path) => {
            const times = [];
            for (let i = 0; i < 500; ++i) {
                let written = 0;
                // The word is said a moment after the header: what is measured is the word alone.
                stub.behave({ words: ["word"], gate: async (index) => {
                    if (index > 0) return;
                    await sleep(2);
                    written = performance.now();
                } });
                times.push(await new Promise((resolve) => {
                    const socket = ask(url, path, (text) => {
                        if (!text.includes('"response":"word"')) return;
                        resolve(performance.now() - written);
                        socket.destroy();
                    });
                }));
            }
            return times;
        };
        const straight = await measure(stub.url, "/api/generate");
        const through = await measure(daemon.url, "/ollama/api/generate");
        const median = percentile(through, 0.5);
        tell(median <= 2, `first word: ${ms(median)} after the stub wrote it (median of 500; p99 ` +
            `${ms(percentile(through, 0.99))}); without AgentHub ${ms(percentile(straight, 0.5))}; at most 2 ms`);
    });
}

// Streams whose readers read nothing, then slowly: what the daemon keeps of them.
async function slow_readers() {
    const kReaders = 200;
    const kBuffer = 65536;
    await with_daemon({ max_concurrency: 0, stream_buffer_bytes: kBuffer }, async (daemon, stub) => {
        stub.behave({ words: Array.from({ length: 4096 }, () => "x".repeat(4096)) }); // 16 MiB each
        const before = await rss(daemon);
        const sockets = Array.from({ length: kReaders }, () => ask(daemon.url, "/ollama/api/generate").pause());
        await eventually(20_000, "all streams", () => stub.to("/api/generate").length === kReaders);
        let highest = 0;
        for (let i = 0; i < 40; ++i) {
            await sleep(100);
            // A few kilobytes for each, ten times a second.
            for (const socket of sockets) socket.read(4096);
            highest = Math.max(highest, await rss(daemon));
        }
        const grown = highest - before;
        // Of each stream there is a buffer that Ollama is read into, and one that is being written to the client.
        const limit = kReaders * 2 * kBuffer;
        tell(grown <= limit, `${kReaders} slow readers: the daemon grew by ${(grown / 1048576).toFixed(1)} MiB, ` +
            `${(grown / kReaders / 1024).toFixed(0)} KiB each; at most two buffers of stream_buffer_bytes each, ` +
            `${(limit / 1048576).toFixed(0)} MiB`);
        const began = performance.now();
        const closed = stub.to("/api/generate").map((request) => request.closed);
        for (const socket of sockets) socket.destroy();
        const last = Math.max(...(await Promise.all(closed))) - began;
        tell(last <= 100, `all ${kReaders} leave at once: the last of their connections to Ollama is closed after ` +
            `${ms(last)}; at most 100 ms`);
    });
}

// From the client's close to the close of Ollama's connection, while Ollama thinks, and in the middle of a stream.
async function cancelling() {
    await with_daemon({}, async (daemon, stub) => {
        for (const [name, mode] of [["before the first word", { hang: true }], ["in the middle of a stream", { after: 2, then: "stand" }]]) {
            const times = [];
            for (let i = 0; i < 100; ++i) {
                stub.behave(mode);
                const socket = ask(daemon.url, "/ollama/api/generate", () => {});
                const request = await stub.request("/api/generate");
                await sleep(5);
                const began = performance.now();
                socket.destroy();
                times.push((await request.closed) - began);
            }
            const longest = Math.max(...times);
            tell(longest <= 100, `a client leaves ${name}: Ollama's connection is closed after ` +
                `${ms(percentile(times, 0.5))} (median of 100; longest ${ms(longest)}); at most 100 ms`);
        }
    });
}

// Small requests, one after the other and many at a time, straight and through AgentHub.
async function throughput() {
    await with_daemon({ max_concurrency: 0 }, async (daemon, stub) => {
        stub.behave({ words: ["word"] });
        const body = JSON.stringify({ model: kModel, prompt: "x", stream: false });
        const measure = async (url, path, clients) => {
            const agent = new http.Agent({ keepAlive: true });
            const once = () => new Promise((resolve, reject) => {
                const request = http.request(url + path, { method: "POST", agent, headers: { "content-type": "application/json", "content-length": body.length } }, (response) => {
                    response.resume().on("end", resolve);
                });
                request.on("error", reject).end(body);
            });
            const times = [];
            const began = performance.now();
            await Promise.all(Array.from({ length: clients }, async () => {
                while (performance.now() - began < 2000) {
                    const start = performance.now();
                    await once();
                    times.push(performance.now() - start);
                }
            }));
            agent.destroy();
            stub.behave({ words: ["word"] });
            return { rate: times.length / 2, p50: percentile(times, 0.5) };
        };
        for (const clients of [1, 32]) {
            const straight = await measure(stub.url, "/api/generate", clients);
            const through = await measure(daemon.url, "/ollama/api/generate", clients);
            console.log(`        ${clients} at a time: ${through.rate.toFixed(0)} requests/s, p50 ${ms(through.p50)}; ` +
                `without AgentHub ${straight.rate.toFixed(0)}, p50 ${ms(straight.p50)}`);
        }
    });
}

const scenarios = { first_word, cancelling, slow_readers, throughput };
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(scenarios)) await scenarios[name]();
process.exit(broken > 0 ? 1 : 0);
