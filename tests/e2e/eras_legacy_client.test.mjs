// What a client of the revisions before 2026-07-28 is owed in front of servers of either era: it must not be able to
// tell which. The client is a raw one: statuses, streams and members are looked at as they are on the wire.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { Exchange, json_in, key, kModernVersion, LegacyClient, text_in } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually } from './support/wait.mjs';

const kEras = ['legacy', 'modern'];
const kLegacyVersions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const kAll = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const kOk = { action: 'accept', content: {} };
const kTools = 'notifications/tools/list_changed';
const kUpdated = 'notifications/resources/updated';

let daemon;
let clients = [];

before(async () => {
    if (kOnlyThroughHub.skip) return;
    const servers = { legacy: peer('legacy', { name: 'old' }), modern: peer('modern', { name: 'new' }), auto: peer('legacy', { isolation: 'auto' }) };
    daemon = await Daemon.start({ servers });
});
after(() => finish(...clients, daemon));

async function client_of(server, options) {
    const client = await LegacyClient.open(`${daemon.url}/mcp/${server}`, options);
    clients.push(client);
    return client;
}
async function stop(...some) {
    clients = clients.filter((client) => !some.includes(client));
    for (const client of some) await client.stop();
}
const name_of = (era) => (era === 'legacy' ? 'old' : 'new');
const elicit = (message = 'well?') => ({
    method: 'elicitation/create',
    params: { message, requestedSchema: { type: 'object', properties: {} } },
});
const sample = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } };
const state_of = async (client) => json_in(await client.call('state'));
const line_about = async (client, about) => {
    const lines = json_in(await client.call('seen', { about }));
    return JSON.parse(lines.find((line) => line.includes('tools/call')));
};
const is_of_modern = (result) => ['resultType', 'ttlMs', 'cacheScope'].filter((member) => member in result);

for (const era of kEras)
    describe(`the session, server ${era}`, kOnlyThroughHub, () => {
        for (const version of kLegacyVersions)
            test(`initialize with ${version} is answered in it`, async () => {
                const client = await client_of(era, { version });
                const { initialized } = client;
                assert.equal(initialized.protocolVersion, version);
                assert.deepEqual(initialized.serverInfo, { name: name_of(era), version: '1.0.0' });
                assert.equal(initialized.instructions, `I am ${name_of(era)}.`);
                assert.equal(initialized.capabilities.resources.subscribe, true);
                assert.ok(initialized.capabilities.logging);
                assert.ok(initialized.capabilities.completions);
                assert.equal(initialized.capabilities.extensions, undefined, 'what only the other era has');
                assert.deepEqual(is_of_modern(initialized), []);
                await stop(client);
            });

        for (const version of [kModernVersion, '2031-01-01'])
            test(`initialize with ${version} is answered in the newest that begins so`, async () => {
                const client = await client_of(era, { version });
                assert.equal(client.initialized.protocolVersion, '2025-11-25');
                clients.pop();
            });

        test('ping is answered, and reaches no server', async () => {
            const client = await client_of(era);
            assert.deepEqual((await client.send('ping', { about: 'pinged' })).reply.result, {});
            assert.deepEqual(json_in(await client.call('seen', { about: 'pinged' })), []);
            await stop(client);
        });

        test('what the other era alone has: 200, -32601', async () => {
            const client = await client_of(era);
            for (const method of ['subscriptions/listen', 'server/discover', 'nonsense/ask']) {
                const { status, reply } = await client.send(method, { notifications: {} });
                assert.deepEqual([status, reply.error?.code], [200, -32601], `${method} ${JSON.stringify(reply)}`);
            }
            await stop(client);
        });

        test('an ended session: 404', async () => {
            const client = await client_of(era);
            await stop(client);
            assert.equal((await client.send('ping')).status, 404);
        });
    });

