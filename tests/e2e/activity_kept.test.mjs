// What is left of the activity after kill -9 under load: in strict mode every row of a call that was answered, in
// relaxed mode a whole database that lacks the last moments at most. AGENTHUB_KILL_ROUNDS: how often (3).

import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';

import { call, fake } from './support/activity.mjs';
import { connect } from './support/client.mjs';
import { Daemon, kOnlyThroughHub } from './support/daemon.mjs';
import { Exchange, LegacyClient, ModernClient } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';

const kRounds = Number(process.env.AGENTHUB_KILL_ROUNDS ?? 3);
const kCallers = 24;
const range = (count) => Array.from({ length: count }, (_, n) => n);

/** Calls without a pause until the daemon is gone; what was answered is added to `answered`, with the time. */
async function caller(daemon, who, answered) {
    for (let n = 0; ; ++n) {
        try {
            const { status, body, request_id } = await call(daemon, { client: `caller-${who}`, id: n });
            if (status === 200 && body.result) answered.push({ request_id, at: Date.now() });
        } catch {
            return;
        }
    }
}

/** Kills the daemon when `count` calls have been answered; resolves with all that were. */
async function killed_under_load(daemon, count) {
    const answered = [];
    const callers = range(kCallers).map((who) => caller(daemon, who, answered));
    while (answered.length < count) await new Promise((resolve) => setImmediate(resolve));
    await daemon.end({ kill: true });
    const killed_at = Date.now();
    await Promise.all(callers);
    return { answered, killed_at };
}

function read_database(daemon, answered) {
    const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { timeout: 5000 });
    try {
        assert.equal(db.prepare('PRAGMA integrity_check').get().integrity_check, 'ok');
        const find = db.prepare('SELECT count(*) AS rows FROM activity_row WHERE request_id = ?');
        return answered.filter(({ request_id }) => find.get(request_id).rows === 0);
    } finally {
        db.close();
    }
}

async function after_kills({ mode, batch_ms = 50, check }) {
    const daemon = await Daemon.start({ servers: { fake: fake() }, config: { activity: { mode, batch_ms } } });
    try {
        await call(daemon);
        const all = [];
        for (const round of range(kRounds)) {
            const { answered, killed_at } = await killed_under_load(daemon, 200 + 61 * round);
            all.push(...answered);
            check(read_database(daemon, answered), { answered, killed_at });
            await daemon.begin();
            assert.ok((await call(daemon)).body.result, 'it does not serve any more');
        }
        const { total_entries } = await daemon.get('/audit/activity/stats');
        assert.ok(total_entries >= kRounds, 'nothing is counted');
    } finally {
        await daemon.stop();
    }
}

describe('kill -9 under load', kOnlyThroughHub, () => {
    test('strict: no call that was answered lacks its row', async () => {
        await after_kills({
            mode: 'strict',
            check: (missing, { answered }) => assert.deepEqual(missing, [], `${missing.length} of ${answered.length} are missing`),
        });
    });

    test('relaxed: the database is whole, and what is missing is from the last moments', async () => {
        const batch_ms = 50;
        await after_kills({
            mode: 'relaxed',
            batch_ms,
            check: (missing, { killed_at }) => {
                // Twice: one batch is gathered while the other is being written. The rest is for the clients' own delay.
                const limit = 2 * batch_ms + 400;
                for (const { at } of missing) assert.ok(killed_at - at < limit, `a row of ${killed_at - at} ms before is missing`);
            },
        });
    });
});

