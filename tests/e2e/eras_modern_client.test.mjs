// What a client of revision 2026-07-28 is owed, request by request and header by header, in front of servers of either
// era. The client is a raw one: what a rule says of bytes, statuses and order is looked at as it is on the wire.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { Exchange, json_in, key, kModernVersion, LegacyClient, ModernClient, text_in } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually } from './support/wait.mjs';

const kEras = ['legacy', 'modern'];
const kAll = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const kOk = { action: 'accept', content: {} };

let folder;
let daemon;
let strict; // with narrow limits
let quiet; // a listen on which nothing happens

before(async () => {
    if (kOnlyThroughHub.skip) return;
    folder = await temporary_folder();
    const ends = (name) => ['--ends', path.join(folder.path, name)];
    daemon = await Daemon.start({
        servers: {
            legacy: peer('legacy', { name: 'old' }),
            modern: peer('modern', { name: 'new' }),
            auto: peer('legacy', { isolation: 'auto', flags: ends('auto') }),
            session: peer('legacy', { isolation: 'session', flags: ends('session') }),
        },
    });
    strict = await Daemon.start({
        servers: { legacy: peer('legacy', { isolation: 'auto', flags: ends('strict') }) },
        config: { limits: { parked_calls: 2, parked_time: '1s' } },
    });
    quiet = await client_of('auto').open('subscriptions/listen', { notifications: {} });
});
after(() => finish(strict, daemon, folder));

const client_of = (server, options) => new ModernClient(`${daemon.url}/mcp/${server}`, options);
const strict_client = (options) => new ModernClient(`${strict.url}/mcp/legacy`, { capabilities: kAll, ...options });
const elicit = (message = 'well?') => ({
    method: 'elicitation/create',
    params: { message, requestedSchema: { type: 'object', properties: {} } },
});
const sample = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } };
const without = ({ method, params }) => ({ method, params });
const answers_for = ({ inputRequests }, answer = kOk) =>
    Object.fromEntries(Object.keys(inputRequests).map((key) => [key, answer]));
const retry_of = ({ reply }, answer) => {
    const { requestState, inputRequests = {} } = reply.result;
    return { inputResponses: answers_for({ inputRequests }, answer), ...(requestState && { requestState }) };
};
const state_of = async (client) => json_in(await client.call('state'));
const cancelled_at = (client, label) =>
    eventually(10_000, `${label} to be cancelled`, async () => (await state_of(client)).cancelled.includes(label));

function assert_error({ status, reply }, expected_status, code, data) {
    assert.deepEqual([status, reply?.error?.code], [expected_status, code], JSON.stringify(reply));
    if (data) assert.deepEqual(reply.error.data, data);
}

