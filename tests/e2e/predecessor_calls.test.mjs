// POST /mcp/{server}/{path}: calls as the predecessor's clients make them, without a session, on the real daemon.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { LegacyClient, text_in } from './support/raw_http.mjs';
import { eventually } from './support/wait.mjs';

const text_of = ({ body }) => body.result.content[0].text;

describe('calls without a session', kOnlyThroughHub, () => {
    let daemon, hub, folder;
    before(async () => {
        folder = await temporary_folder();
        daemon = await Daemon.start({
            servers: {
                fake: fake({ auto_start: true }),
                lazy: fake({ flags: ['--starts', path.join(folder.path, 'starts')] }),
                many: fake({ auto_start: true, flags: ['--slow', '300', '--starts', path.join(folder.path, 'many')] }),
                slow: fake({ auto_start: true, proxy_timeout: 1 }),
                broken: fake({ auto_start: true, flags: ['--exit', '7'] }),
                off: fake({ disabled: true }),
                alone: fake({ auto_start: true, isolation: 'session' }),
            },
            config: { views: { all: { servers: ['fake'] } } },
        });
        hub = new Requests(daemon);
        await daemon.server_pid('fake');
    });
    after(() => finish(daemon, folder));

    test("the caller's id comes back, whatever scalar it is", async () => {
        for (const id of [77, 'abc', 0, '', -1, 1.5, null]) {
            const { status, headers, body } = await hub.tool('fake', 'echo', { text: 'hi' }, id);
            assert.equal(status, 200);
            assert.strictEqual(body.id, id);
            assert.equal(body.jsonrpc, '2.0');
            assert.equal(body.result.content[0].text, 'hi');
            assert.notEqual(headers.get('connection'), 'close', 'the connection serves the next request');
        }
        const large = await hub.post('/mcp/fake/tools/call', '{"id":12345678901234567890,"method":"ping"}');
        assert.match(large.text, /"id":12345678901234567890[,}]/);
    });

    test('the body decides, not the path', async () => {
        const { body } = await hub.rpc('fake', { jsonrpc: '2.0', id: 1, method: 'tools/list' }, 'tools/call');
        assert.ok(body.result.tools.some(({ name }) => name === 'echo'));
        assert.equal(text_of(await hub.rpc('fake', { id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x' } } }, 'no/such')), 'x');
    });

    test('a path stands for the method of a body without one, with slashes and with dots', async () => {
        for (const route of ['tools/list', 'tools.list'])
            for (const message of [{ id: 3 }, {}, undefined]) {
                const { status, body } = await hub.rpc('fake', message, route);
                assert.equal(status, 200);
                assert.equal(body.id, message?.id ?? null);
                assert.ok(body.result.tools.length > 0);
            }
        const none = await hub.rpc('fake', { id: 3 }, 'some/thing');
        assert.deepEqual([none.status, none.body.error.code, none.body.id], [200, -32600, 3]);
    });

    test('a schema of an object has properties', async () => {
        const { body } = await hub.rpc('fake', { id: 1, method: 'tools/list' });
        const schema = (name) => body.result.tools.find((tool) => tool.name === name).inputSchema;
        assert.deepEqual(schema('die'), { type: 'object', properties: {} });
        assert.deepEqual(schema('echo'), { type: 'object', properties: { text: { type: 'string' } } });
    });

    test('a notification is accepted at once', async () => {
        for (const method of ['notifications/initialized', 'notifications/cancelled', 'notifications/mine']) {
            const { status, text, ms } = await hub.rpc('fake', { jsonrpc: '2.0', method, params: { requestId: 1 } });
            assert.deepEqual([status, text], [202, '']);
            assert.ok(ms < 1000);
        }
        const seen = JSON.parse(text_of(await hub.tool('fake', 'seen'))).map(({ method }) => method);
        assert.ok(seen.includes('notifications/mine'));
        assert.equal(seen.filter((method) => method === 'notifications/initialized').length, 1, "the handshake is AgentHub's");
        assert.ok(!seen.includes('notifications/cancelled'));
    });

    test('what is no request gets an error of JSON-RPC, at once', async () => {
        for (const [body, code] of [['{', -32700], ['nonsense', -32700], ['[]', -32600], ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600], ['7', -32600], ['{"id":1,"method":5}', -32600], ['{"id":{},"method":"ping"}', -32600], ['{"id":1,"method":"tools/call","params":[]}', -32602]]) {
            const { status, body: reply, ms } = await hub.post('/mcp/fake/x', body);
            assert.deepEqual([status, reply.error.code], [200, code], body);
            assert.ok(reply.error.message.length > 0);
            assert.ok(ms < 1000);
        }
    });

    test("the server's own errors pass with the caller's id", async () => {
        const { status, body } = await hub.rpc('fake', { jsonrpc: '2.0', id: 'u', method: 'no/such' });
        assert.equal(status, 200);
        assert.deepEqual(body, { jsonrpc: '2.0', id: 'u', error: { code: -32601, message: 'there is no no/such' } });
    });

    test('initialize repeats what the server has said, and opens no session', async () => {
        const { body, headers } = await hub.rpc('fake', { id: 1, method: 'initialize', params: { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'c', version: '1' } } });
        assert.equal(body.result.protocolVersion, '2024-11-05');
        assert.equal(body.result.serverInfo.name, 'fake');
        assert.equal(headers.get('mcp-session-id'), null);
        const refused = await hub.rpc('fake', { id: 1, method: 'resources/subscribe', params: { uri: 'x:' } });
        assert.equal(refused.body.error.code, -32601);
    });

    test('a server that asks is refused', async () => {
        const answer = JSON.parse(text_of(await hub.tool('fake', 'ask')));
        assert.equal(answer.error.code, -32601);
    });

    test('media types do not matter', async () => {
        const { status } = await hub.post('/mcp/fake/ping', '{"id":1}', { 'Content-Type': 'text/plain', Accept: 'text/html' });
        assert.equal(status, 200);
    });

    test('calls at the same time do not wait for each other', async () => {
        const began = performance.now();
        const replies = await Promise.all([1, 2, 3, 4, 5].map((id) => hub.tool('fake', 'sleep', { ms: 400 + id }, id)));
        assert.ok(performance.now() - began < 1800, 'one after the other they would take two seconds');
        replies.forEach(({ body }, i) => {
            assert.equal(body.id, i + 1);
            assert.equal(body.result.content[0].text, `slept ${401 + i}`);
        });
    });

    test('a long reply is whole, and so is a flood of stderr survived', async () => {
        assert.equal(text_of(await hub.tool('fake', 'big', { n: 1 << 20 })).length, 1 << 20);
        assert.equal(text_of(await hub.tool('fake', 'noise', { n: 10_000_000 })), 'done');
        assert.equal(text_of(await hub.tool('fake', 'echo', { text: 'next' })), 'next');
    });

    test('a server that is not configured is 404, one that may not be started 503, each with detail', async () => {
        const unknown = await hub.tool('none', 'echo');
        assert.deepEqual([unknown.status, unknown.body], [404, { detail: 'Server none not found' }]);
        assert.equal((await hub.post('/mcp/view/all/tools/call', {})).status, 404);
        const stopped = await hub.tool('lazy', 'echo');
        assert.deepEqual([stopped.status, stopped.body], [503, { detail: 'Server lazy is not running' }]);
        await assert.rejects(readFile(path.join(folder.path, 'starts')), 'it was not started');
        assert.equal((await hub.post('/servers/lazy/start')).status, 200);
        assert.equal(text_of(await hub.tool('lazy', 'echo', { text: 'now' })), 'now');
    });

    test('one that cannot be started is 503 and says why', async () => {
        const { status, body } = await hub.tool('broken', 'echo');
        assert.equal(status, 503);
        assert.match(body.detail, /^Failed to auto-start server: ./);
    });

    test('one whose entry cannot run is 503 and says so, one that is stopped meanwhile does not look like a failed start', async () => {
        const off = await hub.tool('off', 'echo');
        assert.equal(off.status, 503);
        assert.match(off.body.detail, /^Server off is not running: disabled: .*"disabled": true/);
        await hub.post('/servers/many/stop');
        const waiting = hub.tool('many', 'echo', { text: 'x' });
        await eventually(5_000, 'the start', async () => (await daemon.get('/servers/many')).process.status === 'starting');
        assert.equal((await hub.post('/servers/many/stop')).status, 200);
        const stopped = await waiting;
        assert.equal(stopped.status, 503);
        assert.match(stopped.body.detail, /^Server many is not running: ./);
        assert.equal((await hub.post('/servers/many/start')).status, 200);
    });

    test('one with auto_start is started by the first call, and fifty first calls start it once', async () => {
        assert.equal((await hub.post('/servers/many/stop')).status, 200);
        const before_it = (await readFile(path.join(folder.path, 'many'), 'utf8')).split('\n').length;
        const replies = await Promise.all(Array.from({ length: 50 }, (_, id) => hub.tool('many', 'echo', { text: `${id}` }, id)));
        replies.forEach((reply, id) => assert.deepEqual([reply.status, reply.body.id, text_of(reply)], [200, id, `${id}`]));
        const starts = (await readFile(path.join(folder.path, 'many'), 'utf8')).split('\n').length;
        assert.equal(starts - before_it, 1);
    });

    test('a call that takes too long is an error with words, and the next one is fine', async () => {
        const late = await hub.tool('slow', 'sleep', { ms: 5000 }, 'late');
        assert.deepEqual([late.status, late.body.id, late.body.error.code], [200, 'late', -32603]);
        assert.ok(late.body.error.message.length > 0);
        assert.ok(late.ms > 900 && late.ms < 3000, `${late.ms}`);
        assert.equal(text_of(await hub.tool('slow', 'echo', { text: 'fine' })), 'fine');
    });

    test('a death fails all calls in flight at once', async () => {
        const pid = await daemon.server_pid('fake');
        const calls = Array.from({ length: 10 }, (_, id) => hub.tool('fake', 'sleep', { ms: 60_000 }, id));
        await eventually(5000, 'the calls to run', async () => (await daemon.get('/servers/fake')).calls.running === 10);
        const began = performance.now();
        hub.tool('fake', 'die').catch(() => {});
        for (const [id, { status, body }] of (await Promise.all(calls)).entries()) {
            assert.deepEqual([status, body.id, body.error.code], [200, id, -32603]);
            assert.ok(body.error.message.length > 0);
        }
        assert.ok(performance.now() - began < 1000);
        await daemon.server_pid('fake', pid);
        assert.equal((await hub.get('/health/fake')).body.restart_count, 1);
    });

    test('a client that leaves cancels its call', async () => {
        await daemon.server_pid('fake');
        const request = http.request(`${daemon.url}/mcp/fake/x`, { method: 'POST' });
        request.on('error', () => {});
        request.end(JSON.stringify({ id: 1, method: 'tools/call', params: { name: 'sleep', arguments: { ms: 60_000 } } }));
        await eventually(5000, 'the call to run', async () => (await daemon.get('/servers/fake')).calls.running === 1);
        request.destroy();
        await eventually(5000, 'the call to end', async () => (await daemon.get('/servers/fake')).calls.running === 0);
        const seen = JSON.parse(text_of(await hub.tool('fake', 'seen'))).map(({ method }) => method);
        assert.ok(seen.includes('notifications/cancelled'));
    });

    test('a server with a process for each session serves such calls, too', async () => {
        await hub.post('/servers/alone/start');
        assert.equal(text_of(await hub.tool('alone', 'echo', { text: 'a' })), 'a');
    });

    test('every call is a row of the activity under its request id', async () => {
        const { headers } = await hub.rpc('fake', { id: 1, method: 'tools/call', params: { name: 'echo' } }, 'tools/call', { 'X-Client-ID': 't1' });
        const id = headers.get('x-request-id');
        const { entries, total } = await eventually(10_000, 'the row', async () => {
            const page = await daemon.get(`/audit/activity?request_id=${id}`);
            return page.total > 0 && page;
        });
        assert.equal(total, 1);
        const [row] = entries;
        assert.deepEqual([row.method, row.path, row.status, row.client_id, row.request_id], ['POST', '/mcp/fake/tools/call', 200, 't1', id]);
        assert.deepEqual([row.server, row.mcp_method, row.tool, row.outcome], ['fake', 'tools/call', 'echo', 'ok']);
        assert.ok(row.duration > 0);
        assert.ok((await daemon.get('/audit/activity?client_id=t1')).total >= 1);
    });
});

describe('circuit breakers', kOnlyThroughHub, () => {
    let daemon, hub;
    before(async () => {
        const fails = { proxy_timeout: 0.3, breaker_recovery: 2 };
        daemon = await Daemon.start({ servers: { a: fake({ auto_start: true, ...fails }), b: fake({ auto_start: true }), c: fake({ auto_start: true, ...fails }), d: fake({ ...fails }) } });
        hub = new Requests(daemon);
        for (const name of ['a', 'b', 'c']) await daemon.server_pid(name);
    });
    after(() => finish(daemon));

    const fail = (name) => hub.tool(name, 'sleep', { ms: 60_000 });
    const state = async (name) => (await daemon.get('/circuit-breakers'))[name].state;

    test('three failures in a row open one: refused with the time to wait, the others work', async () => {
        for (let i = 0; i < 3; ++i) assert.equal((await fail('a')).body.error.code, -32603);
        const refused = await hub.tool('a', 'echo', {}, 'mine');
        assert.deepEqual([refused.status, refused.body.id, refused.body.error.code], [200, 'mine', -32603]);
        const { retry_after } = refused.body.error.data;
        assert.ok(retry_after > 0 && retry_after <= 30);
        assert.ok(refused.ms < 500);
        assert.equal(await state('a'), 'open');
        assert.equal(text_of(await hub.tool('b', 'echo', { text: 'b' })), 'b');
    });

    test('after its time one call tries, and closes it', async () => {
        await eventually(10_000, 'a call to pass', async () => (await hub.tool('a', 'echo', { text: 'back' })).body.result);
        assert.equal(await state('a'), 'closed');
    });

    test('failures that are not in a row do not open one', async () => {
        for (let i = 0; i < 3; ++i) {
            await fail('c');
            assert.equal(text_of(await hub.tool('c', 'echo', { text: 'ok' })), 'ok');
        }
        assert.equal(await state('c'), 'closed');
    });

    test('a 503 does not take the place of the call that tries', async () => {
        await hub.post('/servers/d/start');
        for (let i = 0; i < 3; ++i) await fail('d');
        assert.equal(await state('d'), 'open');
        await eventually(10_000, 'it to be half open', async () => (await state('d')) === 'half_open');
        assert.equal(text_of(await hub.tool('d', 'echo', { text: 'it passes' })), 'it passes');
        await hub.post('/servers/d/stop');
        for (let i = 0; i < 5; ++i) assert.equal((await hub.tool('d', 'echo')).status, 503);
        await hub.post('/servers/d/start');
        assert.equal(text_of(await hub.tool('d', 'echo', { text: 'again' })), 'again');
    });

    test('a reset closes one; of no server it is 404', async () => {
        for (let i = 0; i < 3; ++i) await fail('a');
        assert.equal(await state('a'), 'open');
        const { status, body } = await hub.post('/circuit-breakers/a/reset');
        assert.deepEqual([status, body], [200, { message: 'Circuit breaker a reset' }]);
        assert.equal(text_of(await hub.tool('a', 'echo', { text: 'closed' })), 'closed');
        const none = await hub.post('/circuit-breakers/none/reset');
        assert.equal(none.status, 404);
        assert.ok(none.body.detail);
    });
});

test('/mcp-direct/mcp is MCP with all servers together', kOnlyThroughHub, async () => {
    const daemon = await Daemon.start({ servers: { fake: fake(), other: fake() } });
    try {
        const client = await LegacyClient.open(`${daemon.url}/mcp-direct/mcp`);
        const { tools } = (await client.send('tools/list')).reply.result;
        assert.ok(tools.every(({ name }) => /^(fake|other|hub)__/.test(name)), JSON.stringify(tools.map(({ name }) => name)));
        assert.equal(text_in(await client.call('other__echo', { text: 'there' })), 'there');
        await client.stop();
    } finally {
        await finish(daemon);
    }
});
