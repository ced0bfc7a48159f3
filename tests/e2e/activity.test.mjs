// The activity: filters, totals, paging, statistics, deleting, the export and the live stream.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { call, Events, fake, page, page_of, parse_csv } from './support/activity.mjs';
import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { ModernClient } from './support/raw_http.mjs';
import { eventually } from './support/wait.mjs';

const range = (count) => Array.from({ length: count }, (_, n) => n);
const get = (daemon, route, options) => fetch(daemon.url + route, options);

describe('the activity', kOnlyThroughHub, () => {
    let daemon, first, middle;
    before(async () => {
        daemon = await Daemon.start({ servers: { fake: fake(), other: fake() } });
        first = Date.now();
        for (const n of range(12)) await call(daemon, { client: n % 3 === 0 ? 'three' : 't1', id: n });
        for (const n of range(4)) await call(daemon, { server: 'other', tool: 'none-such', client: 'faulty', id: n });
        await page_of(daemon, 4, { client_id: 'faulty' });
        middle = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 5));
        for (const n of range(3)) await call(daemon, { client: 'late', id: n });
        await page_of(daemon, 3, { client_id: 'late' });
    });
    after(() => finish(daemon));

    test('has a row for a call with what is known of it', async () => {
        const { request_id } = await call(daemon, { client: 'one' });
        const { total, entries } = await page_of(daemon, 1, { request_id });
        assert.equal(total, 1);
        const [row] = entries;
        assert.equal(row.client_id, 'one');
        assert.equal(row.request_id, request_id);
        assert.equal(row.method, 'POST');
        assert.equal(row.path, '/mcp/fake/tools/call');
        assert.equal(row.status, 200);
        assert.equal(row.server, 'fake');
        assert.equal(row.tool, 'echo');
        assert.equal(row.outcome, 'ok');
        assert.ok(row.duration > 0);
    });

    test('is filtered by each field, and the total honours every filter', async () => {
        for (const [query, total] of [
            [{ client_id: 't1' }, 8],
            [{ client_id: 'three' }, 4],
            [{ client_id: 't1', server: 'fake' }, 8],
            [{ client_id: 't1', server: 'other' }, 0],
            [{ client_id: 't1', tool: 'echo' }, 8],
            [{ client_id: 't1', tool: 'none' }, 0],
            [{ client_id: 't1', outcome: 'ok' }, 8],
            [{ client_id: 't1', outcome: 'failed' }, 0],
            [{ client_id: 't1', method: 'POST' }, 8],
            [{ client_id: 't1', method: 'GET' }, 0],
            [{ client_id: 't1', status_min: 200, status_max: 299 }, 8],
            [{ client_id: 't1', status_min: 300 }, 0],
            [{ server: 'other' }, 4],
            [{ tool: 'none-such' }, 4],
        ]) {
            const got = await page(daemon, query);
            assert.equal(got.total, total, JSON.stringify(query));
            assert.equal(got.entries.length, total, JSON.stringify(query));
        }
    });

    test('is filtered by time, however it is written', async () => {
        const early = { client_id: 't1' };
        assert.equal((await page(daemon, { ...early, since: new Date(first - 60_000).toISOString() })).total, 8);
        assert.equal((await page(daemon, { ...early, since: '15m' })).total, 8);
        assert.equal((await page(daemon, { ...early, until: '15m' })).total, 0);
        assert.equal((await page(daemon, { ...early, since: String(middle) })).total, 0);
        assert.equal((await page(daemon, { ...early, until: String(middle) })).total, 8);
        assert.equal((await page(daemon, { client_id: 'late', since: String(middle) })).total, 3);
        assert.equal((await page(daemon, { client_id: 'late', until: new Date(middle).toISOString() })).total, 0);
        assert.equal((await page(daemon, { since: String(Math.floor(first / 1000)), client_id: 'late' })).total, 3);
    });

    test('is searched for the words of errors', async () => {
        const { entries } = await page(daemon, { client_id: 'faulty' });
        const words = entries[0].error.match(/[A-Za-z]{4,}/g);
        assert.ok(words, `an error without words: ${entries[0].error}`);
        assert.equal((await page(daemon, { error: words[0], client_id: 'faulty' })).total, 4);
        assert.equal((await page(daemon, { error: `${words[0].slice(0, 3)}*`, client_id: 'faulty' })).total, 4);
        assert.equal((await page(daemon, { error: 'zebra' })).total, 0);
    });

    test('refuses what is no time, no outcome, no number and no word, and names it', async () => {
        for (const query of ['since=yesterday', 'until=2026-13-01', 'outcome=fine', 'error=%2A', 'status_min=x', 'limit=x']) {
            for (const route of ['/audit/activity', '/audit/activity/export', '/audit/activity/stream']) {
                if (query.startsWith('limit') && route !== '/audit/activity') continue;
                const response = await get(daemon, `${route}?${query}`);
                assert.equal(response.status, 422, `${route}?${query}`);
                assert.match(await response.text(), new RegExp(query.split('=')[0]));
            }
        }
    });

    test('comes in pages that do not overlap, of 1000 rows at most', async () => {
        assert.equal((await page(daemon, { limit: 5000 })).limit, 1000);
        const seen = new Set();
        let offset = 0;
        for (;;) {
            const { entries, total } = await page(daemon, { client_id: 't1', limit: 3, offset });
            assert.equal(total, 8);
            if (entries.length === 0) break;
            for (const { id } of entries) {
                assert.ok(!seen.has(id), `${id} came twice`);
                seen.add(id);
            }
            offset += 3;
        }
        assert.equal(seen.size, 8);
    });

    test('has statistics whose sums are the total', async () => {
        const stats = await daemon.get('/audit/activity/stats');
        const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
        assert.ok(stats.total_entries >= 19);
        assert.equal(sum(stats.by_method), stats.total_entries);
        assert.equal(sum(stats.by_status), stats.total_entries);
    });

    test('leaves out probes and what a page fetches of itself', async () => {
        for (const route of ['/livez', '/readyz', '/dashboard/stats-partial', '/static/dashboard.css'])
            await (await get(daemon, route)).text();
        const { request_id } = await call(daemon, { client: 'after-the-pages' });
        await page_of(daemon, 1, { request_id });
        const { entries } = await page(daemon, { limit: 1000 });
        const paths = entries.map((entry) => entry.path);
        assert.ok(!paths.some((one) => one.startsWith('/livez') || one.startsWith('/static') || one.endsWith('-partial')), paths.join());
    });

    test('is exported as NDJSON, oldest first, with the same filters', async () => {
        const response = await get(daemon, '/audit/activity/export?client_id=t1');
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type'), /x-ndjson/);
        const rows = (await response.text()).trimEnd().split('\n').map((line) => JSON.parse(line));
        assert.equal(rows.length, 8);
        const { entries } = await page(daemon, { client_id: 't1' });
        assert.deepEqual(rows.reverse(), entries);
    });

    test('is exported as CSV that no spreadsheet takes for a formula', async () => {
        await call(daemon, { client: '=cmd|"/c calc"!A1' });
        await page_of(daemon, 1, { client_id: '=cmd|"/c calc"!A1' });
        const response = await get(daemon, '/audit/activity/export?format=csv');
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type'), /text\/csv/);
        assert.match(response.headers.get('content-disposition'), /activity\.csv/);
        const [names, ...rows] = parse_csv(await response.text());
        assert.ok(rows.length >= 20);
        for (const row of rows) assert.equal(row.length, names.length);
        const clients = rows.map((row) => row[names.indexOf('client_id')]);
        assert.ok(clients.includes('\'=cmd|"/c calc"!A1'), clients.join());
        assert.equal((await get(daemon, '/audit/activity/export?format=xml')).status, 422);
    });

    test('is told live, filtered, and resumed where a client left off', async () => {
        const stream = await Events.open(daemon, { client_id: 'live' });
        assert.equal(stream.response.status, 200);
        assert.match(stream.response.headers.get('content-type'), /text\/event-stream/);
        assert.equal((await stream.next()).event, 'open');
        await call(daemon, { client: 'somebody else' });
        await call(daemon, { client: 'live', id: 1 });
        const one = await stream.next();
        assert.equal(one.event, 'activity');
        assert.equal(one.data.client_id, 'live');
        stream.stop();
        const missed = [];
        for (const id of range(5)) missed.push((await call(daemon, { client: 'live', id })).request_id);
        const again = await Events.open(daemon, { client_id: 'live' }, { 'Last-Event-ID': one.id });
        assert.equal((await again.next()).event, 'open');
        for (const request_id of missed) assert.equal((await again.next()).data.request_id, request_id);
        const { request_id } = await call(daemon, { client: 'live' });
        assert.equal((await again.next()).data.request_id, request_id);
        again.stop();
        const since = await Events.open(daemon, { client_id: 'live', since: '15m' });
        assert.equal((await since.next()).event, 'open');
        for (const _ of range(7)) assert.equal((await since.next()).event, 'activity');
        since.stop();
        const wrong = await get(daemon, '/audit/activity/stream', { headers: { 'Last-Event-ID': 'x' } });
        assert.equal(wrong.status, 400);
        await wrong.text();
    });

    test('is not shown to web pages', async () => {
        for (const route of ['/audit/activity', '/audit/activity/export', '/audit/activity/stream']) {
            const response = await get(daemon, route, { headers: { Origin: new URL(daemon.url).origin } });
            assert.equal(response.status, 403, route);
            await response.text();
        }
    });

    test('is cleaned up by age, and cleared', async () => {
        const post = (query) => get(daemon, `/audit/activity/cleanup${query}`, { method: 'POST' });
        assert.equal((await post('?days=0')).status, 400);
        assert.equal((await post('?days=x')).status, 422);
        assert.deepEqual(await (await post('?days=1')).json(), { deleted: 0 });
        assert.ok((await page(daemon)).total > 20);
        const cleared = await get(daemon, '/audit/activity', { method: 'DELETE' });
        assert.deepEqual(await cleared.json(), { message: 'Activity log cleared' });
        const { total } = await page(daemon);
        assert.ok(total <= 3, `${total} rows are left`);
    });
});