for (const era of kEras)
    describe(`checks of a request, server ${era}`, kOnlyThroughHub, () => {
        const send = (method, params, options) => client_of(era).send(method, params, options);
        const list = (options) => send('tools/list', {}, options);
        const raw = (body, headers = {}) => {
            const client = client_of(era);
            const text = typeof body === 'string' ? body : JSON.stringify(body);
            return Exchange.open(client.url, { headers: { ...client.headers_of({ method: 'tools/list' }), ...headers }, body: text });
        };
        const wrong = {
            'a missing protocol version in _meta': [{ meta: { [key('protocolVersion')]: undefined } }, 400, -32602],
            'missing capabilities': [{ meta: { [key('clientCapabilities')]: undefined } }, 400, -32602],
            'capabilities that are no object': [{ meta: { [key('clientCapabilities')]: [] } }, 400, -32602],
            'a log level that is none': [{ meta: { [key('logLevel')]: 'loud' } }, 400, -32602],
            'a missing version header': [{ headers: { 'mcp-protocol-version': undefined } }, 400, -32020],
            'a version header that differs': [{ headers: { 'mcp-protocol-version': '2027-01-01' } }, 400, -32020],
            'a missing method header': [{ headers: { 'mcp-method': undefined } }, 400, -32020],
            'a method header that differs': [{ headers: { 'mcp-method': 'tools/call' } }, 400, -32020],
            'a method header in other case': [{ headers: { 'mcp-method': 'Tools/List' } }, 400, -32020],
        };
        for (const [what, [options, status, code]] of Object.entries(wrong))
            test(`${what}: ${status}, ${code}`, async () => {
                const sent = await list({ id: 'mine', ...options });
                assert_error(sent, status, code);
                assert.equal(sent.reply.id, 'mine');
            });

        test('an unknown version: 400, -32022, and what is served', async () => {
            const unknown = '2031-01-01';
            const sent = await list({ meta: { [key('protocolVersion')]: unknown }, headers: { 'mcp-protocol-version': unknown } });
            assert_error(sent, 400, -32022, { supported: [kModernVersion], requested: unknown });
        });

        test('no _meta at all under a modern header: 400, -32602', async () => {
            const sent = await raw({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
            assert.deepEqual([sent.status, sent.messages[0].error.code], [400, -32602]);
        });

        test('no client information is needed, and blanks around header values are none', async () => {
            const options = { meta: { [key('clientInfo')]: undefined }, headers: { 'mcp-method': ' \ttools/list ' } };
            assert.equal((await list(options)).status, 200);
        });

        for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe', 'nonsense/ask'])
            test(`${method}: 404, -32601`, async () => assert_error(await send(method, { uri: 'x', level: 'info' }), 404, -32601));

        test('unparsable: 400, -32700; a batch: 400, -32600; a response: 400, -32600; a null id: 400, -32600', async () => {
            const code_of = async (body) => {
                const sent = await raw(body);
                return [sent.status, sent.messages[0]?.error.code];
            };
            assert.deepEqual(await code_of('{"jsonrpc'), [400, -32700]);
            assert.deepEqual(await code_of([{ jsonrpc: '2.0', id: 1, method: 'tools/list' }]), [400, -32600]);
            assert.deepEqual(await code_of({ jsonrpc: '2.0', id: 1, result: {} }), [400, -32600]);
            const meta = client_of(era).meta();
            assert.deepEqual(await code_of({ jsonrpc: '2.0', id: null, method: 'tools/list', params: { _meta: meta } }), [400, -32600]);
        });

        test('a notification: 202 and nothing', async () => {
            const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, _meta: client_of(era).meta() } };
            const sent = await raw(body, { 'mcp-method': 'notifications/cancelled' });
            assert.deepEqual([sent.status, sent.text], [202, '']);
        });

        test('the session and last event of another era are ignored, and none is given', async () => {
            const sent = await list({ headers: { 'mcp-session-id': 'nobody', 'last-event-id': '7' } });
            assert.equal(sent.status, 200);
            assert.equal(sent.headers.get('mcp-session-id'), null);
        });

        test('a foreign origin: 403, before all else', async () => {
            const sent = await raw('{', { origin: 'http://evil.example.com' });
            assert.equal(sent.status, 403);
        });

        const name_header = (value) => send('tools/call', { name: 'echo', arguments: { label: 'x' } }, { headers: { 'mcp-name': value } });
        test('Mcp-Name: missing, other, in other case and malformed base64: 400, -32020', async () => {
            for (const value of [undefined, 'other', 'Echo', '=?base64?ZWNobw?=', '=?base64?Z!Nobw==?='])
                assert_error(await name_header(value), 400, -32020);
        });
        test('Mcp-Name in base64 is what it stands for, an incomplete wrapper is itself', async () => {
            assert.equal((await name_header('=?base64?ZWNobw==?=')).status, 200);
            assert_error(await name_header('=?base64?ZWNobw=='), 400, -32020);
        });
        test('Mcp-Name in base64 carries what is no ASCII', async () => {
            const value = `=?base64?${Buffer.from(`${era === 'legacy' ? 'old' : 'new'}://t/ü😀`).toString('base64')}?=`;
            const uri = `${era === 'legacy' ? 'old' : 'new'}://t/ü😀`;
            const sent = await send('resources/read', { uri }, { headers: { 'mcp-name': value } });
            assert.equal(sent.reply.result.contents[0].uri, uri);
        });
        test('the fields of prompts/get and resources/read are named, too', async () => {
            assert_error(await send('prompts/get', { name: 'greet' }, { headers: { 'mcp-name': 'no' } }), 400, -32020);
            assert_error(await send('resources/read', { uri: 'a:b' }, { headers: { 'mcp-name': 'a:c' } }), 400, -32020);
        });

        // Whether its schema is known must not depend on a client's having asked for the list.
        const with_header = (args, headers) => client_of(era).call('with_header', args, { headers });
        test('Mcp-Param: must be there and the same for what is given, and absent for what is not', async () => {
            assert.equal((await with_header({ region: 'eu', level: 7 }, { 'mcp-param-region': 'eu', 'mcp-param-level': '7' })).status, 200);
            assert_error(await with_header({ level: 7 }, { 'mcp-param-level': '8' }), 400, -32020);
            assert_error(await with_header({ level: 7 }, { 'mcp-param-level': 'seven' }), 400, -32020);
            const base64 = `=?base64?${Buffer.from('ö').toString('base64')}?=`;
            assert.equal((await with_header({ region: 'ö' }, { 'mcp-param-region': base64 })).status, 200);
            assert.equal((await with_header({}, {})).status, 200);
            assert.equal((await with_header({ region: null }, {})).status, 200);
            assert_error(await with_header({ region: 'eu' }, {}), 400, -32020);
            assert_error(await with_header({ region: 'eu' }, { 'mcp-param-region': 'EU' }), 400, -32020);
            assert_error(await with_header({}, { 'mcp-param-region': 'eu' }), 400, -32020);
        });
        test('Mcp-Param of a tool without the annotation is nobody’s', async () => {
            assert.equal(text_in(await client_of(era).call('echo', { label: 'x' }, { headers: { 'mcp-param-label': 'y' } })), 'x');
        });
    });

