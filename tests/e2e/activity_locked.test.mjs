// The activity while another process holds its database: calls go on, memory is bounded, and what is lost is told.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { call, fake, page, page_of } from './support/activity.mjs';
import { Daemon, finish, kBinary, kOnlyThroughHub } from './support/daemon.mjs';
import { eventually } from './support/wait.mjs';

const run = promisify(execFile);
const range = (count) => Array.from({ length: count }, (_, n) => n);

/** How many records were lost, once nothing waits and the rows that tell of losses tell of all of them. */
function until_told(daemon) {
    return eventually(30_000, 'rows that tell of each loss', async () => {
        await call(daemon, { client: 'later' });
        const { entries } = await page(daemon, { outcome: 'overflow' });
        const { queued, dropped } = (await daemon.get('/health')).services.activity;
        const told = entries.reduce((sum, { error }) => sum + Number(error.match(/^(\d+) records were lost/)[1]), 0);
        return queued <= 1 && dropped > 0 && told === dropped && dropped;
    });
}

describe('the activity while its database is locked', kOnlyThroughHub, () => {
    let daemon;
    before(async () => {
        daemon = await Daemon.start({ servers: { fake: fake() }, config: { activity: { queue: 200 } } });
        const { request_id } = await call(daemon, { client: 'before' });
        await page_of(daemon, 1, { request_id });
    });
    after(() => finish(daemon));

    test('goes on, is bounded, and tells what it lost', async () => {
        const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { timeout: 5000 });
        db.exec('BEGIN EXCLUSIVE');
        try {
            for (const n of range(8)) await Promise.all(range(50).map((m) => call(daemon, { client: 'many', id: n * 50 + m })));
            const { services } = await daemon.get('/health');
            assert.ok(services.activity.queued <= 200, `${services.activity.queued} wait`);
            assert.ok(services.activity.dropped >= 190, `${services.activity.dropped} dropped`);
        } finally {
            db.exec('COMMIT');
            db.close();
        }
        await until_told(daemon);
        assert.ok((await page(daemon, { client_id: 'many' })).total >= 190);
    });
});

describe('a hundred thousand calls while the database is locked', kOnlyThroughHub, () => {
    const kCalls = 100_000;
    const kQueue = 20_000;
    let daemon;
    before(async () => {
        daemon = await Daemon.start({ servers: { fake: fake() }, config: { activity: { queue: kQueue } } });
        const { request_id } = await call(daemon, { client: 'before' });
        await page_of(daemon, 1, { request_id });
    });
    after(() => finish(daemon));

    const megabytes_at_most = async () => Number((await readFile(`/proc/${daemon.pid}/status`, 'utf8')).match(/VmHWM:\s+(\d+) kB/)[1]) / 1024;
    const bench = async (calls) => {
        const args = ['bench', '--url', `${daemon.url}/mcp/hub`, '--tool', 'list_servers', '--arguments', '{}', '--sessions', '32', '--calls', `${calls}`, '--json'];
        return JSON.parse((await run(kBinary, args)).stdout);
    };

    test('are all answered, take bounded memory, and are in the activity later or counted as lost', async () => {
        await bench(5_000); // what any load takes
        const activity = async () => (await daemon.get('/health')).services.activity;
        await eventually(10_000, 'an empty queue', async () => (await activity()).queued === 0);
        const known = await page(daemon, { tool: 'list_servers' });
        const before_it = await megabytes_at_most();
        const db = new DatabaseSync(path.join(daemon.state_dir, 'activity.db'), { timeout: 5000 });
        db.exec('BEGIN IMMEDIATE');
        try {
            const { right, wrong, broken } = await bench(kCalls);
            assert.deepEqual([right, wrong, broken], [kCalls, 0, 0]);
            const locked = await activity();
            assert.ok(locked.queued <= kQueue, `${locked.queued} wait`);
            assert.ok(locked.dropped >= kCalls - 2 * kQueue, `${locked.dropped} dropped`);
            const more = (await megabytes_at_most()) - before_it;
            assert.ok(more < 64, `${more} MB more`);
        } finally {
            db.exec('ROLLBACK');
            db.close();
        }
        const dropped = await until_told(daemon);
        const calls = (await page(daemon, { tool: 'list_servers' })).total - known.total;
        assert.ok(calls >= kQueue / 2, `${calls} rows`);
        assert.ok(Math.abs(calls + dropped - kCalls) < 200, `${calls} kept, ${dropped} lost`);
    });
});