for (const era of kEras)
    describe(`requests and results, server ${era}`, kOnlyThroughHub, () => {
        let client;
        before(async () => (client = await client_of(era, { capabilities: kAll, name: 'the client', answer: () => kOk })));
        const name = name_of(era);

        for (const [method, params] of Object.entries({
            'tools/list': {},
            'prompts/list': {},
            'resources/list': {},
            'resources/templates/list': {},
            'resources/read': { uri: `${name}://one` },
            'prompts/get': { name: 'greet' },
            'completion/complete': { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: '' } },
            'tools/call': { name: 'echo', arguments: { label: 'x' } },
        }))
            test(`${method}: nothing of the other era is in its result`, async () => {
                const { reply } = await client.send(method, params);
                assert.deepEqual(is_of_modern(reply.result), []);
            });

        test('what a server says in _meta stays', async () => {
            const result = '{"content":[],"_meta":{"x.example/own":{"a":[1]}}}';
            const { reply } = await client.call('raw', { result });
            assert.deepEqual(reply.result._meta['x.example/own'], { a: [1] });
        });

        test('what the client says in _meta reaches the server, with what its era needs', async () => {
            const meta = { traceparent: '00-1', 'x.example/own': 7, progressToken: 'mine' };
            await client.call('echo', { label: 'meta' }, { params: { _meta: meta } });
            const { progressToken, ...got } = (await line_about(client, '"meta"')).params._meta;
            assert.notEqual(progressToken, 'mine');
            const own = { traceparent: '00-1', 'x.example/own': 7 };
            if (era === 'legacy') return assert.deepEqual(got, own);
            assert.equal(got[key('protocolVersion')], kModernVersion);
            assert.deepEqual(got[key('clientInfo')], { name: 'the client', version: '1' });
            assert.deepEqual(got[key('clientCapabilities')], kAll);
            assert.equal(got[key('logLevel')], 'info');
            assert.deepEqual([got.traceparent, got['x.example/own']], ['00-1', 7]);
        });

        test('the members of the other era cannot be forged', async () => {
            const forged = { [key('clientInfo')]: { name: 'forged', version: '0' }, [key('logLevel')]: 'debug' };
            await client.call('echo', { label: 'forged' }, { params: { _meta: forged } });
            const { params } = await line_about(client, '"label":"forged"');
            if (era === 'modern') {
                assert.equal(params._meta[key('clientInfo')].name, 'the client');
                assert.equal(params._meta[key('logLevel')], 'info');
            }
        });

        for (const progressToken of ['text', 17])
            test(`progress carries the client's token ${JSON.stringify(progressToken)}`, async () => {
                const sent = await client.call('steps', { label: 'p', count: 3 }, { params: { _meta: { progressToken } } });
                const steps = sent.before.filter(({ method }) => method === 'notifications/progress');
                assert.deepEqual(steps.map(({ params }) => [params.progressToken, params.progress]), [1, 2, 3].map((n) => [progressToken, n]));
            });

        test('a resource that is not there: -32002 with its uri', async () => {
            const uri = `${name}://t/missing`;
            const { status, reply } = await client.send('resources/read', { uri });
            assert.deepEqual([status, reply.error.code], [200, -32002]);
            if (era === 'modern') assert.deepEqual(reply.error.data, { uri });
        });

        test('errors pass; codes of the other era become plain ones', async () => {
            const error = { code: -31999, message: 'no “luck”', data: { deep: [1, null] } };
            assert.deepEqual((await client.call('fail', { error: JSON.stringify(error) })).reply.error, error);
            if (era === 'legacy') return;
            for (const code of [-32020, -32021, -32022]) {
                const { reply } = await client.call('fail', { error: JSON.stringify({ code, message: 'm', data: {} }) });
                assert.equal(reply.error.code, -32603);
            }
        });

        test('notifications/cancelled reaches the server under its own id, and the answer is not sent', async () => {
            const call = client.post({ jsonrpc: '2.0', id: 'to-cancel', method: 'tools/call', params: { name: 'hold', arguments: { label: 'cancelled' } } });
            await eventually(5_000, 'it to be held', async () => (await state_of(client)).held.includes('cancelled'));
            await client.notify('notifications/cancelled', { requestId: 'to-cancel', reason: 'enough' });
            await eventually(5_000, 'it to be cancelled', async () => (await state_of(client)).cancelled.includes('cancelled'));
            const exchange = await call;
            assert.equal(exchange.messages.filter(({ id }) => id === 'to-cancel').length, 0);
            const { params } = JSON.parse(json_in(await client.call('seen', { about: 'enough' })).at(-1));
            assert.notEqual(params.requestId, 'to-cancel');
            assert.equal(params.reason, 'enough');
        });

        test('closing the connection is no cancellation', async () => {
            const call = await client.post({ jsonrpc: '2.0', id: 'cut', method: 'tools/call', params: { name: 'hold', arguments: { label: 'cut' }, _meta: { progressToken: 1 } } });
            await call.inbox.next('its progress');
            await call.close();
            assert.equal(text_in(await client.call('release', { label: 'cut' })), 'released');
            assert.ok(!(await state_of(client)).cancelled.includes('cut'));
        });
    });