for (const era of kEras)
    describe(`answers, server ${era}`, kOnlyThroughHub, () => {
        const name = era === 'legacy' ? 'old' : 'new';

        test('server/discover', async () => {
            const { reply } = await client_of(era).send('server/discover');
            const { result } = reply;
            assert.deepEqual(result.supportedVersions, [kModernVersion]);
            assert.equal(result.resultType, 'complete');
            assert.equal(result.instructions, `I am ${name}.`);
            assert.deepEqual(result._meta[key('serverInfo')], { name, version: '1.0.0' });
            assert.ok(result.ttlMs >= 0);
            assert.ok(['public', 'private'].includes(result.cacheScope));
            assert.equal(result.capabilities.tasks, undefined, 'the tasks of 2025-11-25 are others');
            for (const kept of ['tools', 'prompts', 'resources', 'logging', 'completions'])
                assert.ok(result.capabilities[kept], kept);
            assert.equal(result.capabilities.resources.subscribe, true);
        });

        const cacheable = {
            'tools/list': {},
            'prompts/list': {},
            'resources/list': {},
            'resources/templates/list': {},
            'resources/read': { uri: `${name}://one` },
        };
        for (const [method, params] of Object.entries(cacheable))
            test(`${method} is complete, and says how long it may be kept`, async () => {
                const { reply } = await client_of(era).send(method, params);
                assert.equal(reply.result.resultType, 'complete');
                assert.ok(Number.isInteger(reply.result.ttlMs) && reply.result.ttlMs >= 0, JSON.stringify(reply.result.ttlMs));
                assert.ok(['public', 'private'].includes(reply.result.cacheScope));
            });

        test('what cannot be kept says nothing of it', async () => {
            const client = client_of(era);
            const other = [
                await client.call('echo', { label: 'x' }),
                await client.send('prompts/get', { name: 'greet' }),
                await client.send('completion/complete', { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: '' } }),
            ];
            for (const { reply } of other) {
                assert.equal(reply.result.resultType, 'complete');
                assert.equal(reply.result.ttlMs, undefined);
                assert.equal(reply.result.cacheScope, undefined);
                if (era === 'legacy') assert.deepEqual(reply.result._meta[key('serverInfo')], { name, version: '1.0.0' });
            }
        });

        test('_meta reaches the server without what is of the other era, and with all the rest', async () => {
            const meta = { traceparent: '00-1', tracestate: 'a=b', baggage: 'c=d', 'x.example/own': [1, '2'], progressToken: 'client-token' };
            await client_of(era).call('echo', { label: `meta ${era}` }, { meta });
            const [line] = json_in(await client_of(era).call('seen', { about: `meta ${era}` }));
            const { progressToken, ...got } = JSON.parse(line).params._meta;
            assert.notEqual(progressToken, undefined);
            assert.notEqual(progressToken, 'client-token');
            const { progressToken: ours, ...rest } = meta;
            if (era === 'legacy') assert.deepEqual(got, rest);
            else assert.deepEqual(got, { ...client_of(era).meta(), ...rest });
        });

        for (const progressToken of ['text', 17, '17'])
            test(`progress carries the client's token ${JSON.stringify(progressToken)}, before the response`, async () => {
                const sent = await client_of(era).call('steps', { label: 'p', count: 3 }, { meta: { progressToken } });
                assert.deepEqual(sent.before.map(({ params }) => [params.progressToken, params.progress]), [1, 2, 3].map((n) => [progressToken, n]));
                assert.equal(sent.headers.get('x-accel-buffering'), 'no');
                assert.match(sent.headers.get('content-type'), /^text\/event-stream/);
            });

        for (const id of ['text', 0, 9007199254740991, '1'])
            test(`the id ${JSON.stringify(id)} comes back with its type`, async () => {
                assert.equal((await client_of(era).call('echo', { label: 'x' }, { id })).reply.id, id);
                assert.equal((await client_of(era).call('fail', { error: '{"code":-7,"message":"no"}' }, { id })).reply.id, id);
            });

        test('a resource that is not there: -32602 with its uri', async () => {
            const uri = `${name}://t/missing`;
            const sent = await client_of(era).send('resources/read', { uri });
            assert_error(sent, 200, -32602, { uri });
        });

        test('other errors pass as they are', async () => {
            const error = { code: -31999, message: 'no “luck”', data: { deep: [1, { a: null }] } };
            const { status, reply } = await client_of(era).call('fail', { error: JSON.stringify(error) });
            assert.deepEqual([status, reply.error], [200, error]);
        });

        test('a log message is heard only from the level that the request names', async () => {
            const log = async (level, wanted) => {
                const sent = await client_of(era, { level: wanted }).call('log', { level, data: `${level} for ${wanted}` });
                assert.equal(text_in(sent), 'logged');
                return sent.before.map(({ method, params }) => [method, params.data]);
            };
            assert.deepEqual(await log('emergency', undefined), []);
            assert.deepEqual(await log('info', 'warning'), []);
            assert.deepEqual(await log('warning', 'warning'), [['notifications/message', 'warning for warning']]);
            assert.deepEqual(await log('debug', 'debug'), [['notifications/message', 'debug for debug']]);
        });

        test('closing the connection is the cancellation', async () => {
            const client = client_of(era);
            const call = await client.open('tools/call', { name: 'hold', arguments: { label: 'closed' } }, { meta: { progressToken: 1 } });
            await call.inbox.next('its progress');
            await call.close();
            await cancelled_at(client, 'closed');
        });

        test('also if something came before the end that nobody has read', async () => {
            const client = client_of(era);
            const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hold', arguments: { label: 'late byte' }, _meta: { ...client.meta(), progressToken: 1 } } };
            const body = JSON.stringify(message);
            const { hostname, port, pathname } = new URL(client.url);
            const lines = Object.entries(client.headers_of(message)).map(([name, value]) => `${name}: ${value}\r\n`).join('');
            const socket = net.connect(Number(port), hostname);
            socket.on('error', () => {});
            socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${lines}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
            await once(socket, 'data'); // the call has begun
            socket.end('\r\n');
            await cancelled_at(client, 'late byte');
            socket.destroy();
        });

        test('closing it before anything came is it as well', async () => {
            const client = client_of(era);
            const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hold', arguments: { label: 'early' }, _meta: client.meta() } };
            const controller = new AbortController();
            const call = fetch(client.url, { method: 'POST', headers: client.headers_of(body), body: JSON.stringify(body), signal: controller.signal });
            call.catch(() => {});
            await eventually(5_000, 'the call to be held', async () => (await state_of(client)).held.includes('early'));
            controller.abort();
            await cancelled_at(client, 'early');
        });
    });

