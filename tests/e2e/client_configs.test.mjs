// Documents for AI clients: over HTTP, and written by `agenthub connect` into files that the clients then really use.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { Daemon, finish, kBinary, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { witness } from './support/servers.mjs';

const run = promisify(execFile);
let daemon;

before(async () => {
    if (kOnlyThroughHub.skip) return;
    const views = { 'my-view': { servers: ['witness'] } };
    daemon = await Daemon.start({ servers: { witness: witness() }, config: { views } });
});
after(() => finish(daemon));

// What a client does with its entry; resolves with the names of the tools.
async function use({ url, command, args }) {
    const transport = url ? new StreamableHTTPClientTransport(new URL(url)) : new StdioClientTransport({ command, args });
    const client = new Client({ name: 'configured', version: '1' });
    await client.connect(transport);
    const { tools } = await client.listTools();
    await transport.terminateSession?.();
    await client.close();
    return tools.map(({ name }) => name);
}

describe('GET /configs', kOnlyThroughHub, () => {
    for (const [client, member] of [['claude-desktop', 'mcpServers'], ['claude-code', 'mcpServers'], ['cursor', 'mcpServers'], ['vscode', 'servers']])
        test(`${client}: the document leads here`, async () => {
            const all = (await daemon.get(`/configs/${client}`))[member];
            assert.deepEqual(Object.keys(all), ['agenthub']);
            assert.ok((await use(all.agenthub)).some((name) => name.endsWith('echo')));
            const one = (await daemon.get(`/configs/${client}?server=witness`))[member]['agenthub-witness'];
            assert.ok((await use(one)).includes('echo'));
            const view = (await daemon.get(`/configs/${client}?view=my-view`))[member]['agenthub-my-view'];
            assert.ok((await use(view)).some((name) => name.endsWith('echo')));
        });

    test('vscode-tasks: the tasks do what they say', async () => {
        const { version, tasks } = await daemon.get('/configs/vscode-tasks');
        assert.equal(version, '2.0.0');
        for (const { command, args } of tasks) await run(command, args);
    });

    test('raycast: a script that calls tools', async () => {
        const response = await fetch(`${daemon.url}/configs/raycast`);
        assert.match(response.headers.get('content-type'), /^text\/plain/);
        const script = await response.text();
        assert.match(script, /^#!\/bin\/bash\n# @raycast\.schemaVersion 1\n/);
        const { stdout } = await run('bash', ['-c', script, 'raycast', 'witness', 'echo', '{"label": "from raycast"}']);
        assert.match(stdout, /from raycast/);
        assert.match((await run('bash', ['-c', script, 'raycast', '', '', ''])).stdout, /witness/);
        const one = await (await fetch(`${daemon.url}/configs/raycast?server=witness`)).text();
        assert.match((await run('bash', ['-c', one, 'raycast', 'echo', '{"label": "short"}'])).stdout, /short/);
    });

    test('what is not there is 404, what cannot be is 400, and web pages get nothing', async () => {
        const status = async (route, headers) => {
            const response = await fetch(`${daemon.url}/configs/${route}`, { headers });
            return [response.status, typeof (await response.json()).detail];
        };
        assert.deepEqual(await status('emacs'), [404, 'string']);
        assert.deepEqual(await status('cursor?server=none'), [404, 'string']);
        assert.deepEqual(await status('cursor?view=none'), [404, 'string']);
        assert.deepEqual(await status('cursor?server=witness&view=my-view'), [400, 'string']);
        assert.deepEqual(await status('vscode-tasks?server=witness'), [400, 'string']);
        assert.deepEqual(await status('cursor', { Origin: 'http://evil.example' }), [403, 'string']);
        assert.equal((await fetch(`${daemon.url}/configs/cursor`, { method: 'POST' })).status, 405);
    });
});

describe('agenthub connect', kOnlyThroughHub, () => {
    let folder, env;

    beforeEach(async () => {
        folder = await temporary_folder();
        env = { PATH: process.env.PATH, HOME: folder.path, AGENTHUB_URL: daemon.url };
    });
    afterEach(() => folder.remove());

    const connect = (...args) => run(kBinary, ['connect', ...args], { env, cwd: folder.path });

    test('writes an entry that works, into a file with comments, and takes it back to the byte', async () => {
        const file = path.join(folder.path, '.config/Code/User/mcp.json');
        const before = '// my servers\r\n{\r\n\t"servers": {\r\n\t\t"a": {"type": "stdio"}, // the first\r\n\t},\r\n}\r\n';
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, before);
        await connect('vscode', '--write');
        const after = await readFile(file, 'utf8');
        assert.ok(after.startsWith(before.slice(0, before.indexOf('// the first') + 12)), after);
        const url = after.match(/"url": "([^"]+)"/)[1];
        assert.ok((await use({ url })).length > 0);
        await connect('vscode', '--undo');
        assert.equal(await readFile(file, 'utf8'), before);
        assert.deepEqual(await readdir(path.dirname(file)), ['mcp.json']);
    });

    test('the entry of claude-desktop is a command that works', async () => {
        await connect('claude-desktop', '--server', 'witness', '--write');
        const file = path.join(folder.path, '.config/Claude/claude_desktop_config.json');
        const { mcpServers } = JSON.parse(await readFile(file, 'utf8'));
        assert.ok((await use(mcpServers['agenthub-witness'])).includes('echo'));
        await connect('claude-desktop', '--undo');
        assert.deepEqual(await readdir(folder.path), []);
    });

    test('--project writes into the folder it is in', async () => {
        await connect('claude-code', '--project', '--write');
        const { mcpServers } = JSON.parse(await readFile(path.join(folder.path, '.mcp.json'), 'utf8'));
        assert.deepEqual(mcpServers.agenthub, { type: 'http', url: `${daemon.url}/mcp` });
        await connect('claude-code', '--project', '--undo');
        assert.deepEqual(await readdir(folder.path), []);
    });
});
