// What parallel calls cost: nine calls of 100 ms with max_concurrent 3, in order, one bad item among ten isolated; and how
// many calls of no length at all a batch makes in a second. Exits 1 when a promise is not kept.
//     AGENTHUB_BIN=build/release/agenthub node bench/batch/run.mjs [ROUNDS]

import { Daemon, finish } from '../../tests/e2e/support/daemon.mjs';
import { fake } from '../../tests/e2e/support/predecessor.mjs';

const kRounds = Number(process.argv[2] ?? 10);
const [kLeast, kMost] = [300, 400]; // ms

const daemon = await Daemon.start({ servers: { fake: fake({ auto_start: true }) } });
let failed = false;

const call = (tool, args) => ({ server: 'fake', tool, arguments: args });
async function batch(calls, options) {
    const began = performance.now();
    const response = await fetch(`${daemon.url}/batch`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ calls, ...options }),
    });
    const { results } = await response.json();
    return { results, ms: performance.now() - began };
}

try {
    await daemon.server_pid('fake');
    await batch([call('sleep', { ms: 1 })]); // what the first one starts
    const times = [];
    for (let round = 0; round < kRounds; ++round) {
        const { results, ms } = await batch(Array.from({ length: 9 }, () => call('sleep', { ms: 100 })), { max_concurrent: 3 });
        if (!results.every(({ status, index }, i) => status === 'ok' && index === i)) throw new Error(JSON.stringify(results));
        times.push(ms);
    }
    times.sort((a, b) => a - b);
    const ok = times[0] >= kLeast && times.at(-1) <= kMost;
    failed ||= !ok;
    console.log(`9 calls of 100 ms, max_concurrent 3, ${kRounds} times: ${times[0].toFixed(0)} to ${times.at(-1).toFixed(0)} ms; ` +
        `promised ${kLeast} to ${kMost} ms${ok ? '' : ': NOT KEPT'}`);

    const mixed = Array.from({ length: 9 }, (_, i) => (i === 4 ? { server: 'nobody', tool: 'x' } : call('sleep', { ms: 100 })));
    const { results } = await batch(mixed, { max_concurrent: 3 });
    const isolated = results.filter(({ status }) => status === 'ok').length === 8 && results[4].error.data.reason === 'server_unknown';
    failed ||= !isolated;
    console.log(`one bad item among nine: ${isolated ? 'alone' : 'NOT ALONE'}`);

    const many = await batch(Array.from({ length: 1000 }, (_, i) => call('echo', { text: `${i}` })), { max_concurrent: 64 });
    const in_order = many.results.every(({ result }, i) => result.content[0].text === `${i}`);
    failed ||= !in_order;
    console.log(`1000 calls of echo, max_concurrent 64: ${many.ms.toFixed(0)} ms, ${(1000 / many.ms * 1000).toFixed(0)} calls/s, ` +
        `${in_order ? 'in order' : 'NOT IN ORDER'}`);
} finally {
    await finish(daemon);
}
process.exit(failed ? 1 : 0);
