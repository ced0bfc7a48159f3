// Secrets from every source, planted in servers that tell everybody everything: what they are told is passed on, and
// nothing that AgentHub itself says, writes or logs has a secret in it.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { eventually } from './support/wait.mjs';

const run = promisify(execFile);
const kLeaky = fileURLToPath(new URL('support/leaky_server.mjs', import.meta.url));
const kBinary = process.env.AGENTHUB_BIN ?? fileURLToPath(new URL('../../build/release/agenthub', import.meta.url));
const kHasKeyring = ['secret-tool', 'gnome-keyring-daemon', 'dbus-daemon'].every(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
);

// With what JSON and URLs must escape, and a part that no other text has.
const secret = (name) => `${name}-"${randomBytes(8).toString('hex')}"/+ü ${name}`;

/** A bus with a keyring of its own that nobody has to unlock; `env` leads to it. */
async function start_keyring(folder) {
    const runtime = path.join(folder, 'runtime');
    const home = path.join(folder, 'home');
    await mkdir(runtime, { mode: 0o700 });
    await mkdir(home);
    const env = { XDG_RUNTIME_DIR: runtime, HOME: home, XDG_DATA_HOME: path.join(home, 'data') };
    const socket = path.join(runtime, 'bus');
    const { stdout } = await run('dbus-daemon', ['--session', '--fork', '--print-pid', `--address=unix:path=${socket}`], {
        env: { ...process.env, ...env, DBUS_SESSION_BUS_ADDRESS: '' },
    });
    const all = { ...process.env, ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
    const stop = async () => process.kill(Number(stdout));
    try {
        const unlocked = spawnSync('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--daemonize'], { env: all, input: 'x\n' });
        assert.equal(unlocked.status, 0, String(unlocked.stderr));
    } catch (error) {
        await stop();
        throw error;
    }
    return {
        env,
        store: (service, username, value) => {
            const stored = spawnSync('secret-tool', ['store', '--label=test', 'service', service, 'username', username], { env: all, input: value });
            assert.equal(stored.status, 0, String(stored.stderr));
        },
        stop,
    };
}

