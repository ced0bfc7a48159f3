// An MCP server over stdio for tests of batches and pipelines: it counts what reaches it, fails as often as it is told,
// and holds calls until they are released or cancelled.
//     node many_server.mjs

import { createInterface } from 'node:readline';

const object = (properties = {}) => ({ type: 'object', properties });
const tools = [
    { name: 'echo', inputSchema: object({ text: { type: 'string' } }) },
    { name: 'big', inputSchema: object({ n: { type: 'number' } }) },
    { name: 'structured', inputSchema: object() },
    { name: 'hold', inputSchema: object({ label: { type: 'string' } }) },
    { name: 'release', inputSchema: object({ label: { type: 'string' } }) },
    { name: 'seen', inputSchema: object(), annotations: { readOnlyHint: true } },
    { name: 'die', inputSchema: object() },
    { name: 'pid', inputSchema: object() },
    { name: 'error', inputSchema: object() },
    ...['flaky', 'flaky_safe', 'flaky_read'].map((name) => ({
        name,
        inputSchema: object({ key: { type: 'string' }, times: { type: 'number' } }),
        ...(name === 'flaky_safe' && { annotations: { idempotentHint: true } }),
        ...(name === 'flaky_read' && { annotations: { readOnlyHint: true } }),
    })),
];

const counts = {}; // calls by their text, label or key
const cancelled = []; // labels of held calls
const held = new Map(); // label -> function that ends it
const running = new Map(); // request id -> label
const text = (value) => ({ content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] });
const count = (key) => (counts[key] = (counts[key] ?? 0) + 1);

async function call(id, name, args) {
    if (name === 'echo') count(args.text);
    if (name === 'echo') return { result: text(args.text ?? '') };
    if (name === 'big') return { result: text('x'.repeat(args.n)) };
    if (name === 'structured') return { result: { ...text('said'), structuredContent: { list: [1, { deep: 'found' }] } } };
    if (name === 'seen') return { result: text({ counts, cancelled, held: [...held.keys()] }) };
    if (name === 'error') return { error: { code: -32050, message: 'not today', data: { why: 'on purpose' } } };
    if (name === 'pid') return { result: text(String(process.pid)) };
    if (name === 'die') process.exit(9);
    if (name === 'release') {
        held.get(args.label)?.('released');
        return { result: text(held.has(args.label) ? 'released' : 'not held') };
    }
    if (name === 'hold') {
        count(args.label);
        running.set(id, args.label);
        const how = await new Promise((resolve) => held.set(args.label, resolve));
        held.delete(args.label);
        if (how === 'cancelled') cancelled.push(args.label);
        return how === 'cancelled' ? null : { result: text(`${args.label}: ${how}`) };
    }
    if (name.startsWith('flaky'))
        return count(args.key) <= args.times
            ? { result: { ...text(`failed ${counts[args.key]}`), isError: true } }
            : { result: text(`done after ${counts[args.key]}`) };
    return { error: { code: -32602, message: `Unknown tool: ${name}` } };
}

async function answer({ id, method, params }) {
    if (method === 'initialize') {
        const serverInfo = { name: 'many', version: '1' };
        return { result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo } };
    }
    if (method === 'ping') return { result: {} };
    if (method === 'tools/list') return { result: { tools } };
    if (method !== 'tools/call') return { error: { code: -32601, message: `there is no ${method}` } };
    return call(id, params.name, params.arguments ?? {});
}

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
    const message = JSON.parse(line);
    if (message.method === 'notifications/cancelled') held.get(running.get(message.params.requestId))?.('cancelled');
    if (message.id === undefined || message.method === undefined) return;
    const reply = await answer(message);
    if (reply) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, ...reply })}\n`);
});
lines.on('close', () => process.exit(0));
