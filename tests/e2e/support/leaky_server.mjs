// An MCP server that tells everybody everything: it writes the values of the variables named in LEAKS to its stderr when
// it starts, and into whatever it is asked for. It speaks the protocol by hand, so that nothing stands between.
// Arguments: refuse (the handshake), die (at once), late (its first words come in two pieces).

import { createInterface } from 'node:readline';

const values = (process.env.LEAKS ?? '').split(',').map((name) => process.env[name] ?? `no ${name}`);
const said = values.map((value) => [value, JSON.stringify(value), encodeURIComponent(value)]).flat();
const mode = process.argv[2];

const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
const tell = () => said.forEach((text) => process.stderr.write(`the value is ${text}!\n`));

function answer({ id, method, params }) {
    if (method === 'initialize') {
        if (mode === 'refuse') return send({ id, error: { code: -32000, message: `not with ${said.join(' ')}` } });
        const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'leaky', version: '1' } };
        return send({ id, result });
    }
    const tools = ['say', 'fail', 'complain', 'die'].map((name) => ({ name, inputSchema: { type: 'object' } }));
    if (method === 'tools/list') return send({ id, result: { tools } });
    if (method === 'ping') return send({ id, result: {} });
    if (method !== 'tools/call') return id === undefined ? undefined : send({ id, error: { code: -32601, message: method } });
    const content = [{ type: 'text', text: said.join(' ') }];
    if (params.name === 'say') return send({ id, result: { content } });
    if (params.name === 'complain') return send({ id, result: { content, isError: true } });
    if (params.name === 'fail') return send({ id, error: { code: -32000, message: `wrong: ${said.join(' ')}` } });
    process.stderr.write(`dying with ${said.join(' ')}`, () => process.exit(3));
}

if (mode === 'die') {
    process.stderr.write(`cannot start with ${said.join(' ')}\n`, () => process.exit(4));
} else {
    process.stdout.write(`no JSON, but ${said.join(' ')}\n`);
    if (mode === 'late') {
        const half = values[0].length / 2;
        process.stderr.write(`in two pieces: ${values[0].slice(0, half)}`, () => process.stderr.write(values[0].slice(half) + '\n'));
    }
    tell();
    createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)));
}