describe('what a legacy server asks', kOnlyThroughHub, () => {
    const ask = (client, label, requests, options) => client.call('ask', { label, requests }, options);
    const again = (client, label, requests, before, { answer, ...more } = {}) =>
        ask(client, label, requests, { params: { ...retry_of(before, answer), ...more } });

    test('that is nested as deep as a message may be fails its call, and nothing else', async () => {
        const client = client_of('auto', { capabilities: kAll });
        const allowed = await client.call('ask_deep', { label: 'deep', depth: 500 });
        assert.equal(allowed.reply.result?.resultType, 'input_required', JSON.stringify(allowed.reply).slice(0, 300));
        for (const depth of [508, 509, 510]) {
            const { reply } = await client.call('ask_deep', { label: 'deep', depth });
            assert.ok(reply.result || /cannot be passed on|too deep|nest/.test(reply.error.message), JSON.stringify(reply).slice(0, 300));
        }
        assert.equal(text_in(await client.call('echo', { label: 'still here' })), 'still here');
    });

    test('becomes input_required, and the answer goes to the server', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        const requests = { a: elicit('your name?') };
        const first = await ask(client, 'one', requests);
        assert.equal(first.reply.result.resultType, 'input_required');
        assert.equal(first.status, 200);
        assert.deepEqual(Object.values(first.reply.result.inputRequests).map(without), [requests.a]);
        assert.equal(typeof first.reply.result.requestState, 'string');
        const answer = { action: 'accept', content: { name: 'Zoë' } };
        const second = await again(client, 'one', requests, first, { answer });
        assert.deepEqual(json_in(second), { label: 'one', answers: { a: answer } });
        assert.equal(second.reply.result.resultType, 'complete');
    });

    test('several at a time are one result', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        const requests = { a: elicit('a?'), b: sample, c: { method: 'roots/list' } };
        const first = await ask(client, 'many', requests);
        const asked = Object.values(first.reply.result.inputRequests).map(({ method }) => method);
        assert.deepEqual(asked, Object.values(requests).map(({ method }) => method));
        const second = await again(client, 'many', requests, first);
        assert.deepEqual(json_in(second).answers, { a: kOk, b: kOk, c: kOk });
    });

    test('in several rounds, each with a state of its own', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        const args = { label: 'rounds', requests: { a: elicit() } };
        const first = await client.call('ask_twice', args);
        const second = await client.call('ask_twice', args, { params: retry_of(first) });
        assert.equal(second.reply.result.resultType, 'input_required');
        assert.notEqual(second.reply.result.requestState, first.reply.result.requestState);
        const third = await client.call('ask_twice', args, { params: retry_of(second) });
        assert.deepEqual(json_in(third).answers, { a: kOk });
    });

    test('missing answers are asked for again; unknown ones are ignored', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        const requests = { a: elicit('a?'), b: elicit('b?') };
        const first = await ask(client, 'partly', requests);
        const [one, two] = Object.keys(first.reply.result.inputRequests);
        const { requestState } = first.reply.result;
        const second = await ask(client, 'partly', requests, { params: { requestState, inputResponses: { [one]: kOk, nobody: kOk } } });
        assert.deepEqual(Object.keys(second.reply.result.inputRequests), [two]);
        const third = await again(client, 'partly', requests, second);
        assert.deepEqual(json_in(third).answers, { a: kOk, b: kOk });
    });

    test('malformed answers: an error, and the call can go on', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        const requests = { a: elicit() };
        const first = await ask(client, 'malformed', requests);
        const { requestState } = first.reply.result;
        const second = await ask(client, 'malformed', requests, { params: { requestState, inputResponses: ['no'] } });
        assert.equal(second.reply.error?.code, -32602, JSON.stringify(second.reply));
        const third = await again(client, 'malformed', requests, first);
        assert.deepEqual(json_in(third).answers, { a: kOk });
    });

    test('during prompts/get and resources/read as well', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        for (const [method, params] of [['prompts/get', { name: 'greet', arguments: { who: 'ask' } }], ['resources/read', { uri: 'old://t/ask' }]]) {
            const first = await client.send(method, params);
            assert.equal(first.reply.result?.resultType, 'input_required', JSON.stringify(first.reply));
            const second = await client.send(method, { ...params, ...retry_of(first) });
            assert.match(JSON.stringify(second.reply.result), /accept/);
        }
    });

    test('during another method is refused to the server', async () => {
        const client = client_of('legacy', { capabilities: kAll });
        const argument = { name: 'who', value: 'ask' };
        const { reply } = await client.send('completion/complete', { ref: { type: 'ref/prompt', name: 'greet' }, argument });
        const answer = JSON.parse(reply.result.completion.values[0]);
        assert.equal(answer.error.code, -32601);
    });

    test('and the client has not declared: refused, and said why when the call fails of it', async () => {
        const client = client_of('legacy', { capabilities: {} });
        assert.equal(json_in(await ask(client, 'undeclared', { a: elicit() })).answers.a.error.code, -32601);
        const form_only = client_of('legacy', { capabilities: { elicitation: {} } });
        const visit = { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.example', message: 'm', elicitationId: 'e' } };
        assert.equal(json_in(await ask(form_only, 'undeclared url', { a: visit })).answers.a.error.code, -32601);
    });

    test('and the call fails of it: 400, -32021, and what is required', async () => {
        for (const [capabilities, request, required] of [
            [{}, elicit(), { elicitation: {} }],
            [{ elicitation: {} }, sample, { sampling: {} }],
            [{}, { method: 'roots/list' }, { roots: {} }],
        ]) {
            const client = client_of('legacy', { capabilities });
            const sent = await client.call('ask', { label: 'needed', requests: { a: request }, must: true });
            assert_error(sent, 400, -32021, { requiredCapabilities: required });
        }
    });

    test('-32042 becomes input_required with the page, without its id', async () => {
        const elicitations = [{ mode: 'url', url: 'https://a.example/x', message: 'visit', elicitationId: 'e-1' }];
        const error = JSON.stringify({ code: -32042, message: 'visit first', data: { elicitations } });
        const client = client_of('legacy', { capabilities: kAll });
        const { reply } = await client.call('fail', { error });
        const { elicitationId, ...params } = elicitations[0];
        assert.deepEqual(Object.values(reply.result.inputRequests).map(without), [{ method: 'elicitation/create', params }]);
        // Whoever has been there asks again, and the call begins anew.
        const second = await client.call('fail', { error }, { params: retry_of({ reply }) });
        assert.equal(second.reply.result.resultType, 'input_required');
        const lines = json_in(await client.call('seen', { about: 'visit first' }));
        assert.ok(lines.every((line) => !line.includes('inputResponses')), 'a legacy server has no use for them');
    });
    test('-32042 for a client that cannot visit: 400, -32021', async () => {
        const elicitations = [{ mode: 'url', url: 'https://a.example/x', message: 'visit', elicitationId: 'e-2' }];
        const error = JSON.stringify({ code: -32042, message: 'visit', data: { elicitations } });
        const sent = await client_of('legacy', { capabilities: { elicitation: {} } }).call('fail', { error });
        assert_error(sent, 400, -32021, { requiredCapabilities: { elicitation: { url: {} } } });
    });

    test('a state opens once, for its client and its request alone, and unchanged', async () => {
        const client = client_of('legacy', { capabilities: kAll, name: 'owner' });
        const thief = client_of('legacy', { capabilities: kAll, name: 'thief' });
        const requests = { a: elicit() };
        const first = await ask(client, 'guarded', requests);
        const { requestState } = first.reply.result;
        const refused = async (who, label, state) => {
            const sent = await again(who, label, requests, first, { requestState: state });
            assert_error(sent, 200, -32602);
        };
        await refused(thief, 'guarded', requestState);
        await refused(client, 'another', requestState);
        await refused(client, 'guarded', requestState.slice(0, -2));
        for (const at of [0, requestState.length >> 1, requestState.length - 2]) {
            const changed = requestState[at] === 'A' ? 'B' : 'A';
            await refused(client, 'guarded', requestState.slice(0, at) + changed + requestState.slice(at + 1));
        }
        await refused(client, 'guarded', '');
        assert.deepEqual(json_in(await again(client, 'guarded', requests, first)).answers, { a: kOk });
        await refused(client, 'guarded', requestState);
    });

    test('a client that never comes back: the server hears it, and the state is too old', async () => {
        const client = strict_client();
        const first = await ask(client, 'never', { a: elicit() });
        await cancelled_at(client, 'never');
        assert_error(await again(client, 'never', { a: elicit() }, first), 200, -32602);
    });

    test('as many calls as allowed may wait; one more is an error, and is cancelled', async () => {
        const client = strict_client();
        const [one, two] = [await ask(client, 'p1', { a: elicit() }), await ask(client, 'p2', { a: elicit() })];
        assert.deepEqual([one, two].map(({ reply }) => reply.result?.resultType), ['input_required', 'input_required']);
        const three = await ask(client, 'p3', { a: elicit() });
        assert.ok(three.reply.error, JSON.stringify(three.reply));
        await cancelled_at(client, 'p3');
        assert.deepEqual(json_in(await again(client, 'p1', { a: elicit() }, one)).answers, { a: kOk });
        assert.deepEqual(json_in(await again(client, 'p2', { a: elicit() }, two)).answers, { a: kOk });
    });

    for (const server of ['legacy', 'auto', 'session']) {
        test(`the client closes the connection of its retry: cancelled; server ${server}`, async () => {
            const client = client_of(server, { capabilities: kAll });
            const args = { label: `left ${server}`, requests: { a: elicit() } };
            const first = await client.call('ask_then_hold', args, { meta: { progressToken: 'first' } });
            const params = { name: 'ask_then_hold', arguments: args, ...retry_of(first) };
            const second = await client.open('tools/call', params, { meta: { progressToken: 2 } });
            // Progress is that of the request that speaks for the call now.
            assert.equal((await second.inbox.next('its progress')).params.progressToken, 2);
            await second.close();
            await cancelled_at(client, args.label);
        });
    }

    for (const server of ['auto', 'session'])
        test(`clients that ask for the same at the same time each get their own: isolation ${server}`, async () => {
            const clients = ['a', 'b', 'a'].map((name) => client_of(server, { capabilities: kAll, name }));
            const firsts = [];
            for (const [n, client] of clients.entries()) firsts.push(await ask(client, 'same', { a: elicit(`for ${n}`) }));
            for (const [n, first] of firsts.entries()) {
                assert.equal(first.reply.result.resultType, 'input_required', JSON.stringify(first.reply));
                const [asked] = Object.values(first.reply.result.inputRequests);
                assert.equal(asked.params.message, `for ${n}`);
            }
            for (const [n, client] of [...clients.entries()].reverse()) {
                const answer = { action: 'accept', content: { from: n } };
                const last = await again(client, 'same', { a: elicit(`for ${n}`) }, firsts[n], { answer });
                assert.deepEqual(json_in(last).answers.a, answer);
            }
        });

    test('and it cannot be known whom: refused to a server that clients share', async () => {
        const [one, two] = ['a', 'b'].map((name) => client_of('legacy', { capabilities: kAll, name }));
        const first = await ask(one, 'waits', { a: elicit() });
        const other = await ask(two, 'ambiguous', { a: elicit() });
        assert.ok(json_in(other).answers.a.error, 'nobody is asked by guess');
        assert.deepEqual(json_in(await again(one, 'waits', { a: elicit() }, first)).answers, { a: kOk });
    });
});

