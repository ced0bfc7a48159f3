// The tool call_many of the built-in server hub: many calls in one, for clients of MCP.

import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';

import { connect, text_of as said } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { many, rows, text_of, until_seen } from './support/many.mjs';
import { Requests } from './support/predecessor.mjs';

describe('call_many', kOnlyThroughHub, () => {
    let daemon, hub, client;
    before(async () => {
        daemon = await Daemon.start({
            servers: { many: many() },
            config: { limits: { batch_calls: 5, batch_concurrency: 4 }, views: { tools: { servers: ['hub'] } } },
        });
        hub = new Requests(daemon);
        client = await connect(daemon, 'hub', { clientName: 'many caller' });
    });
    after(() => finish(client, daemon));

    const call = (tool, args = {}, more = {}) => ({ server: 'many', tool, arguments: args, ...more });
    const ask = (args, options) => client.callTool({ name: 'call_many', arguments: args }, undefined, options);

    test('is offered with schemas of what it takes and gives, and says how much at most', async () => {
        const { tools } = await client.listTools();
        const tool = tools.find(({ name }) => name === 'call_many');
        assert.deepEqual(tool.inputSchema.required, ['calls']);
        assert.equal(tool.inputSchema.properties.calls.maxItems, 5);
        assert.equal(tool.inputSchema.properties.max_concurrent.maximum, 4);
        assert.deepEqual(tool.outputSchema.required, ['results', 'summary']);
        assert.equal(tool.annotations.readOnlyHint, false);
    });

    test('answers as POST /batch does, as structure and as text', async () => {
        // The SDK checks the structure against the output schema.
        const result = await ask({ calls: [call('echo', { text: 'one' }), { server: 'nobody', tool: 'x' }, call('echo', { text: 'three' })] });
        assert.equal(result.isError, false);
        const { results, summary } = result.structuredContent;
        assert.deepEqual(results.map(({ status }) => status), ['ok', 'failed', 'ok']);
        assert.deepEqual([text_of(results[0]), text_of(results[2])], ['one', 'three']);
        assert.deepEqual([summary.total, summary.ok], [3, 2]);
        assert.deepEqual(JSON.parse(said(result)), result.structuredContent);
    });

    test('tells of each call as it ends', async () => {
        const heard = [];
        const onprogress = ({ progress, total, message }) => heard.push([progress, total, message]);
        await ask({ calls: [call('echo', { text: 'p1' }), call('error')], max_concurrent: 1 }, { onprogress });
        assert.deepEqual(heard, [[1, 2, 'call 0, many/echo: ok'], [2, 2, 'call 1, many/error: error']]);
    });

    test('the calls are made for the client of call_many', async () => {
        const own = await connect(daemon, 'hub', { clientName: 'many owner' }); // whose rows are this call's alone
        await own.callTool({ name: 'call_many', arguments: { calls: [call('echo', { text: 'mine' })] } });
        const [inner] = await rows(daemon, 'client_id=many%20owner&server=many', 1);
        const [outer] = await rows(daemon, `request_id=${inner.request_id}&tool=call_many`, 1);
        assert.deepEqual([inner.tool, outer.server, outer.client_id], ['echo', 'hub', 'many owner']);
        await own.close();
    });

    test('cancelled by its client, it cancels what is under way', async () => {
        const abort = new AbortController();
        const running = ask({ calls: [call('hold', { label: 'many 1' }), call('hold', { label: 'many 2' })], max_concurrent: 1 }, { signal: abort.signal });
        await until_seen(hub, 'the first call', ({ held }) => held.includes('many 1'));
        abort.abort();
        await assert.rejects(running);
        const { counts } = await until_seen(hub, 'its cancellation', (all) => all.cancelled.includes('many 1') && all);
        assert.equal(counts['many 2'], undefined);
    });

    test('what is wrong with its arguments is told to the model', async () => {
        const faulty = await ask({ calls: 'none', max_concurrent: 5 });
        assert.equal(faulty.isError, true);
        assert.match(said(faulty), /calls.*valid list.*max_concurrent.*less than or equal to 4/);
        const fits = await ask({ calls: Array.from({ length: 5 }, () => call('echo', { text: 'x' })), max_concurrent: 4 });
        assert.equal(fits.structuredContent.summary.ok, 5);
        const over = await ask({ calls: Array.from({ length: 6 }, () => call('echo', { text: 'x' })) });
        assert.match(said(over), /at most 5/);
    });

    test('calls no call_many', async () => {
        const { structuredContent } = await ask({ calls: [{ server: 'hub', tool: 'call_many', arguments: { calls: [] } }] });
        assert.equal(structuredContent.results[0].status, 'refused');
        assert.match(structuredContent.results[0].error.message, /not to be called by a batch/);
    });

    test('is there without a session, and in the view that names the hub', async () => {
        const { body } = await hub.tool('hub', 'call_many', { calls: [call('echo', { text: 'plain' })] });
        assert.equal(text_of(body.result.structuredContent.results[0]), 'plain');
        const view = await connect(daemon, 'view/tools');
        const { tools } = await view.listTools();
        const name = tools.map((tool) => tool.name).find((one) => one.endsWith('call_many'));
        const result = await view.callTool({ name, arguments: { calls: [call('echo', { text: 'through a view' })] } });
        assert.equal(text_of(result.structuredContent.results[0]), 'through a view');
        await view.stop();
    });
});

test('call_many in strict mode, with a hook: each call has its row before the answer comes', kOnlyThroughHub, async () => {
    const hooks = [
        { name: 'words', on: 'before', server: 'many', tool: 'echo', run: { builtin: 'redact', words: ['sk-*'] } },
        { name: 'limit', on: 'before', server: 'many', tool: 'echo', run: { builtin: 'rate_limit', calls: 2, per: '1h' } },
    ];
    const daemon = await Daemon.start({ servers: { many: many() }, config: { activity: { mode: 'strict', batch_ms: 60_000 }, hooks } });
    const client = await connect(daemon, 'hub', { clientName: 'strict many' });
    try {
        const calls = ['one', 'sk-two', 'three'].map((text) => ({ server: 'many', tool: 'echo', arguments: { text } }));
        const { structuredContent } = await client.callTool({ name: 'call_many', arguments: { calls, max_concurrent: 1 } });
        // Read at once, through another connection: what is not committed is not there.
        const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { readOnly: true });
        const found = db.prepare("SELECT server, tool, outcome, request_id FROM activity WHERE client_id = 'strict many' AND tool <> '' ORDER BY id").all();
        db.close();
        assert.deepEqual(structuredContent.results.map(({ status }) => status), ['ok', 'ok', 'refused']);
        assert.deepEqual(structuredContent.results.slice(0, 2).map(text_of), ['one', '[redacted]']);
        assert.equal(structuredContent.results[2].error.data.code, 'AH-301');
        assert.deepEqual(found.map(({ server, tool, outcome }) => `${server}/${tool} ${outcome}`),
            ['many/echo ok', 'many/echo ok', 'many/echo refused', 'hub/call_many ok']);
        assert.equal(new Set(found.map(({ request_id }) => request_id)).size, 1);
        const counts = (await daemon.get('/hooks')).hooks.map(({ calls: asked, changed, refused }) => [asked, changed, refused]);
        assert.deepEqual(counts, [[3, 1, 0], [3, 0, 1]]);
    } finally {
        await finish(client, daemon);
    }
});