/** A model server that refuses every key, and repeats it behind as many letters as `padding` says. */
async function start_repeating_model() {
    const model = { padding: 0, asked: 0 };
    const server = http.createServer((request, response) => {
        request.resume().on('end', () => {
            ++model.asked;
            const key = Buffer.from(request.headers.authorization ?? '', 'latin1').toString('utf8');
            response.writeHead(401, { 'Content-Type': 'application/json' });
            response.end(JSON.stringify({ error: `${'x'.repeat(model.padding)} ${key} is unknown` }));
        });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    model.url = `http://127.0.0.1:${server.address().port}`;
    model.stop = async () => {
        server.closeAllConnections();
        server.close();
    };
    return model;
}

/** Every file below a folder as text. */
async function texts_below(folder) {
    const out = [];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) out.push([entry.name, await readFile(path.join(entry.parentPath ?? entry.path, entry.name), 'latin1')]);
    return out;
}

describe('secrets', kOnlyThroughHub, () => {
    let daemon, folder, keyring, model;
    const planted = {};
    const outputs = []; // [what, text]
    const plant = (name) => (planted[name] = secret(name));
    const spellings = (value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('latin1')];

    async function ask(what, method = 'GET', body) {
        const headers = { 'Content-Type': 'application/json' };
        const response = await fetch(daemon.url + what, { method, headers, body: body && JSON.stringify(body) });
        const text = await response.text();
        outputs.push([`${method} ${what}`, text]);
        return { status: response.status, text };
    }

    before(async () => {
        folder = await temporary_folder();
        const place = (name) => path.join(folder.path, name);
        await writeFile(place('file'), plant('file') + '\n');
        await mkdir(place('credentials'));
        await writeFile(place('credentials/token'), plant('credential'));
        await writeFile(place('command'), `#!/bin/sh\necho noise >&2\nprintf %s '${plant('command')}'\n`);
        await chmod(place('command'), 0o700);
        await writeFile(place('keys.json'), JSON.stringify({ keys: { [plant('api-key')]: { client_name: 'x' } } }));
        const env = { A_TOKEN: plant('literal'), B: { source: 'file', path: place('file') } };
        env.C = { source: 'command', command: [place('command')] };
        env.D = { source: 'credential', name: 'token' };
        env.E = { source: 'env', name: 'PLANTED_FOR_TEST' };
        env.F = '${PLANTED_TOKEN}';
        env.G_URL = `postgres://me:${plant('urlpassword').replaceAll(/[^a-z0-9]/g, '')}@db/x`;
        planted.urlpassword = env.G_URL.match(/me:(.*)@/)[1];
        const daemon_env = { PLANTED_FOR_TEST: plant('variable'), PLANTED_TOKEN: plant('reference') };
        daemon_env.INHERITED_API_KEY = plant('inherited');
        daemon_env.CREDENTIALS_DIRECTORY = place('credentials');
        if (kHasKeyring) {
            keyring = await start_keyring(folder.path);
            keyring.store('agenthub', 'token', plant('keyring'));
            Object.assign(daemon_env, keyring.env, { DBUS_SESSION_BUS_ADDRESS: '' });
            env.H = { source: 'keyring', service: 'of-the-entry', key: 'token' };
        }
        env.LEAKS = [...Object.keys(env), 'INHERITED_API_KEY'].join();
        const leaky = (...args) => ({ command: process.execPath, args: [kLeaky, ...args], env });
        const servers = { leaky: leaky(), refusing: leaky('refuse'), dying: leaky('die'), late: leaky('late') };
        servers.lacking = { command: 'x', env: { GOOD: env.B, BAD: { source: 'file', path: '/no/such/file' } } };
        model = await start_repeating_model();
        const config = { api_keys_file: place('keys.json'), ollama: { url: model.url, api_key: plant('ollama') } };
        daemon = await Daemon.start({ servers, config, args: ['--log-level', 'trace'], env: daemon_env });
    });
    after(() => finish(daemon, model, keyring, folder));

    test('reach the server, whatever their source, and what it answers with them is passed on', async () => {
        const call = { jsonrpc: '2.0', id: 1, method: 'initialize' };
        call.params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
        const opened = await fetch(`${daemon.url}/mcp/leaky`, { method: 'POST', headers, body: JSON.stringify(call) });
        headers['Mcp-Session-Id'] = opened.headers.get('mcp-session-id');
        const tool = async (name) => {
            const body = JSON.stringify({ jsonrpc: '2.0', id: name, method: 'tools/call', params: { name, arguments: {} } });
            const text = await (await fetch(`${daemon.url}/mcp/leaky`, { method: 'POST', headers, body })).text();
            return JSON.parse(text.replace(/^[^{]*/, ''));
        };
        const { result } = await tool('say');
        for (const [name, value] of Object.entries(planted)) {
            if (['api-key', 'ollama'].includes(name)) continue;
            assert.ok(result.content[0].text.includes(value), `${name} did not reach the server unchanged`);
        }
        assert.ok((await tool('complain')).result.isError);
        assert.match((await tool('fail')).error.message, new RegExp(planted.literal.slice(0, 8)), 'its error is its own');
        const died = await tool('die');
        assert.match(died.error.message, /\[redacted\]|exit/);
        outputs.push(['the reply to a call that died', JSON.stringify(died)]);
        for (const server of ['refusing', 'dying', 'late']) {
            const response = await fetch(`${daemon.url}/mcp/${server}`, { method: 'POST', headers, body: JSON.stringify(call) });
            outputs.push([`initialize of ${server}`, await response.text()]);
        }
    });

    test('stay out of every administrative document', async () => {
        for (const server of ['leaky', 'refusing', 'dying', 'late', 'lacking', 'unknown']) {
            for (const verb of ['start', 'stop', 'restart']) await ask(`/servers/${server}/${verb}`, 'POST');
            await ask(`/servers/${server}`);
            await ask(`/health/${server}`);
            await ask(`/circuit-breakers/${server}/reset`, 'POST');
        }
        for (const route of ['/health', '/servers', '/metrics', '/circuit-breakers', '/livez', '/readyz', '/audit/activity?limit=1000', '/audit/activity/stats'])
            await ask(route);
        await ask(`/servers/${encodeURIComponent(planted.literal)}`);
        await ask(`/${encodeURIComponent(planted.file)}`);
        await ask('/servers/install', 'POST', { package: planted.command });
        await ask('/servers/install', 'POST', { package: 'some-package', name: 'installed' });
        await ask('/servers/installed', 'DELETE');
        await ask('/admin/reload', 'POST');
        const shown = outputs.find(([what]) => what === 'GET /servers/leaky')[1];
        assert.match(shown, /the value is \[redacted\]!/, 'its stderr is shown');
        assert.match(outputs.find(([what]) => what === 'GET /servers/dying')[1], /cannot start with \[redacted\]/);
        assert.match(outputs.find(([what]) => what === 'GET /servers/lacking')[1], /env\.BAD: the secret file/);
        for (const [, text] of outputs.filter(([what]) => /^GET \/(servers|health|audit)/.test(what))) JSON.parse(text);
    });

    test('stay out of why a prompt stayed as it was, also where that is cut', async () => {
        const half = planted.ollama.match(/[0-9a-f]{16}/)[0].slice(0, 6);
        const headers = { 'Content-Type': 'application/json', 'X-Enhance': '1' };
        const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
        // So that the key stands where an error is cut: its whole, and what is told of one model among several.
        for (const padding of [0, 240, 250, 260, 270, 460, 470, 480, 490]) {
            model.padding = padding;
            const before_it = model.asked;
            const { status, text } = await ask('/ollama/enhance', 'POST', { prompt: `with ${padding}`, bypass_cache: true });
            assert.equal(status, 200);
            call.params = { name: 'say', arguments: { prompt: `said with ${padding}` } };
            const called = await fetch(`${daemon.url}/mcp/leaky/tools/call`, { method: 'POST', headers, body: JSON.stringify(call) });
            const note = JSON.stringify((await called.json()).result._meta['agenthub/enhanced']);
            outputs.push([`the note of a call with ${padding}`, note]);
            assert.ok(model.asked >= before_it + 2, 'the model was asked');
            for (const told of [text, note]) {
                assert.match(told, /Ollama answered with 401/);
                assert.ok(!told.includes(half), `half of the key is told: ${told}`);
            }
        }
    });

    test('stay out of the tools of the hub', async () => {
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
        const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
        const post = (body) => fetch(`${daemon.url}/mcp/hub`, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }) });
        headers['Mcp-Session-Id'] = (await post({ method: 'initialize', params })).headers.get('mcp-session-id');
        for (const [name, args] of [['server_status', { server: 'leaky' }], ['server_status', { server: 'dying' }], ['list_servers', {}], ['search_activity', {}]]) {
            const text = await (await post({ method: 'tools/call', params: { name, arguments: args } })).text();
            assert.match(text, /content/);
            outputs.push([`the hub's ${name}`, text]);
        }
    });

    test('stay out of what check-config says', async () => {
        const file = path.join(path.dirname(daemon.state_dir), 'agenthub.json');
        const { stdout, stderr } = await run(kBinary, ['check-config', file]);
        outputs.push(['check-config', stdout + stderr]);
        assert.match(stdout, /env: A_TOKEN, B, C, D, E, F, G_URL/);
        outputs.push(['check-config of JSON that breaks off', String(spawnSync(kBinary, ['check-config', '/dev/stdin'], { input: `{"x": "${planted.literal}` }).stderr)]);
    });

    test('are found in none of it, nor in the log, nor in the database', async () => {
        await eventually(10_000, 'the log to tell of the end', async () => /wrote to stderr/.test(daemon.log));
        for (const file of await texts_below(daemon.state_dir)) outputs.push(file);
        await daemon.stop();
        outputs.push(['the log', daemon.log]);
        const kept = outputs.length;
        assert.ok(kept > 40, `${kept} outputs`);
        assert.match(daemon.log, /wrote to stderr: the value is \[redacted\]!/);
        const found = [];
        for (const [what, text] of outputs)
            for (const [name, value] of Object.entries(planted))
                for (const spelled of spellings(value))
                    if (text.includes(spelled)) found.push(`${name} in ${what}: ${text.slice(Math.max(0, text.indexOf(spelled) - 60), text.indexOf(spelled) + 80)}`);
        assert.deepEqual(found, []);
        daemon = undefined;
    });

    test('a keyring was asked', { skip: !kHasKeyring && 'secret-tool, gnome-keyring-daemon or dbus-daemon is missing' }, () => {
        assert.ok(planted.keyring);
    });
});