describe('what a modern server asks', kOnlyThroughHub, () => {
    test('passes both ways as it is', async () => {
        const client = client_of('modern', { capabilities: kAll });
        const requests = { mine: elicit('?') };
        const first = await client.call('ask', { label: 'm', requests });
        assert.deepEqual(first.reply.result.inputRequests, requests);
        assert.equal(first.reply.result.requestState, 'state of m');
        const second = await client.call('ask', { label: 'm', requests }, { params: retry_of(first) });
        assert.deepEqual(json_in(second), { label: 'm', answers: { mine: kOk }, state: 'state of m' });
    });

    test('a task passes, and is followed by its id', async () => {
        const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
        const client = client_of('modern', { capabilities });
        const { reply } = await client.call('task');
        assert.equal(reply.result.resultType, 'task');
        const followed = await client.send('tasks/get', { taskId: reply.result.taskId });
        assert.equal(followed.reply.result.status, 'completed');
        assert_error(await client.send('tasks/get', { taskId: 'x' }, { headers: { 'mcp-name': 'y' } }), 400, -32020);
    });
});

for (const era of kEras)
    describe(`subscriptions/listen, server ${era}`, kOnlyThroughHub, () => {
        const name = era === 'legacy' ? 'old' : 'new';
        const kTools = 'notifications/tools/list_changed';
        const kUpdated = 'notifications/resources/updated';
        const tag = ({ params }) => params._meta[key('subscriptionId')];
        const listen = async (notifications, id) => {
            const stream = await client_of(era).open('subscriptions/listen', { notifications }, { id });
            const first = await stream.inbox.next('the acknowledgement');
            assert.equal(first.method, 'notifications/subscriptions/acknowledged');
            assert.equal(tag(first), id);
            assert.equal(stream.headers.get('x-accel-buffering'), 'no');
            return { stream, honoured: first.params.notifications };
        };
        const announce = (method, params) => client_of(era).call('announce', { method, params });

        test('is acknowledged first, with what is honoured', async () => {
            const wanted = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: [`${name}://one`] };
            const { stream, honoured } = await listen(wanted, 'all');
            assert.deepEqual(honoured, wanted);
            await stream.close();
            const none = await listen({}, 5);
            assert.deepEqual(none.honoured, {});
            await none.stream.close();
        });

        test('each hears what it asked for, under its own id', async () => {
            const a = await listen({ toolsListChanged: true }, 'a');
            const b = await listen({ toolsListChanged: true, resourceSubscriptions: [`${name}://one`] }, 1);
            const c = await listen({ resourceSubscriptions: [`${name}://two`] }, '1');
            await announce('notifications/prompts/list_changed');
            await announce(kUpdated, { uri: `${name}://one` });
            await announce(kUpdated, { uri: `${name}://two` });
            await announce(kTools);
            const heard = await b.stream.inbox.next('the update', ({ method }) => method === kUpdated);
            assert.deepEqual([tag(heard), heard.params.uri], [1, `${name}://one`]);
            for (const [{ stream }, id] of [[a, 'a'], [b, 1]])
                assert.equal(tag(await stream.inbox.next('the change', ({ method }) => method === kTools)), id);
            const other = await c.stream.inbox.next('its update');
            assert.deepEqual([tag(other), other.params.uri], ['1', `${name}://two`]);
            assert.deepEqual([a, b, c].flatMap(({ stream }) => stream.inbox.rest), []);
            for (const { stream } of [a, b, c]) await stream.close();
        });

        test('hears of the tasks it names, where the server has that extension', async () => {
            const wanted = { taskIds: ['task-1', 'task-2'] };
            const { stream, honoured } = await listen(wanted, 'tasks');
            assert.deepEqual(honoured, era === 'modern' ? wanted : {});
            if (era === 'legacy') return stream.close();
            const asked = async () => (await state_of(client_of(era))).listens.some(({ wanted }) => wanted.taskIds?.length === 2);
            await eventually(5_000, 'the server to know of it', asked);
            for (const [taskId, status] of [['task-3', 'working'], ['task-2', 'completed']])
                await announce('notifications/tasks', { taskId, status });
            const heard = await stream.inbox.next('what became of the task');
            assert.deepEqual([heard.method, heard.params.taskId, heard.params.status, tag(heard)], ['notifications/tasks', 'task-2', 'completed', 'tasks']);
            const old = await LegacyClient.open(`${daemon.url}/mcp/${era}`);
            await announce('notifications/tasks', { taskId: 'task-1', status: 'failed' });
            await stream.inbox.next('what became of the other');
            await announce(kTools);
            await eventually(5_000, 'what comes behind it', () => old.stream.messages.some(({ method }) => method === kTools));
            assert.deepEqual(old.stream.messages.filter(({ method }) => method === 'notifications/tasks'), [], 'legacy clients know no such tasks');
            await old.stop();
            await stream.close();
            await eventually(5_000, 'the server to forget it', async () => !(await asked()));
        });

        test('has room for a thousand resources and tasks', async () => {
            const resourceSubscriptions = Array.from({ length: 999 }, (_, n) => `${name}://${n}`);
            const { stream, honoured } = await listen({ resourceSubscriptions, taskIds: ['task-1'] }, 'many');
            assert.equal(honoured.resourceSubscriptions.length, 999);
            await stream.close();
            const { reply } = await client_of(era).send('subscriptions/listen', { notifications: { resourceSubscriptions, taskIds: ['a', 'b'] } });
            assert.equal(reply.error?.code, -32602, JSON.stringify(reply));
        });

        test('hears no progress and no log messages', async () => {
            const { stream } = await listen({ toolsListChanged: true }, 'quiet');
            await client_of(era, { level: 'debug' }).call('log', { level: 'error', data: 'x' });
            await client_of(era).call('steps', { label: 'x', count: 2 }, { meta: { progressToken: 1 } });
            await announce(kTools);
            assert.equal((await stream.inbox.next('the first message')).method, kTools);
            await stream.close();
        });

        test('its end ends the subscriptions that nobody else has', async () => {
            const uri = `${name}://ended`;
            const has = async () => {
                const { subscribed, listens } = await state_of(client_of(era));
                return subscribed.includes(uri) || listens.some(({ wanted }) => wanted.resourceSubscriptions?.includes(uri));
            };
            const [one, two] = [await listen({ resourceSubscriptions: [uri] }, 1), await listen({ resourceSubscriptions: [uri] }, 2)];
            await eventually(5_000, 'the subscription at the server', has);
            await one.stream.close();
            await announce(kUpdated, { uri });
            await two.stream.inbox.next('the update for the other');
            await two.stream.close();
            await eventually(5_000, 'the subscription to end', async () => !(await has()));
        });

        test('outlives its server, which is told again', async () => {
            const { stream } = await listen({ toolsListChanged: true, resourceSubscriptions: [`${name}://kept`] }, 'kept');
            client_of(era).call('exit').catch(() => {});
            await stream.inbox.next('the news that the server is new', ({ method }) => method === kTools, 20_000);
            await eventually(10_000, 'the subscription of the new process', async () => {
                await announce(kUpdated, { uri: `${name}://kept` });
                return stream.inbox.rest.some(({ method }) => method === kUpdated);
            });
            await stream.close();
        });

        test('refuses what is no list of interests', async () => {
            for (const notifications of [undefined, [], { resourceSubscriptions: [7] }, { taskIds: [7] }, { resourceSubscriptions: Array.from({ length: 1025 }, (_, n) => `a:${n}`) }]) {
                const { reply } = await client_of(era).send('subscriptions/listen', { notifications });
                assert.equal(reply.error?.code, -32602, JSON.stringify(reply));
            }
        });
    });

