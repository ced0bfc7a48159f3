// The hooks that are built in, on the real daemon: rate limit, cache, redaction, normalisation, enhancement.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { says } from './support/hook_stub.mjs';
import { ModelStub } from './support/model_stub.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { LegacyClient, ModernClient, text_in } from './support/raw_http.mjs';
import { eventually } from './support/wait.mjs';

let daemon, hub, stub;

async function start(hooks, config = {}) {
    daemon = await Daemon.start({ servers: { fake: fake({ auto_start: true }) }, config: { hooks, ...config } });
    hub = new Requests(daemon);
    await daemon.server_pid('fake');
    const all = new ModernClient(`${daemon.url}/mcp`);
    await eventually(10_000, 'its tools to be known', async () => (await all.send('tools/list')).reply.result.tools.some(({ name }) => name === 'fake__echo'));
}

const echo = (args, headers) => hub.rpc('fake', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: args } }, 'x', headers);
const text_of = ({ body }) => body.result.content[0].text;
const counts = async (name) => (await daemon.get('/hooks')).hooks.find((hook) => hook.name === name);
const seen = async () => JSON.parse(text_of(await hub.tool('fake', 'seen'))).filter(({ method, params }) => method === 'tools/call' && params.name === 'echo');

describe('built-in hooks', kOnlyThroughHub, () => {
    afterEach(async () => {
        await finish(daemon, stub);
        daemon = stub = undefined;
    });

    test('rate_limit lets so many through, for each client and tool, and says when to come back', async () => {
        await start([{ name: 'limit', on: 'before', tool: 'echo', run: { builtin: 'rate_limit', calls: 3, per: '1h' } }]);
        for (let i = 0; i < 3; ++i) assert.equal(text_of(await echo({ text: `${i}` })), `${i}`);
        const { body } = await echo({ text: '4' });
        assert.equal(body.error.data.code, 'AH-301');
        assert.equal(body.error.data.retry, 'later');
        assert.ok(body.error.data.retry_after > 0 && body.error.data.retry_after <= 1200, JSON.stringify(body));
        assert.match(body.error.message, /rate limit of 3 calls in 1h|rate limit of 3 calls in 3600s/);
        assert.equal(text_of(await echo({ text: 'other' }, { 'X-Client-ID': 'other' })), 'other');
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/fake`);
        for (let i = 0; i < 3; ++i) await legacy.call('echo', { text: 'x' });
        const refused = await legacy.call('echo', { text: 'x' });
        assert.equal(refused.status, 503);
        assert.ok(Number(refused.headers.get('retry-after')) > 0);
        await legacy.stop();
        const { calls, refused: count } = await counts('limit');
        assert.deepEqual({ calls, count }, { calls: 9, count: 2 });
        assert.equal((await seen()).length, 7);
    });

    test('cache answers the second call without the server, and never a tool that may change something', async () => {
        await start([
            { name: 'cache', on: 'before', tool: 'echo', run: { builtin: 'cache', every_tool: true } },
            { name: 'careful', on: 'before', tool: 'big', run: { builtin: 'cache' } },
        ]);
        for (let i = 0; i < 3; ++i) assert.equal(text_of(await echo({ text: 'same' })), 'same');
        assert.equal((await seen()).length, 1);
        await echo({ text: 'other' });
        await echo({ text: 'same' }, { 'X-Client-ID': 'somebody else' });
        assert.equal((await seen()).length, 3);
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/fake`, { headers: { 'X-Client-ID': 'anonymous' } });
        assert.equal(text_in(await legacy.call('echo', { text: 'same' })), 'same');
        const modern = await new ModernClient(`${daemon.url}/mcp/fake`, { headers: { 'X-Client-ID': 'anonymous' } }).call('echo', { text: 'same' });
        assert.equal(text_in(modern), 'same');
        assert.equal(modern.reply.result.resultType, 'complete');
        await legacy.stop();
        for (let i = 0; i < 2; ++i) await hub.tool('fake', 'big', { n: 3 });
        assert.equal((await counts('careful')).answered, 0);
        assert.ok((await counts('cache')).answered >= 2);
    });

    test('cache keeps apart what is made better and what is not', async () => {
        stub = await ModelStub.start();
        const config = { ollama: { url: stub.url }, enhancement: { default: { model: 'small', system_prompt: 'Be clear.' } } };
        await start([{ name: 'cache', on: 'before', tool: 'echo', run: { builtin: 'cache', every_tool: true, shared: true } }], config);
        const better = text_of(await echo({ text: 'do it' }, { 'X-Enhance': '1' }));
        assert.notEqual(better, 'do it');
        assert.equal(text_of(await echo({ text: 'do it' })), 'do it');
        assert.equal(text_of(await echo({ text: 'do it' }, { 'X-Enhance': '0' })), 'do it');
        assert.equal(text_of(await echo({ text: 'do it' }, { 'X-Enhance': '1' })), better);
        assert.equal((await counts('cache')).answered, 2);
        assert.equal((await seen()).length, 2);
    });

    test('redact takes values and words out of arguments and results', async () => {
        await start([
            { name: 'in', on: 'before', run: { builtin: 'redact', keys: ['*password*'], words: ['sk-*'] } },
            { name: 'out', on: 'after', tool: 'echo', run: { builtin: 'redact', words: ['*@example.org'], replacement: '***' } },
        ]);
        assert.equal(text_of(await echo({ text: 'use sk-12345, ask me@example.org.', userPassword: 'hunter2' })), 'use [redacted], ask ***.');
        assert.deepEqual((await seen())[0].params.arguments, { text: 'use [redacted], ask me@example.org.', userPassword: '[redacted]' });
    });

    test('what a hook answers passes the hooks after the call, too', async () => {
        await start([
            { name: 'answer', on: 'before', run: says({ action: 'answer', result: { content: [{ type: 'text', text: 'key sk-1' }] } }) },
            { name: 'out', on: 'after', run: { builtin: 'redact', words: ['sk-*'] } },
        ]);
        assert.equal(text_of(await echo({})), 'key [redacted]');
    });

    test('normalize makes of arguments what the schema wants', async () => {
        await start([{ name: 'normal', on: 'before', run: { builtin: 'normalize', drop_unknown: true } }]);
        assert.equal(text_of(await hub.tool('fake', 'big', { n: '4' })), 'xxxx');
        await echo({ text: 5, stray: true });
        assert.deepEqual((await seen())[0].params.arguments, { text: '5' });
        assert.equal((await counts('normal')).changed, 2);
    });

    test('enhance makes a prompt better, and leaves it as it is when there is no model', async () => {
        stub = await ModelStub.start();
        const config = { ollama: { url: stub.url }, enhancement: { default: { model: 'small', system_prompt: 'Be clear.' } } };
        await start([{ name: 'better', on: 'before', tool: 'echo', timeout: '20s', run: { builtin: 'enhance' } }], config);
        const better = text_of(await echo({ text: 'do it' }));
        assert.notEqual(better, 'do it');
        assert.match(better, /do it/);
        assert.equal((await counts('better')).changed, 1);
        await stub.stop();
        stub = undefined;
        assert.equal(text_of(await echo({ text: 'something new' })), 'something new');
    });
});