for (const era of kEras)
    describe(`log messages, server ${era}`, kOnlyThroughHub, () => {
        const log = (client, level, data) => client.call('log', { level, data });
        const heard = (sent) => sent.before.filter(({ method }) => method === 'notifications/message').map(({ params }) => params.data);

        test('before a level is set the server may log from info on', async () => {
            const client = await client_of(era);
            assert.deepEqual(heard(await log(client, 'info', 'by default')), ['by default']);
            if (era === 'modern') assert.deepEqual(heard(await log(client, 'debug', 'no')), []);
            await stop(client);
        });

        test('each session hears from its own level on', async () => {
            const [a, b] = [await client_of(era), await client_of(era)];
            assert.deepEqual((await a.send('logging/setLevel', { level: 'debug' })).reply.result, {});
            assert.deepEqual((await b.send('logging/setLevel', { level: 'error' })).reply.result, {});
            assert.deepEqual(heard(await log(a, 'debug', 'a')), ['a']);
            assert.deepEqual(heard(await log(b, 'warning', 'b')), []);
            assert.deepEqual(heard(await log(b, 'error', 'b')), ['b']);
            if (era === 'modern') {
                const wanted = await line_about(a, '"data":"a"');
                assert.equal(wanted.params._meta[key('logLevel')], 'debug');
            }
            const refused = await a.send('logging/setLevel', { level: 'loud' });
            assert.equal(refused.reply.error.code, -32602);
            await stop(a, b);
        });
    });

for (const era of kEras)
    describe(`what is announced, server ${era}`, kOnlyThroughHub, () => {
        const name = name_of(era);
        const announce = (client, method, params) => client.call('announce', { method, params });
        const subscribed = async (client, uri) => {
            const { subscribed, listens } = await state_of(client);
            return subscribed.includes(uri) || listens.some(({ wanted }) => wanted.resourceSubscriptions?.includes(uri));
        };

        test('list changes reach every session once, without the id of a subscription', async () => {
            const [a, b] = [await client_of(era), await client_of(era)];
            await eventually(5_000, 'the server to be listened to', async () => {
                await announce(a, kTools);
                return a.stream.messages.some(({ method }) => method === kTools);
            });
            const first = a.stream.messages.find(({ method }) => method === kTools);
            assert.equal(first.params?._meta?.[key('subscriptionId')], undefined);
            await b.stream.inbox.next('the same for the other', ({ method }) => method === kTools);
            await stop(a, b);
        });

        test('updates reach those alone who have subscribed, and for as long', async () => {
            const [a, b] = [await client_of(era), await client_of(era)];
            const [both, own] = [`${name}://one`, `${name}://own`];
            for (const [client, uri] of [[a, both], [b, both], [b, own]])
                assert.deepEqual((await client.send('resources/subscribe', { uri })).reply.result, {});
            await eventually(5_000, 'the subscriptions', async () => (await subscribed(a, both)) && (await subscribed(a, own)));
            const is_for = (uri) => ({ method, params }) => method === kUpdated && params.uri === uri;
            await announce(a, kUpdated, { uri: own });
            await announce(a, kUpdated, { uri: both });
            const update = await a.stream.inbox.next('the update', ({ method }) => method === kUpdated);
            assert.equal(update.params.uri, both, 'what it did not subscribe to must not come');
            assert.equal(update.params._meta?.[key('subscriptionId')], undefined);
            await b.stream.inbox.next('its own', is_for(own));
            await b.stream.inbox.next('both', is_for(both));

            assert.deepEqual((await a.send('resources/unsubscribe', { uri: both })).reply.result, {});
            await announce(a, kUpdated, { uri: both });
            await b.stream.inbox.next('the update for who stayed', is_for(both));
            assert.deepEqual(a.stream.inbox.rest.filter(is_for(both)), []);
            await stop(b);
            await eventually(5_000, 'the last subscription to end', async () => !(await subscribed(a, both)) && !(await subscribed(a, own)));
            await stop(a);
        });

        test('a new process of the server is told of the subscriptions', async () => {
            const client = await client_of(era);
            const uri = `${name}://kept`;
            await client.send('resources/subscribe', { uri });
            await client.call('exit');
            await eventually(20_000, 'the subscription at the new process', async () => subscribed(client, uri));
            await announce(client, kUpdated, { uri });
            await client.stream.inbox.next('the update', ({ method, params }) => method === kUpdated && params.uri === uri);
            await stop(client);
        });
    });

