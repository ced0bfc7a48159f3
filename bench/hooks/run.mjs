// What hooks cost: five calls at once with a hook of 100 ms each, /health while a hook blocks for a second, and a call with
// no hook and with one that is built in. Exits 1 when a promise is not kept.
//     AGENTHUB_BIN=build/release/agenthub node bench/hooks/run.mjs [CALLS]

import net from 'node:net';

import { Daemon, finish } from '../../tests/e2e/support/daemon.mjs';
import { fake } from '../../tests/e2e/support/predecessor.mjs';
import { LegacyClient } from '../../tests/e2e/support/raw_http.mjs';

const kCalls = Number(process.argv[2] ?? 20_000);
const kTogether = 200; // ms, five hooks of 100 ms on five calls at once
const kHealth = 50; // ms, /health at the 99th percentile while a hook blocks
const kBuiltIn = 1; // us, one built-in hook; of the medians, within what two runs of the same differ by

let failed = false;
const promise = (kept) => (failed ||= !kept);

async function with_daemon(hooks, use) {
    const daemon = await Daemon.start({ servers: { fake: fake({ auto_start: true }) }, config: { hooks } });
    try {
        await daemon.server_pid('fake');
        return await use(daemon);
    } finally {
        await finish(daemon);
    }
}

const call = (daemon, name) =>
    fetch(`${daemon.url}/mcp/fake/x`, { method: 'POST', body: JSON.stringify({ id: 1, method: 'tools/call', params: { name, arguments: { text: 'x' } } }) })
        .then((response) => response.json())
        .then(({ result, error }) => {
            if (!result) throw new Error(JSON.stringify(error));
        });

const hundred = { name: 'hundred', on: 'before', tool: 'echo', timeout: '10s', run: { command: ['/bin/sleep', '0.1'] } };
const second = { name: 'second', on: 'before', tool: 'sleep', timeout: '10s', run: { command: ['/bin/sleep', '1'] } };
await with_daemon([hundred, second], async (daemon) => {
    await call(daemon, 'echo'); // its connection, and the guard's file in memory
    const began = performance.now();
    await Promise.all([1, 2, 3, 4, 5].map(() => call(daemon, 'echo')));
    const together = performance.now() - began;
    console.log(`five hooks of 100 ms on five calls at once: ${together.toFixed(0)} ms; less than ${kTogether} ms`);
    promise(together < kTogether);

    let blocked = true;
    const slow = call(daemon, 'sleep').finally(() => (blocked = false));
    const times = [];
    while (blocked) {
        const asked = performance.now();
        await fetch(`${daemon.url}/health`).then((response) => response.text());
        times.push(performance.now() - asked);
    }
    await slow;
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)];
    console.log(`/health while a hook blocks for a second: ${times.length} answers, p99 ${p99.toFixed(1)} ms; less than ${kHealth} ms`);
    promise(p99 < kHealth);
});

/** One connection, one call at a time, as little else as possible. */
async function median_of_calls(daemon) {
    const { hostname, port } = new URL(daemon.url);
    const socket = net.connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const client = await LegacyClient.open(`${daemon.url}/mcp/fake`);
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"x"}}}';
    const text =
        `POST /mcp/fake HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json, text/event-stream\r\nMcp-Session-Id: ${client.session}\r\n` +
        `MCP-Protocol-Version: ${client.version}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const ask = () =>
        new Promise((resolve) => {
            let got = '';
            const read = (piece) => {
                got += piece;
                const head = got.indexOf('\r\n\r\n');
                if (head < 0 || got.length < head + 4 + Number(/content-length: (\d+)/i.exec(got)[1])) return;
                socket.off('data', read);
                resolve();
            };
            socket.on('data', read);
            socket.write(text);
        });
    for (let i = 0; i < 1000; ++i) await ask();
    const times = new Float64Array(kCalls);
    for (let i = 0; i < kCalls; ++i) {
        const began = process.hrtime.bigint();
        await ask();
        times[i] = Number(process.hrtime.bigint() - began) / 1000;
    }
    socket.destroy();
    await client.stop();
    times.sort();
    return times[kCalls >> 1];
}

const limit = { name: 'limit', on: 'before', tool: 'echo', run: { builtin: 'rate_limit', calls: 1_000_000_000, per: '1s' } };
const none = [], one = [];
for (let round = 0; round < 3; ++round) {
    none.push(await with_daemon([], median_of_calls));
    one.push(await with_daemon([limit], median_of_calls));
}
const spread = Math.max(...none) - Math.min(...none);
const more = Math.min(...one) - Math.min(...none);
console.log(`a call without hooks: ${Math.min(...none).toFixed(1)} us, rounds differ by ${spread.toFixed(1)} us`);
console.log(`with one built-in hook: ${more.toFixed(1)} us more; at most ${kBuiltIn} us (hooks_bench measures it alone)`);
promise(more <= kBuiltIn + spread);
process.exitCode = failed ? 1 : 0;