describe('a listener of the activity', kOnlyThroughHub, () => {
    let folder, daemon;
    const socket_path = () => path.join(folder.path, 'hub.sock');
    before(async () => {
        folder = await temporary_folder();
        daemon = await Daemon.start({
            servers: { fake: fake() },
            config: { limits: { activity_streams: 2, stream_queue_bytes: 4096 } },
            args: ['--listen', `unix:${socket_path()}`],
        });
    });
    after(() => finish(daemon, folder));

    test('finds a place up to the limit, one over is refused, and a place is free again', async () => {
        const two = [await Events.open(daemon), await Events.open(daemon)];
        for (const stream of two) assert.equal((await stream.next()).event, 'open');
        const refused = await get(daemon, '/audit/activity/stream');
        assert.equal(refused.status, 503);
        assert.match((await refused.json()).detail, /activity_streams/);
        two[0].stop();
        const third = await eventually(10_000, 'a place to be free', async () => {
            const stream = await Events.open(daemon);
            return stream.response.status === 200 ? stream : null;
        });
        third.stop();
        two[1].stop();
    });

    test('that reads nothing loses rows, is told how many, and goes on', async () => {
        const loud = 'loud'.repeat(60);
        let text = '';
        // The places of those before become free a little after they have gone.
        const socket = await eventually(10_000, 'the stream to open', async () => {
            const tried = net.connect({ path: socket_path() }); // whose buffers are small
            text = '';
            tried.setEncoding('utf8').on('data', (piece) => (text += piece));
            tried.write(`GET /audit/activity/stream?client_id=${loud} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
            await eventually(10_000, 'a reply', async () => text.includes('\n\n') || text.includes('detail'));
            if (text.includes('event: open')) return tried;
            tried.destroy();
            return null;
        });
        socket.pause();
        // Far more than the queue and the buffers hold, since each row has more than a kilobyte, and longer than it has
        // patience.
        const ask = async () => {
            const response = await get(daemon, `/health/${'x'.repeat(600)}`, { headers: { 'X-Client-ID': loud } });
            await response.text();
            return response.headers.get('x-request-id');
        };
        let made = 0;
        for (; made < 2000; made += 50) await Promise.all(range(50).map(ask));
        await eventually(30_000, 'these rows to be there', async () => (await page(daemon, { client_id: loud })).total >= made);
        for (const end = Date.now() + 6000; Date.now() < end; made += 50) await Promise.all(range(50).map(ask));
        const told = () => (text.match(/event: activity/g) ?? []).length;
        const lost = () => [...text.matchAll(/event: lost\ndata: \{"rows":(\d+)\}/g)].reduce((sum, found) => sum + Number(found[1]), 0);
        socket.resume();
        await eventually(30_000, 'the loss to be told', async () => lost() > 0);
        const request_id = await ask();
        await eventually(20_000, 'new rows to come', async () => text.includes(request_id));
        await eventually(20_000, 'what was told and what was lost to be all there was', async () => told() + lost() >= made + 1);
        assert.equal(told() + lost(), made + 1, `${told()} told, ${lost()} lost`);
        socket.destroy();
        const { services } = await daemon.get('/health');
        assert.equal(services.activity.dropped, 0, 'a slow listener must cost no row');
    });
});

/** While nothing can be recorded no reply claims that a call was made when none was. */
async function refuses_as_what_it_is(daemon) {
    const post = (where, body) =>
        fetch(daemon.url + where, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
            body: typeof body === 'string' ? body : JSON.stringify(body),
        });
    const batch = await post('/batch', { calls: [{ server: 'fake', tool: 'echo', arguments: { text: 'x' } }] });
    assert.equal(batch.status, 200);
    assert.equal((await batch.json()).results[0].error.data.code, 'AH-303');
    const broken = await post('/mcp/fake', '{broken');
    assert.equal(broken.status, 400);
    assert.equal((await broken.json()).error.code, -32700);
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'late', version: '1' } };
    const opening = await post('/mcp/fake', { jsonrpc: '2.0', id: 7, method: 'initialize', params });
    assert.equal(opening.status, 503);
    assert.equal((await opening.json()).error.data.code, 'AH-303');
    // Nor does what AgentHub would answer by itself.
    for (const [endpoint, method, params] of [
        ['/mcp/fake', 'server/discover', {}],
        ['/mcp', 'server/discover', {}],
        ['/mcp', 'tools/list', {}],
        ['/mcp/fake', 'tools/list', {}],
        ['/mcp/fake', 'tools/call', { name: 'echo', arguments: { text: 'x' } }],
        ['/mcp', 'subscriptions/listen', { notifications: { toolsListChanged: true } }],
    ]) {
        const { status, reply, headers } = await new ModernClient(daemon.url + endpoint).send(method, params);
        assert.deepEqual([status, reply.error?.data?.code, headers.get('retry-after')], [503, 'AH-303', '1'], `${endpoint} ${method}: ${JSON.stringify(reply)}`);
    }
}

// A limit on the size of files that bash sets for the daemon stands for a disk that is full.
describe('the activity on a full disk', kOnlyThroughHub, () => {
    const limit = (daemon, bytes) => execFileSync('prlimit', ['--pid', String(daemon.pid), `--fsize=${bytes}:unlimited`]);

    test('relaxed: calls go on, the loss is counted and shown, and rows come again when there is space', async () => {
        const daemon = await Daemon.start({ servers: { fake: fake() }, config: { activity: { queue: 20 } } });
        try {
            const { request_id } = await call(daemon, { client: 'before' });
            await page_of(daemon, 1, { request_id });
            limit(daemon, 4096);
            for (const id of range(60)) {
                const { status, body } = await call(daemon, { client: 'full', id });
                assert.equal(status, 200);
                assert.ok(body.result, JSON.stringify(body));
            }
            const { services } = await eventually(10_000, 'the loss to be shown', async () => {
                await call(daemon, { client: 'full' });
                const health = await daemon.get('/health');
                return health.services.activity.dropped > 0 && health.services.activity.last_error ? health : null;
            });
            assert.equal(services.activity.mode, 'relaxed');
            assert.equal(daemon.log.match(/activity records are being lost/g)?.length, 1, 'once a minute');
            limit(daemon, 'unlimited');
            await eventually(40_000, 'rows to be written again', async () => {
                const after_it = await call(daemon, { client: 'space' });
                return (await page(daemon, { request_id: after_it.request_id })).total === 1 || (await page(daemon, { outcome: 'overflow' })).total > 0;
            });
        } finally {
            await daemon.stop();
        }
    });

    test('strict: calls are refused before they are made, with the reason, and made again when there is space', async () => {
        const daemon = await Daemon.start({ servers: { fake: fake() }, config: { activity: { mode: 'strict' } } });
        try {
            assert.ok((await call(daemon, { client: 'before' })).body.result);
            limit(daemon, 4096);
            // The first may be made before anybody knows: its answer is held back.
            const first = await call(daemon, { client: 'full', tool: 'echo' });
            assert.ok(['AH-303', 'AH-409'].includes(first.body.error?.data?.code), JSON.stringify(first.body));
            const refused = await call(daemon, { client: 'full', id: 'second' });
            assert.equal(refused.body.error.data.code, 'AH-303');
            assert.equal(refused.body.id, 'second');
            assert.match(refused.body.error.message, /recorded/);
            await refuses_as_what_it_is(daemon);
            const { services } = await daemon.get('/health');
            assert.equal(services.activity.mode, 'strict');
            assert.ok(services.activity.last_error);
            limit(daemon, 'unlimited');
            await eventually(20_000, 'calls to be made again', async () => (await call(daemon)).body.result);
        } finally {
            await daemon.stop();
        }
    });
});