for (const era of kEras)
    describe(`what the server asks, server ${era}`, kOnlyThroughHub, () => {
        // One that asks is not to be shared: for a while after a cancelled call nobody could be asked.
        const server = era === 'legacy' ? 'auto' : era;
        const ask = (client, label, requests) => client.call('ask', { label, requests });

        test('reaches the client on the stream of its call, and the answers the server', async () => {
            const answers = { 'elicitation/create': { action: 'accept', content: { n: 'Zoë' } }, 'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 't' } }, 'roots/list': { roots: [] } };
            const client = await client_of(server, { capabilities: kAll, answer: ({ method }) => answers[method] });
            const requests = { a: elicit('name?'), b: sample, c: { method: 'roots/list', params: {} } };
            const sent = await ask(client, 'all', requests);
            assert.deepEqual(Object.values(json_in(sent).answers), Object.values(answers));
            const asked = sent.before.filter(({ id, method }) => method && id !== undefined);
            assert.deepEqual(asked.map(({ method }) => method).sort(), Object.keys(answers).sort());
            assert.deepEqual(asked.find(({ method }) => method === 'elicitation/create').params, requests.a.params);
            if (era === 'modern') assert.equal(json_in(sent).state, 'state of all');
            assert.deepEqual(client.stream.messages.filter(({ id }) => id !== undefined), [], 'one message, one stream');
            await stop(client);
        });

        test('in several rounds', async () => {
            const client = await client_of(server, { capabilities: kAll, answer: () => kOk });
            const sent = await client.call('ask_twice', { label: 'twice', requests: { a: elicit() } });
            assert.ok(json_in(sent), JSON.stringify(sent.reply));
            assert.equal(client.asked.length, 2);
            assert.equal(new Set(client.asked.map(({ id }) => id)).size, 2);
            await stop(client);
        });

        test('and the client has not declared: it is not asked', async () => {
            const client = await client_of(server, { capabilities: {}, answer: () => kOk });
            const { reply } = await ask(client, 'undeclared', { a: elicit() });
            if (era === 'legacy') assert.ok(json_in({ reply }).answers.a.error);
            else assert.ok(reply.error, 'the call fails');
            assert.deepEqual(client.asked, []);
            await stop(client);
        });

        test('and the client answers with an error: the server or the call hears it', async () => {
            const client = await client_of(server, { capabilities: kAll, answer: () => ({ error: { code: -1, message: 'the user has left' } }) });
            const { reply } = await ask(client, 'refused', { a: elicit() });
            assert.match(JSON.stringify(reply), /the user has left/);
            if (era === 'modern') assert.ok(reply.error);
            await stop(client);
        });

        test('while the client cancels the call: the question is withdrawn', async () => {
            const client = await client_of(server, { capabilities: kAll });
            const call = await client.post({ jsonrpc: '2.0', id: 'c', method: 'tools/call', params: { name: 'ask', arguments: { label: 'gone', requests: { a: elicit() } } } });
            await call.inbox.next('the question', ({ method }) => method === 'elicitation/create');
            await client.notify('notifications/cancelled', { requestId: 'c' });
            await call.ended();
            assert.equal(call.messages.filter(({ id }) => id === 'c').length, 0);
            assert.equal(text_in(await client.call('echo', { label: 'next' })), 'next');
            await stop(client);
        });

        test('and the client ends: the call ends', async () => {
            const client = await client_of(server, { capabilities: kAll });
            const call = await client.post({ jsonrpc: '2.0', id: 'e', method: 'tools/call', params: { name: 'ask', arguments: { label: 'ended', requests: { a: elicit() } } } });
            await call.inbox.next('the question', ({ method }) => method === 'elicitation/create');
            await stop(client);
            await call.ended();
            const other = await client_of(server);
            assert.equal(text_in(await other.call('echo', { label: 'on' })), 'on');
            await stop(other);
        });
    });

describe('what only a modern server does', kOnlyThroughHub, () => {
    test('a state without a question is brought back at once', async () => {
        const client = await client_of('modern', { capabilities: kAll });
        assert.equal(text_in(await client.call('state_only', { label: 's' })), 's: the state alone');
        await stop(client);
    });

    test('a server that never stops asking is given up', async () => {
        const client = await client_of('modern', { capabilities: kAll, answer: () => kOk });
        const result = '{"resultType":"input_required","requestState":"again"}';
        const { reply } = await client.call('raw', { result });
        assert.ok(reply.error, JSON.stringify(reply));
        await stop(client);
    });

    test('the tasks extension is never declared for the client', async () => {
        const capabilities = { ...kAll, extensions: { 'io.modelcontextprotocol/tasks': {} }, tasks: { list: {} } };
        const client = await client_of('modern', { capabilities });
        await client.call('echo', { label: 'no extension' });
        const { params } = await line_about(client, 'no extension');
        assert.deepEqual(params._meta[key('clientCapabilities')], kAll);
        await stop(client);
    });
});

describe('what a client is too old for', kOnlyThroughHub, () => {
    for (const era of kEras) {
        const link = '{"type":"resource_link","uri":"a:b","name":"n"}';
        const audio = '{"type":"audio","data":"AAAA","mimeType":"audio/wav"}';
        for (const [version, item, kept] of [
            ['2024-11-05', audio, false],
            ['2025-03-26', audio, true],
            ['2025-03-26', link, false],
            ['2025-06-18', link, true],
        ])
            test(`server ${era}, ${version}: ${JSON.parse(item).type} ${kept ? 'stays' : 'becomes text'}`, async () => {
                const client = await client_of(era, { version });
                const { reply } = await client.call('raw', { result: `{"content":[${item}]}` });
                const [got] = reply.result.content;
                if (kept) assert.deepEqual(got, JSON.parse(item));
                else assert.equal(got.type, 'text');
                await stop(client);
            });
    }

    for (const era of kEras)
        test(`batches are for 2025-03-26 alone, server ${era}`, async () => {
            const batch = JSON.stringify([{ jsonrpc: '2.0', id: 'x', method: 'ping' }, { jsonrpc: '2.0', id: 'y', method: 'tools/call', params: { name: 'echo', arguments: { label: 'in a batch' } } }]);
            const old = await client_of(era, { version: '2025-03-26' });
            const { text, messages, status } = await old.post(batch);
            assert.equal(status, 200);
            const replies = text ? JSON.parse(text) : messages;
            assert.ok(replies.length === 2 || (await eventually(5_000, 'both answers', () => messages.length === 2)));
            const recent = await client_of(era, { version: '2025-06-18' });
            const refused = await recent.post(batch);
            assert.deepEqual([refused.status, refused.messages[0].error.code], [400, -32600]);
            await stop(old, recent);
        });
});

test('a GET without a session, a second GET, and a foreign origin', kOnlyThroughHub, async () => {
    const client = await client_of('legacy');
    const get = (headers) => Exchange.open(client.url, { method: 'GET', headers: { accept: 'text/event-stream', ...headers } });
    assert.equal((await get({})).status, 405);
    assert.equal((await get({ 'mcp-session-id': 'nobody' })).status, 404);
    assert.equal((await get({ 'mcp-session-id': client.session })).status, 409);
    assert.equal((await get({ 'mcp-session-id': client.session, origin: 'http://evil.example.com' })).status, 403);
    await stop(client);
});
