// What prompt enhancement costs whoever asks: a prompt that is in the cache, one after the other over one connection; and
// fifty at once that nobody has asked before. Exits 1 when a promise is not kept.
//     AGENTHUB_BIN=build/release/agenthub node bench/enhancement/run.mjs [REQUESTS]

import net from 'node:net';

import { Daemon, finish } from '../../tests/e2e/support/daemon.mjs';
import { ModelStub } from '../../tests/e2e/support/model_stub.mjs';
import { eventually } from '../../tests/e2e/support/wait.mjs';

const kRequests = Number(process.argv[2] ?? 20_000);
const kHitLimit = 200; // microseconds, at the 99th percentile

/** One connection, one request at a time, as little else as possible. */
class Line {
    #socket;
    #text = '';
    #done;

    static async open(url) {
        const line = new Line();
        const { hostname, port } = new URL(url);
        line.#socket = net.connect(Number(port), hostname);
        line.#socket.setNoDelay(true);
        line.#socket.setEncoding('latin1');
        line.#socket.on('data', (text) => line.#take(text));
        await new Promise((resolve) => line.#socket.once('connect', resolve));
        return line;
    }

    #take(text) {
        this.#text += text;
        const head = this.#text.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(this.#text)[1]);
        if (this.#text.length < head + 4 + length) return;
        const body = this.#text.slice(head + 4);
        this.#text = '';
        this.#done(body);
    }

    ask(prompt) {
        const body = JSON.stringify({ prompt });
        return new Promise((resolve) => {
            this.#done = resolve;
            this.#socket.write(
                `POST /ollama/enhance HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Client-ID: bench\r\nContent-Type: application/json\r\n` +
                    `Content-Length: ${body.length}\r\n\r\n${body}`,
            );
        });
    }

    close() {
        this.#socket.destroy();
    }
}

const stub = await ModelStub.start();
const daemon = await Daemon.start({ config: { ollama: { url: stub.url }, enhancement: {} } });
let failed = false;
try {
    const line = await Line.open(daemon.url);
    const prompt = 'Explain how a cache works. '.repeat(20);
    await line.ask(prompt);
    const times = new Float64Array(kRequests);
    for (let i = 0; i < kRequests; ++i) {
        const began = process.hrtime.bigint();
        const reply = await line.ask(prompt);
        times[i] = Number(process.hrtime.bigint() - began) / 1000;
        if (!reply.includes('"cached":true')) throw new Error(`not from the cache: ${reply}`);
    }
    line.close();
    times.sort();
    const at = (part) => times[Math.floor(kRequests * part)].toFixed(0);
    console.log(`cache hit over HTTP, ${kRequests} requests: p50 ${at(0.5)} us, p99 ${at(0.99)} us, p99.9 ${at(0.999)} us ` +
        `with this client's own time; at most ${kHitLimit} us`);
    failed ||= Number(at(0.99)) > kHitLimit;
    // What AgentHub itself says of them: from its header to the last byte of the reply.
    const rows = (offset) => daemon.get(`/audit/activity?client_id=bench&limit=1000&offset=${offset}`);
    await eventually(10_000, 'the rows', async () => (await rows(0)).total > kRequests); // one more filled the cache
    const own = [];
    while (own.length < kRequests) own.push(...(await rows(own.length)).entries.map(({ duration }) => duration * 1e6));
    own.sort((a, b) => a - b);
    const took = (part) => own[Math.floor(own.length * part)];
    console.log(`of that in AgentHub: p50 ${took(0.5).toFixed(0)} us, p99 ${took(0.99).toFixed(0)} us`);

    stub.holds = true;
    const before = stub.generated.length;
    const asked = Array.from({ length: 50 }, async () => {
        const one = await Line.open(daemon.url);
        const reply = await one.ask('asked by fifty');
        one.close();
        return reply;
    });
    await stub.came(before + 1);
    await daemon.get('/health');
    stub.release();
    await Promise.all(asked);
    const made = stub.generated.length - before;
    console.log(`fifty at once: ${made} request to the model`);
    failed ||= made !== 1;
} finally {
    await finish(daemon, stub);
}
process.exitCode = failed ? 1 : 0;