test('a server without lists that change: nothing of it is acknowledged', kOnlyThroughHub, async () => {
    const bare = await Daemon.start({ servers: { bare: peer('legacy', { flags: ['--bare'] }) } });
    try {
        const client = new ModernClient(`${bare.url}/mcp/bare`);
        const stream = await client.open('subscriptions/listen', { notifications: { promptsListChanged: true, resourceSubscriptions: ['a:b'] } });
        assert.deepEqual((await stream.inbox.next('the acknowledgement')).params.notifications, {});
        await stream.close();
    } finally {
        await bare.stop();
    }
});

test('a listen ends with the daemon by its result, not by a cut', kOnlyThroughHub, async () => {
    const other = await Daemon.start({ servers: { legacy: peer('legacy') } });
    const stream = await new ModernClient(`${other.url}/mcp/legacy`).open('subscriptions/listen', { notifications: { toolsListChanged: true } }, { id: 'end' });
    await stream.inbox.next('the acknowledgement');
    await other.stop();
    await stream.ended();
    assert.deepEqual(stream.messages.at(-1), { jsonrpc: '2.0', id: 'end', result: { resultType: 'complete', _meta: { [key('subscriptionId')]: 'end' } } });
});

test('a listen does not outlive its client, although its server hangs in its start', kOnlyThroughHub, async () => {
    const silent = path.join(folder.path, 'silent');
    const { command, args } = peer('legacy');
    const server = { command: 'sh', args: ['-c', '[ -e "$0" ] && exec sleep 600; exec "$@"', silent, command, ...args] };
    const other = await Daemon.start({ servers: { slow: server } });
    const listen = () => new ModernClient(`${other.url}/mcp/slow`).open('subscriptions/listen', { notifications: { resourceSubscriptions: ['a:b'] } });
    const first = await listen();
    await first.inbox.next('the acknowledgement');
    await first.close();
    await writeFile(silent, '');
    process.kill((await other.get('/servers/slow')).process.pid, 'SIGKILL');
    await eventually(10_000, 'the start that hangs', async () => (await other.get('/servers/slow')).process.status === 'starting');
    const served = async () => (await other.get('/audit/activity?server=slow')).entries.filter(({ mcp_method }) => mcp_method === 'subscriptions/listen').length;
    await eventually(5_000, 'the row of the first', async () => (await served()) === 1);
    // It is not answered before the server is there: whoever leaves does so without a reply.
    const params = { notifications: { resourceSubscriptions: ['a:b'] }, _meta: new ModernClient(other.url).meta() };
    await assert.rejects(fetch(`${other.url}/mcp/slow`, {
        method: 'POST', signal: AbortSignal.timeout(500), body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'subscriptions/listen', params }),
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': kModernVersion, 'mcp-method': 'subscriptions/listen' },
    }), { name: 'TimeoutError' });
    await eventually(5_000, 'the row of the second', async () => (await served()) === 2);
    await other.stop();
});

