// POST /batch: many calls in parallel, each for itself, on the real daemon.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { many, rows, seen, text_of, until_seen } from './support/many.mjs';
import { Requests } from './support/predecessor.mjs';

describe('POST /batch', kOnlyThroughHub, () => {
    let daemon, hub;
    before(async () => {
        daemon = await Daemon.start({
            servers: {
                many: many({ breaker_threshold: 0 }),
                alone: many({ isolation: 'session' }),
                fragile: many({ breaker_threshold: 100 }),
                broken: { command: '/no/such/program', args: [] },
                off: many({ disabled: true }),
            },
            config: {
                limits: { batch_calls: 20, batch_concurrency: 8, line_bytes: 65536 },
                rights: { rules: [{ client: 'guest', server: 'many', tool: 'hold', allow: false }] },
            },
        });
        hub = new Requests(daemon);
        await daemon.server_pid('many');
    });
    after(() => finish(daemon));

    const call = (tool, args = {}, more = {}) => ({ server: 'many', tool, arguments: args, ...more });
    const batch = async (calls, options = {}, headers = {}) => {
        const { status, body, text } = await hub.post('/batch', { calls, ...options }, headers);
        assert.equal(status, 200, text);
        assert.equal(body.results.length, calls.length);
        body.results.forEach(({ index }, i) => assert.equal(index, i));
        return body;
    };

    test('answers all calls in the order in which they were given', async () => {
        const calls = Array.from({ length: 9 }, (_, i) => call('echo', { text: `order ${i}` }));
        const { results, summary } = await batch(calls);
        assert.deepEqual(results.map(text_of), calls.map(({ arguments: { text } }) => text));
        for (const result of results) {
            assert.equal(result.status, 'ok');
            assert.equal(result.attempts, 1);
            assert.equal(result.server, 'many');
            assert.equal(result.tool, 'echo');
            assert.ok(Number.isInteger(result.duration_ms) && result.duration_ms >= 0);
            assert.equal(result.error, undefined);
        }
        assert.deepEqual([summary.total, summary.ok, summary.failed], [9, 9, 0]);
    });

    test('of no calls is answered with no results', async () => {
        assert.deepEqual((await batch([])).results, []);
    });

    test('one bad item never loses the others', async () => {
        const calls = [
            call('echo', { text: 'first' }),
            { server: 'nobody', tool: 'echo', arguments: {} },
            { server: 'many', tool: 'echo', arguments: [1] },
            { tool: 'echo' },
            'no object',
            call('no_such_tool'),
            call('error'),
            call('flaky', { key: 'bad item', times: 1 }),
            { server: 'broken', tool: 'x' },
            { server: 'off', tool: 'echo' },
            call('echo', { text: 'x' }, { timeout: -1 }),
            call('echo', { text: 'x' }, { retry: 'often' }),
            { server: 'fragile', tool: 'die' },
            call('echo', { text: 'last' }),
        ];
        const { results, summary } = await batch(calls);
        assert.deepEqual(results.map(({ status }) => status), [
            'ok', 'failed', 'refused', 'refused', 'refused', 'error', 'error', 'tool_error', 'failed', 'failed', 'refused',
            'refused', 'failed', 'ok',
        ]);
        assert.equal(text_of(results.at(0)), 'first');
        assert.equal(text_of(results.at(-1)), 'last');
        assert.deepEqual([summary.total, summary.ok, summary.failed], [14, 2, 12]);
        for (const { error, status } of results.filter(({ status }) => status === 'refused' || status === 'failed')) {
            assert.ok(error.code < 0 && error.message.length > 5, status);
            assert.match(error.data.code, /^AH-\d{3}$/);
        }
        assert.equal(results[1].error.data.reason, 'server_unknown');
        assert.match(results[2].error.message, /'arguments' must be an object/);
        assert.match(results[3].error.message, /'server'/);
        assert.deepEqual([results[6].error.code, results[6].error.data], [-32050, { why: 'on purpose' }], "the server's own error");
        assert.equal(results[7].result.isError, true);
        assert.equal(results[9].error.data.reason, 'server_disabled');
        assert.equal(results[12].error.data.reason, 'server_exited');
        assert.deepEqual([results[2].attempts, results[1].attempts], [0, 1], 'what cannot be made is not tried');
    });

    test('is a window and no row of groups: a slow call delays none behind it', async () => {
        const calls = [call('hold', { label: 'slow' }), ...Array.from({ length: 6 }, (_, i) => call('echo', { text: `window ${i}` }))];
        const running = batch(calls, { max_concurrent: 2 });
        await until_seen(hub, 'every other call to be carried out', ({ counts }) => counts['window 5'] === 1);
        assert.deepEqual((await seen(hub)).held, ['slow'], 'the first one is still running');
        await hub.tool('many', 'release', { label: 'slow' });
        const { results } = await running;
        assert.equal(text_of(results[0]), 'slow: released');
        assert.deepEqual(results.slice(1).map(text_of), calls.slice(1).map(({ arguments: { text } }) => text));
    });

    test('never has more calls under way than max_concurrent, which is 3 unless it is said', async () => {
        for (const [options, width] of [[{}, 3], [{ max_concurrent: 1 }, 1], [{ max_concurrent: 8 }, 8]]) {
            const labels = Array.from({ length: width + 1 }, (_, i) => `w${width}-${i}`);
            const running = batch(labels.map((label) => call('hold', { label })), options);
            await until_seen(hub, `${width} calls`, ({ held }) => held.length === width);
            assert.deepEqual((await seen(hub)).held.sort(), labels.slice(0, width));
            await hub.tool('many', 'release', { label: labels[0] });
            await until_seen(hub, 'the next', ({ held }) => held.includes(labels[width]));
            for (const label of labels.slice(1)) await hub.tool('many', 'release', { label });
            assert.ok((await running).results.every(({ status }) => status === 'ok'));
        }
    });

    test('repeats what is safe: tools that say so, and what never reached a server', async () => {
        const flaky = (tool, key, more) => call(tool, { key, times: 2 }, more);
        const { results } = await batch(
            [
                flaky('flaky_safe', 'safe'), flaky('flaky_read', 'read'), flaky('flaky', 'plain'),
                flaky('flaky', 'always', { retry: 'always' }), flaky('flaky_safe', 'never', { retry: 'never' }),
                call('no_such_tool', {}, { retry: 'always' }), { server: 'broken', tool: 'x' }, { server: 'nobody', tool: 'x' },
            ],
            { retries: 2, retry_delay: 0 });
        assert.deepEqual(results.map(({ status, attempts }) => [status, attempts]), [
            ['ok', 3], ['ok', 3], ['tool_error', 1], ['ok', 3], ['tool_error', 1], ['error', 1], ['failed', 3], ['failed', 1],
        ]);
        const { counts } = await seen(hub);
        assert.deepEqual([counts.safe, counts.read, counts.plain, counts.always, counts.never], [3, 3, 1, 3, 1]);
    });

    test('repeats at most so often, and tells the last failure', async () => {
        const { results } = await batch([call('flaky_safe', { key: 'too often', times: 9 })], { retries: 2, retry_delay: 0 });
        assert.deepEqual([results[0].status, results[0].attempts], ['tool_error', 3]);
        assert.equal(text_of(results[0]), 'failed 3');
        assert.equal((await batch([call('flaky_safe', { key: 'once', times: 9 })])).results[0].attempts, 1, 'no retries unless asked for');
    });

    test('a call has its own limit of time, and is cancelled at its server when that has passed', async () => {
        const { results } = await batch([
            call('hold', { label: 'too long' }, { timeout: 0.2 }),
            call('hold', { label: 'text' }, { timeout: '200ms' }),
            call('echo', { text: 'in time' }, { timeout: 30 }),
        ]);
        assert.deepEqual(results.map(({ status }) => status), ['failed', 'failed', 'ok']);
        assert.equal(results[0].error.data.reason, 'call_timeout');
        await until_seen(hub, 'the cancellation', ({ cancelled }) => cancelled.includes('too long') && cancelled.includes('text'));
    });

    test('a client that leaves cancels what is under way, and nothing new begins', async () => {
        const labels = ['gone 1', 'gone 2', 'gone 3'];
        const body = JSON.stringify({ calls: labels.map((label) => call('hold', { label })), max_concurrent: 2, retries: 3, retry_delay: 0 });
        const request = http.request(`${daemon.url}/batch`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Client-ID': 'leaver' } });
        request.on('error', () => {});
        request.end(body);
        await until_seen(hub, 'two calls', ({ held }) => held.includes('gone 1') && held.includes('gone 2'));
        request.destroy();
        await until_seen(hub, 'both to be cancelled', ({ cancelled }) => cancelled.includes('gone 1') && cancelled.includes('gone 2'));
        const entries = await rows(daemon, 'client_id=leaver', 3);
        assert.ok(entries.every(({ outcome }) => outcome === 'cancelled'), JSON.stringify(entries));
        assert.equal((await seen(hub)).counts['gone 3'], undefined, 'the third never began');
    });

    test('all results together have room for one answer; what is over it is left out with an error of its own', async () => {
        const { results } = await batch([30_000, 30_000, 30_000, 10].map((n) => call('big', { n })), { max_concurrent: 1 });
        assert.deepEqual(results.map(({ status }) => status), ['ok', 'ok', 'failed', 'ok']);
        assert.equal(results[2].error.data.reason, 'too_large');
        assert.match(results[2].error.message, /limits\.line_bytes/);
    });

    test('each call has a row of its own, with the id of the request and its client', async () => {
        const { headers } = await hub.post('/batch', { calls: [call('echo', { text: 'row 1' }), call('error')] }, { 'X-Client-ID': 'rows' });
        const id = headers.get('x-request-id');
        const entries = await rows(daemon, `request_id=${id}`, 3);
        assert.deepEqual(entries.map(({ tool }) => tool ?? '').sort(), ['', 'echo', 'error']);
        for (const entry of entries) assert.deepEqual([entry.client_id, entry.path], ['rows', '/batch']);
        assert.equal(entries.find(({ tool }) => !tool).outcome, 'ok', 'nobody has left');
        assert.notEqual(headers.get('connection'), 'close', 'the connection serves the next request');
        assert.deepEqual(entries.filter(({ tool }) => tool).map(({ outcome }) => outcome).sort(), ['error', 'ok']);
    });

    test('each call needs the right to it', async () => {
        const before_it = (await seen(hub)).counts;
        const { results } = await batch([call('hold', { label: 'forbidden' }), call('echo', { text: 'allowed' })], {}, { 'X-Client-ID': 'guest' });
        assert.deepEqual(results.map(({ status }) => status), ['refused', 'ok']);
        assert.deepEqual([results[0].error.data.reason, results[0].attempts], ['forbidden', 1]);
        assert.equal((await seen(hub)).counts.forbidden, before_it.forbidden, 'the server has not seen it');
    });

    test('calls at an isolated server each have a process that no other call uses', async () => {
        const { results } = await batch(Array.from({ length: 3 }, () => ({ server: 'alone', tool: 'pid' })));
        assert.equal(new Set(results.map(text_of)).size, 3, JSON.stringify(results));
    });

    test('tools of the hub may be called, but no batch in a batch', async () => {
        const { results } = await batch([
            { server: 'hub', tool: 'list_servers' },
            { server: 'hub', tool: 'call_many', arguments: { calls: [] } },
        ]);
        assert.equal(results[0].status, 'ok');
        assert.ok(results[0].result.structuredContent.servers.some(({ name }) => name === 'many'));
        assert.equal(results[1].status, 'refused');
        assert.match(results[1].error.message, /call_many is not to be called by a batch/);
    });

    test('a body that is no batch is refused with 422 and what is wrong with it', async () => {
        const faults = async (body) => {
            const reply = await hub.post('/batch', body);
            assert.equal(reply.status, 422, reply.text);
            return reply.body.detail.map(({ type, loc }) => `${loc.slice(1).join('.')} ${type}`);
        };
        assert.deepEqual(await faults({}), ['calls missing']);
        assert.deepEqual(await faults({ calls: {} }), ['calls list_type']);
        assert.deepEqual(await faults([]), [' model_attributes_type']);
        assert.match((await faults('{"calls":'))[0], /json_invalid/);
        assert.deepEqual(await faults({ calls: [], max_concurrent: 0, retries: -1, retry_delay: 'x' }),
            ['max_concurrent greater_than_equal', 'retries greater_than_equal', 'retry_delay float_type']);
        assert.deepEqual(await faults({ calls: [], max_concurrent: 1.5, retries: 11, retry_delay: 3601 }),
            ['max_concurrent int_type', 'retries less_than_equal', 'retry_delay less_than_equal']);
    });

    test('its limits hold: as many as fit, and not one more', async () => {
        const calls = (n) => Array.from({ length: n }, () => call('echo', { text: 'limit' }));
        assert.equal((await batch(calls(20), { max_concurrent: 8 })).summary.ok, 20);
        const over = await hub.post('/batch', { calls: calls(21) });
        assert.deepEqual([over.status, over.body.detail[0].type], [422, 'too_long']);
        const wide = await hub.post('/batch', { calls: calls(1), max_concurrent: 9 });
        assert.deepEqual([wide.status, wide.body.detail[0].type], [422, 'less_than_equal']);
    });

    test('is not open to pages of other sites', async () => {
        const { status } = await hub.post('/batch', { calls: [] }, { Origin: 'http://evil.example' });
        assert.equal(status, 403);
        assert.equal((await hub.get('/batch')).status, 405);
    });
});
