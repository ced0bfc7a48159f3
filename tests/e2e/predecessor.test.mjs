// AgentHub in the place of its predecessor: with that one's files as they are, and its variables.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { access, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { eventually } from './support/wait.mjs';

const kData = fileURLToPath(new URL('../config/data', import.meta.url));
const kBinary = process.env.AGENTHUB_BIN ?? fileURLToPath(new URL('../../build/release/agenthub', import.meta.url));

/** The environment without what would lead elsewhere. */
function plain_environment(folder, more = {}) {
    const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config'), ...more };
    delete env.AGENTHUB_CONFIG;
    return env;
}

describe("the predecessor's files", kOnlyThroughHub, () => {
    let folder, daemon;
    const place = (name) => path.join(folder.path, name);
    before(async () => {
        folder = await temporary_folder();
        await cp(path.join(kData, 'predecessor'), folder.path, { recursive: true });
        await cp(path.join(kData, 'successor/api-keys.json'), place('api-keys.json'));
        const env = { ENHANCEMENT_RULES_CONFIG: place('enhancement-rules.json'), API_KEYS_CONFIG: place('api-keys.json') };
        daemon = await Daemon.start({ file: place('mcp-servers.json'), env });
    });
    after(() => finish(daemon, folder));

    test('start unchanged, every server with its fields', async () => {
        const { servers } = await daemon.get('/servers');
        assert.deepEqual(servers.map(({ name }) => name), ['context7', 'desktop-commander', 'sequential-thinking', 'obsidian', 'remote-search']);
        const thinking = await daemon.get('/servers/sequential-thinking');
        assert.equal(thinking.config.package, '@modelcontextprotocol/server-sequential-thinking');
        assert.equal(thinking.config.max_restarts, 5);
        assert.equal(thinking.config.health_check_interval, 60);
        const { servers: counts } = await daemon.get('/health');
        assert.equal(counts.total, 5);
    });

    test('a secret that cannot be had disables its server alone, and says what to do', async () => {
        const { config } = await daemon.get('/servers/obsidian');
        assert.match(config.disabled_reason, /OBSIDIAN_API_KEY: the keyring's entry "obsidian_api_key" of the service "agenthub"/);
        assert.match((await daemon.get('/servers/remote-search')).config.disabled_reason, /"http"/);
        assert.equal((await daemon.get('/servers/context7')).config.disabled_reason, null);
    });

    test('an installed server stands in the file in its own form, and the rest byte by byte as before', async () => {
        const before_it = await readFile(place('mcp-servers.json'), 'utf8');
        const headers = { 'Content-Type': 'application/json' };
        const body = JSON.stringify({ package: '@x/foo-mcp', description: 'new' });
        const installed = await fetch(`${daemon.url}/servers/install`, { method: 'POST', headers, body });
        assert.equal(installed.status, 200, await installed.text());
        const text = await readFile(place('mcp-servers.json'), 'utf8');
        assert.deepEqual(JSON.parse(text).servers.foo, {
            package: '@x/foo-mcp', transport: 'stdio', command: 'npx', args: ['-y', '@x/foo-mcp'], env: {}, auto_start: false,
            restart_on_failure: true, max_restarts: 3, health_check_interval: 30, description: 'new',
        });
        assert.ok(text.startsWith(before_it.slice(0, before_it.lastIndexOf('"description": "The http transport"'))));
        assert.equal((await daemon.get('/servers/foo')).config.package, '@x/foo-mcp');
        const removed = await fetch(`${daemon.url}/servers/foo`, { method: 'DELETE' });
        assert.equal(removed.status, 200);
        assert.equal(await readFile(place('mcp-servers.json'), 'utf8'), before_it);
    });

    test('each of them may be the configuration file', async () => {
        for (const name of ['predecessor/enhancement-rules.json', 'successor/enhancement-rules.json', 'successor/api-keys.json', 'successor/mcp-servers.json']) {
            const alone = await Daemon.start({ file: path.join(kData, name) });
            try {
                const { servers } = await alone.get('/health');
                assert.equal(servers.total, name.endsWith('mcp-servers.json') ? 3 : 0);
                if (name.includes('rules')) {
                    const install = await fetch(`${alone.url}/servers/install`, { method: 'POST', body: '{"package": "foo"}' });
                    assert.equal(install.status, 503, 'a file of rules is no place for servers');
                }
            } finally {
                await alone.stop();
            }
        }
    });
});

describe("the predecessor's variables", kOnlyThroughHub, () => {
    let folder;
    before(async () => (folder = await temporary_folder()));
    after(() => finish(folder));

    const check = (env, ...args) => spawnSync(kBinary, ['check-config', ...args], { env: plain_environment(folder.path, env), encoding: 'utf8' });

    test('MCP_SERVERS_CONFIG: a file that does not exist is made, and servers are installed into it', async () => {
        const file = path.join(folder.path, 'new-servers.json');
        const env = { MCP_SERVERS_CONFIG: file, HOME: folder.path, XDG_CONFIG_HOME: folder.path, AGENTHUB_CONFIG: '' };
        const daemon = await Daemon.start({ file: null, env });
        try {
            assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { servers: {} });
            const install = await fetch(`${daemon.url}/servers/install`, { method: 'POST', body: '{"package": "foo"}' });
            assert.equal(install.status, 200, await install.text());
            assert.equal(JSON.parse(await readFile(file, 'utf8')).servers.foo.transport, 'stdio');
            assert.equal((await daemon.get('/servers')).servers.length, 1);
        } finally {
            await daemon.stop();
        }
    });

    test('a file of servers that is no JSON refuses to start, and says where', async () => {
        const file = path.join(folder.path, 'broken.json');
        await writeFile(file, '{"servers": {\n  "a": {"command" "x"}}}');
        const state = path.join(folder.path, 'unused');
        const { status, stderr } = spawnSync(kBinary, ['serve', '--state-dir', state, '--listen', '127.0.0.1:0'],
            { env: plain_environment(folder.path, { MCP_SERVERS_CONFIG: file }), encoding: 'utf8', timeout: 60_000 });
        assert.equal(status, 2, stderr);
        assert.ok(stderr.includes(`${file}: line 2, column `), stderr);
        await assert.rejects(access(state), 'nothing was begun');
    });

    test('addresses, models, breakers and levels', async () => {
        const env = { HOST: '127.0.0.1', PORT: '5555', OLLAMA_HOST: 'models', OLLAMA_PORT: '99', OLLAMA_MODEL: 'm', CB_FAILURE_THRESHOLD: '7', CACHE_MAX_SIZE: '9', LOG_LEVEL: 'WARNING' };
        const { stdout, stderr } = check(env);
        for (const line of ['listen: 127.0.0.1:5555', '  url: "http://models:99"', '  model: "m"', '  breaker_threshold: 7', '    max_entries: 9', '  level: warn'])
            assert.ok(stdout.includes(`${line}\n`), `${line} in ${stdout}${stderr}`);
    });

    test('LOG_LEVEL decides what is logged', async () => {
        const daemon = await Daemon.start({ env: { LOG_LEVEL: 'Error' }, args: ['--log-level', 'info'] });
        await daemon.stop();
        const quiet = check({ LOG_LEVEL: 'Error' });
        assert.match(quiet.stdout, /level: error/);
        const loud = await Daemon.start({ env: { LOG_LEVEL: 'DEBUG' }, servers: { a: { command: '/no/such/program', auto_start: true } } });
        try {
            await eventually(10_000, 'a line of level debug', async () => / debug /.test(loud.log));
        } finally {
            await loud.stop();
        }
    });
});