test('the headers of a first call are checked, before anybody has met the server', kOnlyThroughHub, async () => {
    for (const [path, name] of [['/mcp/fresh', 'with_header'], ['/mcp', 'fresh__with_header']]) {
        const other = await Daemon.start({ servers: { fresh: peer('legacy') } });
        const client = new ModernClient(other.url + path);
        assert_error(await client.call(name, { region: 'eu' }, { headers: { 'mcp-param-region': 'us' } }), 400, -32020);
        await other.stop();
    }
});

test('a listen ends by its result with the server that a reload removes', kOnlyThroughHub, async () => {
    const servers = { kept: peer('legacy'), gone: peer('legacy') };
    const other = await Daemon.start({ servers });
    const listen = async (server) => {
        const stream = await new ModernClient(`${other.url}/mcp/${server}`).open('subscriptions/listen', { notifications: { toolsListChanged: true } }, { id: server });
        await stream.inbox.next('the acknowledgement');
        return stream;
    };
    const [kept, gone] = [await listen('kept'), await listen('gone')];
    await other.reload({ servers: { kept: servers.kept } });
    await gone.ended();
    assert.equal(gone.messages.at(-1).result?.resultType, 'complete');
    await new ModernClient(`${other.url}/mcp/kept`).call('announce', { method: 'notifications/tools/list_changed' });
    await kept.inbox.next('the change', ({ method }) => method === 'notifications/tools/list_changed');
    await kept.close();
    await other.stop();
});

test('both eras at one endpoint: the legacy refusals have no modern code', kOnlyThroughHub, async () => {
    const url = `${daemon.url}/mcp/legacy`;
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const sent = await Exchange.open(url, { headers, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
    assert.equal(sent.status, 400);
    assert.ok(sent.messages[0].error.code > -32020, sent.text);
    const client = await LegacyClient.open(url);
    assert.equal(text_in(await client.call('echo', { label: 'still there' })), 'still there');
    await client.stop();
});

test('a quiet stream is kept alive by comments', kOnlyThroughHub, async () => {
    await eventually(20_000, 'a comment', () => quiet.comments > 0);
    assert.equal(quiet.messages.length, 1, 'the acknowledgement');
    await quiet.close();
});
