// What the bridge `agenthub stdio` makes of a daemon that fails at the worst moment. A daemon of the test's own plays it.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { kOnlyThroughHub } from './support/daemon.mjs';
import { FakeDaemon, kInfo, reply } from './support/fake_daemon.mjs';
import { StdioLines } from './support/stdio_lines.mjs';
import { eventually } from './support/wait.mjs';

const kMeta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
};
const tools = (...list) => (message, { response }) => reply(response, { id: message.id, result: { tools: list } });

describe('agenthub stdio', kOnlyThroughHub, () => {
    let fake, client;

    beforeEach(async () => {
        fake = await FakeDaemon.start();
        client = StdioLines.start(['--url', fake.url]);
    });
    afterEach(async () => {
        await client.stop();
        await fake.stop().catch(() => {});
    });

    // Answers once by breaking the connection after the whole request has come.
    function break_once(method, after = tools()) {
        fake.answers[method] = (message, exchange) => {
            fake.answers[method] = after;
            exchange.response.destroy();
        };
    }

    test('says that the outcome of a call is unknown whose answer was lost, and does not repeat it', async () => {
        await client.initialize();
        break_once('tools/call');
        const { error } = await client.call(1, 'pay');
        assert.equal(error.data.retry, 'unknown');
        assert.match(error.message, /look before you repeat it/);
        assert.equal(fake.of_method('tools/call').length, 1);
    });

    test('repeats a lost call of a tool that says it may be repeated', async () => {
        await client.initialize();
        const hints = [{ name: 'look', inputSchema: {}, annotations: { readOnlyHint: true } }];
        fake.answers['tools/list'] = tools(...hints);
        await client.ask(1, 'tools/list');
        break_once('tools/call', (message, { response }) => reply(response, { id: message.id, result: { ok: 1 } }));
        assert.deepEqual((await client.call(2, 'look')).result, { ok: 1 });
        assert.equal(fake.of_method('tools/call').length, 2);
    });

    test('repeats what only reads, but not for ever', async () => {
        await client.initialize();
        break_once('resources/list', (message, { response }) => reply(response, { id: message.id, result: { n: 2 } }));
        assert.deepEqual((await client.ask(1, 'resources/list')).result, { n: 2 });
        fake.answers['prompts/list'] = (message, { response }) => response.destroy();
        assert.equal((await client.ask(2, 'prompts/list')).error.data.retry, 'unknown');
        assert.equal(fake.of_method('prompts/list').length, 6);
    });

    test('opens another session when its own is unknown, says everything again, and sends the call again', async () => {
        await client.initialize();
        await client.ask(1, 'logging/setLevel', { level: 'warning' });
        await client.ask(2, 'resources/subscribe', { uri: 'a:b' });
        await client.ask(3, 'resources/subscribe', { uri: 'c:d' });
        await client.ask(4, 'resources/unsubscribe', { uri: 'a:b' });
        fake.sessions = 7; // as if it had been started anew
        fake.seen = [];
        assert.deepEqual((await client.call(5, 'pay')).result, {});
        const said = fake.seen.map(({ session, message }) => [session, message.method, message.params?.uri ?? message.params?.level]);
        assert.deepEqual(said, [
            ['session-1', 'tools/call', undefined],
            [undefined, 'initialize', undefined],
            ['session-8', 'notifications/initialized', undefined],
            ['session-8', 'logging/setLevel', 'warning'],
            ['session-8', 'resources/subscribe', 'c:d'],
            ['session-8', 'tools/call', undefined],
        ]);
        await client.inbox.next('the news', ({ method }) => method === 'notifications/tools/list_changed');
    });

    test('waits for a daemon that is away, and sends what it could not have seen', async () => {
        await client.initialize();
        const { port } = fake;
        await fake.stop();
        client.send({ id: 1, method: 'tools/call', params: { name: 'pay' } });
        client.send({ id: 2, method: 'ping' });
        fake = await FakeDaemon.start(port);
        assert.deepEqual((await client.reply(1)).result, {});
        assert.deepEqual((await client.reply(2)).result, {});
        assert.equal(fake.of_method('tools/call').length, 1);
    });

    test('answers with what to do when there is no daemon for half a minute', { timeout: 60_000 }, async () => {
        await fake.stop();
        client.send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } });
        client.send({ id: 2, method: 'tools/list', params: { _meta: kMeta } });
        for (const id of [1, 2]) {
            const { error } = await client.reply(id, 45_000);
            assert.match(error.message, /does not answer .*`agenthub serve`/);
            assert.equal(error.data.retry, 'safe');
        }
    });

    test('resumes the stream of a call that was cut off', async () => {
        await client.initialize();
        fake.answers['tools/call'] = (message, { response }) => {
            response.writeHead(200, { 'Content-Type': 'text/event-stream' });
            response.write('id: 7\nretry: 50\ndata:\n\n', () => response.destroy());
        };
        fake.answers.resume = (from, { response }) => {
            response.writeHead(200, { 'Content-Type': 'text/event-stream' });
            response.end(`id: 8\ndata: {"jsonrpc":"2.0","id":1,"result":{"from":"${from}"}}\n\n`);
        };
        assert.deepEqual((await client.call(1, 'pay')).result, { from: '7' });
        assert.equal(fake.of_method('tools/call').length, 1);
    });

    test('withdraws questions of a session that is gone, and keeps their answers to itself', async () => {
        await client.initialize({ capabilities: { roots: {} } });
        const ask = async () => {
            await eventually(10_000, 'the general stream', () => fake.streams > 0);
            fake.say({ id: 1, method: 'roots/list' });
            return client.inbox.next('the question', ({ method }) => method === 'roots/list');
        };
        const first = await ask();
        const { port } = fake;
        await fake.stop();
        fake = await FakeDaemon.start(port);
        const withdrawn = await client.inbox.next('its withdrawal', ({ method }) => method === 'notifications/cancelled');
        assert.equal(withdrawn.params.requestId, first.id);
        await client.inbox.next('the news', ({ method }) => method === 'notifications/tools/list_changed');
        client.send({ id: first.id, result: { roots: [] } });
        const second = await ask();
        assert.notEqual(second.id, first.id, 'the daemon numbers anew, the bridge does not');
        client.send({ id: second.id, result: { roots: ['mine'] } });
        const answers = () => fake.seen.filter(({ message }) => message.result);
        await eventually(5_000, 'the answer', () => answers().length > 0);
        assert.deepEqual(answers().map(({ message }) => [message.id, message.result.roots]), [[1, ['mine']]]);
    });

    // A session is opened when the test says so.
    function hold_initialize() {
        const held = [];
        fake.answers.initialize = (message, { response }) => held.push({ message, response });
        return async () => {
            await eventually(10_000, 'initialize', () => held.length > 0);
            const { message, response } = held.shift();
            response.setHeader('Mcp-Session-Id', `session-${++fake.sessions}`);
            reply(response, { id: message.id, result: kInfo });
        };
    }

    test('a question asked after its session was lost is withdrawn when the next one is open', async () => {
        await client.initialize({ capabilities: { roots: {} } });
        let old;
        fake.answers['tools/call'] = (message, { response }) => {
            if (message.params.name !== 'hold') return reply(response, { id: message.id, result: {} });
            old = response;
            response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
        };
        client.send({ id: 1, method: 'tools/call', params: { name: 'hold' } });
        await eventually(10_000, 'the call', () => old);
        const open = hold_initialize();
        fake.sessions = 7;
        client.send({ id: 2, method: 'tools/call', params: { name: 'other' } });
        await eventually(10_000, 'another session', () => fake.of_method('initialize').length === 2);
        old.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'roots/list' })}\n\n`);
        const asked = await client.inbox.next('the question', ({ method }) => method === 'roots/list');
        await open();
        const withdrawn = await client.inbox.next('its withdrawal', ({ method }) => method === 'notifications/cancelled');
        assert.equal(withdrawn.params.requestId, asked.id);
        client.send({ id: asked.id, result: { roots: [] } });
        assert.ok((await client.reply(2)).result);
        assert.ok((await client.ask(3, 'ping')).result);
        assert.deepEqual(fake.seen.filter(({ message }) => message.result), [], 'nobody gets an answer that asked nothing');
    });

    test('a call is answered that outlived its session', async () => {
        await client.initialize();
        let old;
        fake.answers['tools/call'] = (message, { response }) => {
            if (message.params.name !== 'hold') return reply(response, { id: message.id, result: {} });
            old = response;
        };
        client.send({ id: 1, method: 'tools/call', params: { name: 'hold' } });
        await eventually(10_000, 'the call', () => old);
        fake.sessions = 7;
        assert.deepEqual((await client.call(2, 'other')).result, {});
        assert.equal(fake.of_method('initialize').length, 2);
        reply(old, { id: 1, result: { late: true } });
        assert.deepEqual((await client.reply(1)).result, { late: true });
    });

    test('a daemon that breaks off at every initialize is asked some times, with pauses', async () => {
        fake.answers.initialize = (message, { response }) => response.destroy();
        const began = performance.now();
        const { error } = await client.initialize();
        assert.match(error.message, /breaks off whenever a session is opened/);
        assert.equal(fake.of_method('initialize').length, 6);
        assert.ok(performance.now() - began > 1000, 'it was not asked at once again');
        delete fake.answers.initialize;
        assert.ok((await client.ask('again', 'initialize', { protocolVersion: '2025-11-25' })).result);
    });

    test('what is written behind initialize without waiting belongs to its session', async () => {
        const open = hold_initialize();
        const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
        client.send({ id: 1, method: 'initialize', params });
        client.send({ method: 'notifications/initialized' });
        client.send({ id: 2, method: 'tools/list' });
        client.send({ id: 3, method: 'ping' });
        assert.deepEqual((await client.reply(3)).result, {}, 'a ping does not wait');
        await eventually(10_000, 'initialize', () => fake.seen.length > 0);
        assert.deepEqual(fake.seen.map(({ message }) => message.method), ['initialize']);
        await open();
        assert.ok((await client.reply(1)).result);
        assert.deepEqual((await client.reply(2)).result, {});
        assert.deepEqual(
            fake.seen.map(({ session, message }) => [session, message.method]),
            [[undefined, 'initialize'], ['session-1', 'notifications/initialized'], ['session-1', 'tools/list']],
        );
        await eventually(10_000, 'the general stream', () => fake.streams > 0);
    });

    test('a general stream that cannot be had keeps no request waiting', async () => {
        fake.answers.stream = ({ response }) => response.writeHead(500).end();
        await client.initialize();
        fake.sessions = 7;
        assert.deepEqual((await client.call(1, 'pay')).result, {});
    });

    test('more notifications than may wait all arrive', async () => {
        await client.initialize();
        const method = 'notifications/progress';
        for (let n = 0; n < 600; ++n) client.send({ method, params: { progressToken: 1, progress: n } });
        client.send({ method, params: { progressToken: 1, progress: 600, message: 'x'.repeat(2 * 1024 * 1024) } });
        assert.deepEqual((await client.ask(1, 'ping')).result, {});
        assert.deepEqual(
            fake.of_method(method).map(({ message }) => message.params.progress),
            Array.from({ length: 601 }, (_, n) => n),
        );
    });

    test('passes refusals on under the id of the request', async () => {
        await client.initialize();
        fake.answers['tools/call'] = (message, { response }) =>
            reply(response, { id: null, error: { code: -32600, message: 'no server of that name' } }, 404);
        assert.deepEqual((await client.call(1, 'pay')).error, { code: -32600, message: 'no server of that name' });
        fake.answers['tools/call'] = (message, { response }) => response.writeHead(502).end('proxy');
        assert.match((await client.call('two', 'pay')).error.message, /HTTP status 502: proxy/);
    });

    test('a request that is cancelled before the daemon could see it never reaches it', async () => {
        await client.initialize();
        const { port } = fake;
        await fake.stop();
        client.send({ id: 1, method: 'tools/call', params: { name: 'pay' } });
        client.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
        client.send({ id: 2, method: 'ping' });
        fake = await FakeDaemon.start(port);
        await client.reply(2);
        assert.equal(fake.of_method('tools/call').length, 0);
    });

    test('512 requests may be under way, the next is answered with an error', async () => {
        await client.initialize();
        const held = [];
        fake.answers['tools/call'] = (message, { response }) => held.push([message, response]);
        for (let id = 1; id <= 512; ++id) client.send({ id, method: 'tools/call', params: { name: 'hold' } });
        await eventually(20_000, '512 calls', () => held.length === 512);
        const { error } = await client.call(513, 'hold');
        assert.equal(error.data.reason, 'busy');
        const [message, response] = held.pop();
        reply(response, { id: message.id, result: {} });
        await client.reply(message.id);
        client.send({ id: 514, method: 'tools/call', params: { name: 'hold' } });
        await eventually(20_000, 'the freed place to be taken', () => held.length === 512);
    });

    test('lines that are no messages are answered, and the rest goes on', async () => {
        client.send('{"jsonrpc": "2.0", "id": ');
        assert.equal((await client.reply(null)).error.code, -32700);
        client.send('{"jsonrpc": "2.0", "id": {}, "method": "x"}');
        assert.equal((await client.reply(null)).error.code, -32600);
        client.send('');
        assert.ok((await client.initialize()).result);
        client.send('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]');
        assert.deepEqual((await client.reply(1)).result, {});
        assert.deepEqual((await client.reply(2)).result, {});
    });

    test('its end answers what is under way for a moment, ends the session and exits with 0', async () => {
        await client.initialize();
        fake.answers['tools/call'] = (message, { response }) =>
            setTimeout(() => reply(response, { id: message.id, result: { late: true } }), 100);
        client.send({ id: 1, method: 'tools/call', params: { name: 'slow' } });
        assert.deepEqual(await client.end(), { code: 0, signal: null });
        assert.ok(client.lines.some((line) => line.includes('"late":true')));
        assert.equal(fake.ended, 'session-1');
    });

    test('SIGTERM ends it in the same way', async () => {
        await client.initialize();
        assert.deepEqual(await client.kill('SIGTERM'), { code: 0, signal: null });
        assert.equal(fake.ended, 'session-1');
    });

    test('a client of the modern era has its header fields written, also those it did not know of', async () => {
        const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
        fake.answers['tools/list'] = tools({ name: 'tool ü', inputSchema: schema });
        fake.answers['tools/call'] = (message, { request, response }) => {
            const region = request.headers['mcp-param-region'];
            if (!region) return reply(response, { id: message.id, error: { code: -32020, message: 'missing' } }, 400);
            reply(response, { id: message.id, result: { region, name: request.headers['mcp-name'] } });
        };
        const params = { name: 'tool ü', arguments: { region: 'eu' }, _meta: kMeta };
        const { result } = await client.ask(1, 'tools/call', params);
        assert.equal(result.region, 'eu');
        assert.equal(result.name, `=?base64?${Buffer.from('tool ü').toString('base64')}?=`);
        const [first] = fake.of_method('tools/call');
        assert.equal(first.headers['mcp-method'], 'tools/call');
        assert.equal(first.headers['mcp-protocol-version'], '2026-07-28');
        assert.equal(first.session, undefined);
        assert.equal(fake.of_method('tools/list').length, 1);
    });

    test('a listen outlives a daemon that was stopped gracefully for long', { timeout: 120_000 }, async () => {
        const streams = [];
        const listen = (message, { response }) => {
            response.writeHead(200, { 'Content-Type': 'text/event-stream' });
            const say = (what) => response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...what })}\n\n`);
            const _meta = { 'io.modelcontextprotocol/subscriptionId': message.id };
            say({ method: 'notifications/subscriptions/acknowledged', params: { _meta, notifications: {} } });
            streams.push(() => {
                say({ id: message.id, result: {} });
                response.end();
            });
        };
        fake.answers['subscriptions/listen'] = listen;
        const { port } = fake;
        client.send({ id: 1, method: 'subscriptions/listen', params: { _meta: kMeta, notifications: { toolsListChanged: true } } });
        await client.inbox.next('the listen', ({ method }) => method === 'notifications/subscriptions/acknowledged');
        fake.answers['subscriptions/listen'] = () => {}; // on its way down it opens no other
        streams.shift()();
        await eventually(10_000, 'the end to be seen', () => fake.of_method('subscriptions/listen').length === 2);
        await fake.stop();
        await new Promise((resolve) => setTimeout(resolve, 33_000)); // longer than a request waits
        fake = await FakeDaemon.start(port);
        fake.answers['subscriptions/listen'] = listen;
        await client.inbox.next('the news', ({ method }) => method === 'notifications/tools/list_changed', 20_000);
        assert.equal(fake.of_method('subscriptions/listen').length, 1, 'it was opened again');
        assert.ok(client.inbox.rest.every(({ id }) => id !== 1), 'the client has heard nothing of an end');
    });

    test('cancelling a modern request closes its connection', async () => {
        let closed = false;
        fake.answers['tools/call'] = (message, { response }) => response.on('close', () => (closed = true));
        client.send({ id: 1, method: 'tools/call', params: { name: 'hold', _meta: kMeta } });
        await eventually(5_000, 'the call', () => fake.of_method('tools/call').length === 1);
        client.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
        await eventually(5_000, 'the connection to be closed', () => closed);
        assert.deepEqual(client.lines, []);
    });
});