// A row that is committed when its reply comes can be read at once, through another connection to the database.
describe('in strict mode a reply comes after its row', kOnlyThroughHub, () => {
    const rows_of = (daemon, request_id) => {
        const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { readOnly: true });
        try {
            return db.prepare('SELECT mcp_method FROM activity_row WHERE request_id = ?').all(request_id).map((row) => row.mcp_method);
        } finally {
            db.close();
        }
    };
    const strict = { activity: { mode: 'strict', batch_ms: 60000 } };
    const kHeaders = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
    const initialize = (version) => ({
        jsonrpc: '2.0', id: 0, method: 'initialize',
        params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'strict', version: '1' } },
    });
    const echo = (id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x' } } });

    test('over each way in', async () => {
        const daemon = await Daemon.start({ servers: { fake: fake() }, config: strict });
        try {
            const compat = await call(daemon);
            assert.deepEqual(rows_of(daemon, compat.request_id), ['tools/call']);

            const opened = await Exchange.open(`${daemon.url}/mcp/fake`, { headers: kHeaders, body: JSON.stringify(initialize('2025-03-26')) });
            assert.equal(opened.status, 200, opened.text);
            assert.deepEqual(rows_of(daemon, opened.headers.get('x-request-id')), ['initialize']);
            const session = { ...kHeaders, 'Mcp-Session-Id': opened.headers.get('mcp-session-id') };
            for (const body of [echo(1), { jsonrpc: '2.0', id: 2, method: 'ping' }, { jsonrpc: '2.0', method: 'notifications/initialized' }]) {
                const reply = await Exchange.open(`${daemon.url}/mcp/fake`, { headers: session, body: JSON.stringify(body) });
                assert.deepEqual(rows_of(daemon, reply.headers.get('x-request-id')), [body.method]);
            }

            // A batch: each of its replies is an event, and comes after its row.
            const batch = await fetch(`${daemon.url}/mcp/fake`, { method: 'POST', headers: session, body: JSON.stringify([echo(3), echo(4)]) });
            let text = '';
            let seen = 0;
            for await (const piece of batch.body.pipeThrough(new TextDecoderStream())) {
                text += piece;
                seen = text.match(/"id":/g)?.length ?? 0;
                assert.ok(rows_of(daemon, batch.headers.get('x-request-id')).length >= seen, 'an answer came before its row');
            }
            assert.equal(seen, 2);

            const client = await connect(daemon, 'fake');
            for (const n of range(5)) {
                await client.callTool({ name: 'echo', arguments: { text: `${n}` } });
                const { entries } = await daemon.get('/audit/activity?client_id=agenthub-e2e&tool=echo');
                assert.equal(entries.length, n + 1);
            }
            await client.stop();

            const hub = await call(daemon, { server: 'hub', tool: 'list_servers', args: {} });
            assert.ok(hub.body.result, JSON.stringify(hub.body));
            assert.deepEqual(rows_of(daemon, hub.request_id), ['tools/call']);
        } finally {
            await daemon.stop();
        }
    });

    test('as an event behind progress, in the modern era, over HTTP+SSE, and of many calls at once', async () => {
        const daemon = await Daemon.start({ servers: { old: peer('legacy'), new: peer('modern') }, config: strict });
        try {
            const steps = (token) => ({ name: 'steps', arguments: { label: 'x', count: 3 }, _meta: { progressToken: token } });
            for (const server of ['old', 'new']) {
                const url = `${daemon.url}/mcp/${server}`;
                const modern = new ModernClient(url);
                const plain = await modern.call('echo', { label: 'x' });
                assert.ok(plain.reply.result, plain.text);
                assert.deepEqual(rows_of(daemon, plain.headers.get('x-request-id')), ['tools/call']);
                const told = await modern.send('tools/call', { name: 'steps', arguments: { label: 'x', count: 3 } }, { meta: { progressToken: 't' } });
                assert.equal(told.before.length, 3, told.text);
                assert.deepEqual(rows_of(daemon, told.headers.get('x-request-id')), ['tools/call']);
                const legacy = await LegacyClient.open(url);
                const events = await legacy.send('tools/call', steps('u'));
                assert.equal(events.before.length, 3, events.text);
                assert.deepEqual(rows_of(daemon, events.headers.get('x-request-id')), ['tools/call']);
                await legacy.stream.close();
            }

            const sse = new Client({ name: 'strict-sse', version: '1' });
            await sse.connect(new SSEClientTransport(new URL(`${daemon.url}/sse`)));
            for (const n of range(3)) {
                const { content } = await sse.callTool({ name: 'old__echo', arguments: { label: `${n}` } });
                assert.equal(content[0].text, `${n}`);
                const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { readOnly: true });
                const { rows } = db.prepare("SELECT count(*) AS rows FROM activity_row WHERE client_id = 'strict-sse' AND tool <> ''").get();
                db.close();
                assert.equal(rows, n + 1);
            }
            await sse.close();

            const calls = range(4).map((n) => ({ server: 'old', tool: 'echo', arguments: { label: `${n}` } }));
            const many = await Exchange.open(`${daemon.url}/batch`, { headers: kHeaders, body: JSON.stringify({ calls }) });
            assert.equal(JSON.parse(many.text).summary.ok, 4, many.text);
            assert.equal(rows_of(daemon, many.headers.get('x-request-id')).length, 5, 'each call and the whole');
        } finally {
            await daemon.stop();
        }
    });

    test('and pages about the daemon do not wait for the database', async () => {
        const daemon = await Daemon.start({ servers: { fake: fake() }, config: strict });
        try {
            const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { timeout: 5000 });
            db.exec('BEGIN EXCLUSIVE');
            const begin = performance.now();
            await daemon.get('/health');
            await daemon.get('/servers');
            assert.ok(performance.now() - begin < 1500, 'an administrative route waited for the database');
            db.exec('COMMIT');
            db.close();
        } finally {
            await daemon.stop();
        }
    });
});
