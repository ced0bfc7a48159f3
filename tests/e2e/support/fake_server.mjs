// A small MCP server over stdio, as the prototype's own tests had it: echo, sleep, big, noise, die, and a tool whose
// schema names no properties.
//     node fake_server.mjs [--ignore-term] [--exit CODE] [--slow MS] [--starts FILE]
// --exit: it ends at once with this code. --slow: so long it takes to shake hands. --starts: gets a line for each start.

import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
    options: {
        'ignore-term': { type: 'boolean', default: false },
        exit: { type: 'string' },
        slow: { type: 'string', default: '0' },
        starts: { type: 'string' },
    },
});
if (options.starts) appendFileSync(options.starts, `${process.pid}\n`);
if (options.exit) {
    console.error('it is not to be');
    process.exit(Number(options.exit));
}
if (options['ignore-term']) {
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1000);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const schema = (properties) => ({ type: 'object', properties });
const tools = [
    { name: 'echo', inputSchema: schema({ text: { type: 'string' } }) },
    { name: 'sleep', inputSchema: schema({ ms: { type: 'number' } }) },
    { name: 'big', inputSchema: schema({ n: { type: 'number' } }) },
    { name: 'noise', inputSchema: schema({ n: { type: 'number' } }) },
    { name: 'ask', inputSchema: schema({}) },
    { name: 'seen', inputSchema: schema({}) },
    { name: 'die', inputSchema: { type: 'object' } },
];
const seen = [];
const asked = new Map();

async function call(name, { text = '', ms = 0, n = 0 } = {}) {
    if (name === 'echo') return text;
    if (name === 'sleep') return pause(ms).then(() => `slept ${ms}`);
    if (name === 'big') return 'x'.repeat(n);
    if (name === 'noise') return new Promise((resolve) => process.stderr.write('noise\n'.repeat(n / 6), () => resolve('done')));
    if (name === 'seen') return JSON.stringify(seen);
    if (name === 'ask') {
        const answer = new Promise((resolve) => asked.set('q', resolve));
        send({ id: 'q', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } });
        return JSON.stringify(await answer);
    }
    process.exit(9);
}

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

async function answer({ id, method, params }) {
    if (method === 'initialize') {
        await pause(Number(options.slow));
        const serverInfo = { name: 'fake', version: '1' };
        return { result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo } };
    }
    if (method === 'ping') return { result: {} };
    if (method === 'tools/list') return { result: { tools } };
    if (method !== 'tools/call') return { error: { code: -32601, message: `there is no ${method}` } };
    return { result: { content: [{ type: 'text', text: await call(params.name, params.arguments) }] } };
}

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
    const message = JSON.parse(line);
    seen.push(message);
    if (message.method === undefined) asked.get(message.id)?.(message);
    else if (message.id !== undefined) send({ id: message.id, ...(await answer(message)) });
});
lines.on('close', () => options['ignore-term'] || process.exit(0));
