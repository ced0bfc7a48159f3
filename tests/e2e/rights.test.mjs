// Who may call what, on the real daemon: rights come before hooks, at every endpoint, and fail closed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kBinary, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { HookStub } from './support/hook_stub.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { LegacyClient, ModernClient, text_in } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

const kRights = {
    default: 'allow',
    rules: [
        { client: 'admin', allow: true },
        { server: 'fake', tool: 'die', allow: false },
        { server: 'hub', tool: 'restart_*', allow: false },
        { client: 'guest', method: 'tools/call', allow: false },
        { server: 'stopped', allow: false },
        { server: 'modern', method: 'resources/*', tool: 'secret:*', allow: false },
    ],
};

describe('rights', kOnlyThroughHub, () => {
    let daemon, hub, stub;
    before(async () => {
        stub = await HookStub.start();
        daemon = await Daemon.start({
            servers: { fake: fake({ auto_start: true }), modern: peer('modern', { auto_start: true }), stopped: fake() },
            config: {
                rights: kRights,
                hooks: [{ name: 'seen', on: 'before', method: '*', run: { http: stub.url } }, { name: 'errors', on: 'error', method: '*', run: { http: stub.url } }],
                views: { v: { tools: ['fake__*'], rename: { fake__die: 'harmless' } } },
            },
        });
        hub = new Requests(daemon);
        await daemon.server_pid('fake');
        await daemon.server_pid('modern');
    });
    after(() => finish(daemon, stub));

    const calls_of_hooks = async () => (await daemon.get('/hooks')).hooks.map(({ calls }) => calls);
    const is_refused = ({ reply }, what) => {
        assert.equal(reply.error?.code, -32600, what);
        assert.equal(reply.error.data.code, 'AH-107', what);
        assert.equal(reply.error.data.retry, 'no');
    };

    test('what is denied is answered with 403, and no hook and no server hears of it', async () => {
        const pid = await daemon.server_pid('fake');
        const before = await calls_of_hooks();
        const { status, body } = await hub.tool('fake', 'die');
        assert.equal(status, 403);
        assert.equal(body.id, 1);
        assert.equal(body.error.data.code, 'AH-107');
        assert.match(body.error.message, /'anonymous' may not call tools\/call 'die' of the server 'fake': rights\.rules\[1\]/);
        assert.deepEqual(await calls_of_hooks(), before);
        assert.equal(stub.asked.length, 0);
        assert.equal(await daemon.server_pid('fake'), pid);
        const entry = await eventually(5_000, 'the row of the refusal', async () => {
            const { entries } = await daemon.get('/audit/activity?server=fake&status_min=403');
            return entries[0];
        });
        assert.equal(entry.outcome, 'refused');
    });

    test('what is allowed goes through, and its hooks are asked', async () => {
        assert.equal((await hub.tool('fake', 'echo', { text: 'x' })).body.result.content[0].text, 'x');
        assert.equal(stub.asked.at(-1).document.tool, 'echo');
    });

    test('another spelling of a name is the same name', async () => {
        const text = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"d\\u0069e"}}';
        assert.equal((await hub.post('/mcp/fake/tools/call', text)).status, 403);
        const method = '{"jsonrpc":"2.0","id":1,"method":"tools\\/c\\u0061ll","params":{"name":"die"}}';
        assert.equal((await hub.post('/mcp/fake/tools/call', method)).status, 403);
        const twice = await hub.post('/mcp/fake/x', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"die"}}');
        assert.ok(twice.body.error, twice.text);
    });

    test('a name that is no text cannot be judged, and is refused', async () => {
        for (const name of ['["die"]', '{"toString":"die"}', 'null', '5']) {
            const text = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":${name}}}`;
            const { status, body } = await hub.post('/mcp/fake/x', text);
            assert.deepEqual([status, body.error.data.code], [403, 'AH-107'], name);
        }
    });

    test('at every endpoint of both eras, under whatever name', async () => {
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/fake`);
        is_refused(await legacy.call('die'), 'legacy');
        const all = await LegacyClient.open(`${daemon.url}/mcp`);
        is_refused(await all.call('fake__die'), 'aggregate');
        const view = await LegacyClient.open(`${daemon.url}/mcp/view/v`);
        is_refused(await view.call('harmless'), 'view');
        is_refused(await new ModernClient(`${daemon.url}/mcp/fake`).call('die'), 'modern');
        is_refused(await new ModernClient(`${daemon.url}/mcp`).call('fake__die'), 'modern aggregate');
        is_refused(await new ModernClient(`${daemon.url}/mcp/view/v`).call('harmless'), 'modern view');
        is_refused(await (await LegacyClient.open(`${daemon.url}/mcp/hub`)).call('restart_server', { server: 'fake' }), 'hub');
        await finish(legacy, all, view);
    });

    test('the first rule that matches decides, by the client that calls', async () => {
        assert.equal((await hub.rpc('fake', { id: 1, method: 'tools/call', params: { name: 'echo' } }, 'x', { 'X-Client-ID': 'guest' })).status, 403);
        const named = await LegacyClient.open(`${daemon.url}/mcp/fake`, { name: 'guest' });
        is_refused(await named.call('echo', { text: 'x' }), 'clientInfo');
        const admin = await LegacyClient.open(`${daemon.url}/mcp/hub`, { headers: { 'X-Client-ID': 'admin' } });
        assert.ok(text_in(await admin.call('restart_server', { server: 'fake' })));
        await daemon.server_pid('fake');
        await finish(named, admin);
    });

    test('what a client may not call it may still see', async () => {
        const guest = await LegacyClient.open(`${daemon.url}/mcp/fake`, { name: 'guest' });
        const { reply } = await guest.send('tools/list', {});
        assert.ok(reply.result.tools.some(({ name }) => name === 'die'));
        await guest.stop();
    });

    test('they come before what the server\'s state has to say', async () => {
        const { status, body } = await hub.tool('stopped', 'echo');
        assert.equal(status, 403);
        assert.equal(body.error.data.code, 'AH-107');
        const { process } = await daemon.get('/servers/stopped');
        assert.equal(process.status, 'stopped');
    });

    test('resources go by their uri, also when they are subscribed to', async () => {
        const client = new ModernClient(`${daemon.url}/mcp/modern`);
        is_refused(await client.send('resources/read', { uri: 'secret:x' }), 'read');
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/modern`);
        is_refused(await legacy.send('resources/subscribe', { uri: 'secret:x' }), 'subscribe');
        await legacy.stop();
    });

    test('a name that is too long to be judged is refused, and the longest one is judged', async () => {
        assert.equal((await hub.tool('hub', 'x'.repeat(8193))).status, 403);
        assert.notEqual((await hub.tool('hub', 'x'.repeat(8192))).status, 403);
    });

    test('in a batch every call is judged by itself', async () => {
        const { status, body } = await hub.post('/batch', { calls: [{ server: 'fake', tool: 'die' }, { server: 'fake', tool: 'echo', arguments: { text: 'b' } }] });
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal(body.results[0].error.data.code, 'AH-107');
        assert.equal(body.results[1].result.content[0].text, 'b');
    });

    test('a reload changes them at once; a broken policy is refused and the old one holds', async () => {
        const config = (rights) => ({ config: { rights } });
        await assert.rejects(daemon.reload(config({ rules: [{ tool: 'die' }] })), /rights\.rules\[0\]\.allow/);
        await assert.rejects(daemon.reload(config({ rules: [{ clinet: 'x', allow: true }] })), /rights\.rules\[0\]\.clinet/);
        assert.equal((await hub.tool('fake', 'die')).status, 403);
        await daemon.reload(config({ default: 'deny' }));
        assert.equal((await hub.tool('fake', 'echo')).status, 403);
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/fake`);
        is_refused(await legacy.call('echo'), 'default deny');
        assert.ok((await legacy.send('ping', {})).reply.result);
        await legacy.stop();
        await daemon.reload(config({ default: 'deny', rules: [{ tool: 'echo', allow: true }] }));
        assert.equal((await hub.tool('fake', 'echo', { text: 'x' })).status, 200);
        await daemon.reload({ config: {} });
        assert.equal((await hub.tool('fake', 'echo', { text: 'x' })).status, 200);
    });
});

test('with a broken policy the daemon does not start, so nobody may call anything', kOnlyThroughHub, async () => {
    const folder = await temporary_folder();
    try {
        const file = path.join(folder.path, 'agenthub.json');
        await writeFile(file, JSON.stringify({ rights: { default: 'perhaps' } }));
        const child = spawn(kBinary, ['serve', '--config', file, '--state-dir', folder.path, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
        const [code] = await within(20_000, 'the daemon to refuse', once(child, 'close'));
        assert.equal(code, 2);
        assert.match(said, /rights\.default/);
    } finally {
        await folder.remove();
    }
});