describe('secrets that are slow', kOnlyThroughHub, () => {
    let folder, daemon;
    before(async () => {
        folder = await temporary_folder();
        await mkdir(path.join(folder.path, 'x'));
        daemon = await Daemon.start({});
    });
    after(() => finish(daemon, folder));

    const waiting_for = (file) => ({ source: 'command', command: ['sh', '-c', `echo $$ > ${file}.pid; until [ -e ${file} ]; do sleep 0.05; done; cat ${file}`], timeout: 30 });
    const reload = () => fetch(`${daemon.url}/admin/reload`, { method: 'POST' });

    test('hold up nobody but who asks for the reload; reloads come one after the other', async () => {
        const file = path.join(folder.path, 'gate');
        const config = path.join(path.dirname(daemon.state_dir), 'agenthub.json');
        await writeFile(config, JSON.stringify({ mcpServers: { slow: { command: 'true', env: { T: waiting_for(file) } } } }));
        const first = reload();
        const second = reload();
        await eventually(10_000, 'the command to run', () => access(`${file}.pid`).then(() => true));
        for (let i = 0; i < 20; ++i) {
            const began = performance.now();
            await daemon.get('/health');
            assert.ok(performance.now() - began < 2000);
        }
        assert.equal((await daemon.get('/servers')).servers.length, 0, 'nothing is taken over yet');
        await writeFile(file, 'the secret');
        const answers = [await (await first).json(), await (await second).json()];
        assert.deepEqual(answers.map(({ servers }) => servers.added).sort(), [[], ['slow']]);
        assert.equal((await daemon.get('/servers/slow')).config.disabled_reason, null);
    });

    test('do not hold up the end of the daemon, and leave nothing behind', async () => {
        const file = path.join(folder.path, 'never');
        const config = path.join(path.dirname(daemon.state_dir), 'agenthub.json');
        await writeFile(config, JSON.stringify({ mcpServers: { slow: { command: 'true', env: { T: waiting_for(file) } } } }));
        const asked = reload().then((response) => response.status, () => 'cut off');
        await eventually(10_000, 'the command to run', () => access(`${file}.pid`).then(() => true));
        const began = performance.now();
        await daemon.stop();
        assert.ok(performance.now() - began < 15_000, 'it did not wait for the 30 s of the command');
        assert.ok([400, 'cut off'].includes(await asked));
        daemon = undefined;
    });
});
