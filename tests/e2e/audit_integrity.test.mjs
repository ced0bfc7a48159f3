// What somebody does to the audit behind AgentHub's back is found and named, on the real daemon, running and stopped; what a
// crash does is no tampering.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, test } from 'node:test';

import { Daemon, finish, kBinary, kOnlyThroughHub } from './support/daemon.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { eventually } from './support/wait.mjs';

/** Runs `agenthub` with these arguments: {code, out, err}. */
function agenthub(...args) {
    return new Promise((resolve) => {
        execFile(kBinary, args, (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
    });
}

const kRounds = Number(process.env.AGENTHUB_KILL_ROUNDS ?? 3);

describe('the integrity of the audit', kOnlyThroughHub, () => {
    let daemon, hub;
    beforeEach(async () => {
        daemon = await Daemon.start({ servers: { fake: fake() } });
        hub = new Requests(daemon);
        for (let i = 0; i < 4; ++i) await hub.post('/circuit-breakers/fake/reset');
    });

    const in_state = (name) => path.join(daemon.state_dir, name);
    const change = (sql) => {
        const db = new DatabaseSync(in_state('audit.db'));
        db.exec('PRAGMA busy_timeout = 2000');
        db.exec(sql);
        db.close();
    };
    const verify = async (query = '') => (await hub.get(`/audit/integrity/verify${query}`)).body;
    const expect = async (kind, row) => {
        const found = await verify();
        assert.deepEqual([found.kind, found.first_bad_row, found.valid], [kind, row, false], found.message);
        const said = await agenthub('audit', 'verify', '--url', daemon.url);
        assert.equal(said.code, 1, said.out + said.err);
        assert.match(said.out, /NOT VALID/);
        if (row !== null) assert.match(said.out, new RegExp(`first bad row: ${row}\\b`));
    };
    const ends = (t) => t.after(() => finish(daemon));

    test('a whole record is valid, and each verification is a checkpoint', async (t) => {
        ends(t);
        const first = await verify();
        for (const key of ['valid', 'message', 'current_checksum', 'previous_checksum']) assert.ok(key in first, key);
        assert.deepEqual([first.valid, first.rows, first.previous_checksum], [true, 8, null]);
        await hub.post('/circuit-breakers/fake/reset');
        const second = await verify();
        assert.equal(second.previous_checksum, first.current_checksum);
        const history = (await hub.get('/audit/integrity/history')).body;
        assert.equal(history.total, 2);
        assert.deepEqual(history.checksums.map((one) => one.checksum), [second.current_checksum, first.current_checksum]);
        assert.equal((await hub.get('/audit/integrity/history?limit=1')).body.checksums.length, 1);
        const said = await agenthub('audit', 'verify', '--json', '--url', daemon.url);
        assert.deepEqual([said.code, JSON.parse(said.out).valid], [0, true]);
        const log = await agenthub('audit', 'log', '--limit', '2', '--url', daemon.url);
        assert.match(log.out, /breaker\.reset {2}fake {2}success/);
    });

    test('another program finds the same chain, as the guide describes it', async (t) => {
        ends(t);
        await hub.post('/servers/fake/start', undefined, { 'X-Client-ID': 'Ännchen' });
        const db = new DatabaseSync(in_state('audit.db'), { readOnly: true });
        const columns = 'seq, unix_ms, actor, client_ip, session, request_id, action, subject, status, before, after, error';
        let previous = '0'.repeat(64);
        const all = db.prepare(`SELECT ${columns}, hash FROM audit_row ORDER BY seq`).all();
        db.close();
        assert.equal(all.length, 10);
        for (const { hash, ...row } of all) {
            const texts = ['agenthub.audit.1', previous, ...Object.values(row).map(String)];
            const digest = createHash('sha256');
            for (const text of texts) digest.update(`${Buffer.byteLength(text)}:${text},`);
            assert.equal(digest.digest('hex'), hash, `row ${row.seq}`);
            previous = hash;
        }
        assert.equal((await verify()).current_checksum, previous);
    });

    test('an edit while it runs', async (t) => {
        ends(t);
        change("UPDATE audit_row SET actor = 'mallory' WHERE seq = 3");
        await expect('edited', 3);
        const { alerts } = (await hub.get('/security/alerts?severity=critical')).body;
        assert.deepEqual(alerts.map((one) => one.alert_type), ['integrity']);
        // AgentHub goes on, and goes on saying so.
        assert.equal((await hub.post('/circuit-breakers/fake/reset')).status, 200);
        await expect('edited', 3);
        await daemon.end();
        await daemon.begin();
        await expect('edited', 3);
    });

    test('an edit while it is stopped', async (t) => {
        ends(t);
        await daemon.end();
        change("UPDATE audit_row SET after = '' WHERE seq = 8");
        await daemon.begin();
        await expect('edited', 8);
    });

    test('a deletion while it runs, and while it is stopped', async (t) => {
        ends(t);
        change('DELETE FROM audit_row WHERE seq = 6');
        await expect('deleted', 6);
        await daemon.end();
        change('DELETE FROM audit_row WHERE seq = 2');
        await daemon.begin();
        await expect('deleted', 2);
    });

    test('a cut end, also after more was written', async (t) => {
        ends(t);
        await daemon.end();
        change('DELETE FROM audit_row WHERE seq >= 7');
        const offline = await agenthub('audit', 'verify', '--state-dir', daemon.state_dir);
        assert.deepEqual([offline.code, /first bad row: 7/.test(offline.out)], [1, true], offline.out + offline.err);
        await daemon.begin();
        await hub.post('/circuit-breakers/fake/reset');
        await expect('deleted', 7);
        const { alerts } = (await hub.get('/security/alerts?severity=critical')).body;
        assert.ok(alerts.length >= 1);
    });

    test('a row that was put in at the end', async (t) => {
        ends(t);
        await daemon.end();
        change(`INSERT INTO audit_row SELECT 9, unix_ms, actor, client_ip, session, request_id, action, subject, status,
                before, after, error, hash, hash FROM audit_row WHERE seq = 8`);
        await daemon.begin();
        assert.equal((await verify()).valid, false);
        await hub.post('/circuit-breakers/fake/reset');
        const found = await verify();
        assert.deepEqual([found.valid, found.first_bad_row], [false, 9], found.message);
    });

    test('a file that is damaged where only writing looks', async (t) => {
        ends(t);
        await daemon.end();
        const db = new DatabaseSync(in_state('audit.db'));
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        const { rootpage } = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'audit_by_time'").get();
        db.close();
        const file = await open(in_state('audit.db'), 'r+');
        await file.write(Buffer.alloc(4096, 'x'), 0, 4096, (rootpage - 1) * 4096);
        await file.close();
        await daemon.begin();
        // Nothing that is done lacks its record: it stands in a new file, with the numbers that come next.
        assert.equal((await hub.post('/circuit-breakers/fake/reset')).status, 200);
        assert.ok((await readdir(daemon.state_dir)).some((name) => name.startsWith('audit.db.corrupt-')));
        const { entries } = (await hub.get('/audit/log?action=breaker.reset')).body;
        assert.deepEqual(entries.map(({ status }) => status), ['success', 'initiated']);
        assert.ok(entries.every(({ seq }) => seq > 8));
        await expect('deleted', 1);
        assert.ok((await hub.get('/security/alerts?severity=critical')).body.alerts.length >= 1);
    });

    test('two rows that changed places', async (t) => {
        ends(t);
        change(`UPDATE audit_row SET seq = -1 WHERE seq = 4; UPDATE audit_row SET seq = 4 WHERE seq = 5;
                UPDATE audit_row SET seq = 5 WHERE seq = -1`);
        await expect('edited', 4);
    });

    test('a removed head, and a database and a head that were put back together', async (t) => {
        ends(t);
        const { current_checksum, rows } = await verify();
        await daemon.end();
        await copyFile(in_state('audit.db'), in_state('old.db'));
        await copyFile(in_state('audit.head'), in_state('old.head'));
        await rm(in_state('audit.head'));
        await daemon.begin();
        const { description } = await eventually(20_000, 'the alert', async () =>
            (await hub.get('/security/alerts?severity=critical')).body.alerts[0]);
        assert.match(description, /audit\.head is missing/);
        await eventually(20_000, 'its row', async () => (await verify()).incidents === 1);
        await hub.post('/circuit-breakers/fake/reset');
        const kept = await verify();
        await daemon.end();
        for (const suffix of ['-wal', '-shm']) await rm(in_state(`audit.db${suffix}`), { force: true });
        await copyFile(in_state('old.db'), in_state('audit.db'));
        await copyFile(in_state('old.head'), in_state('audit.head'));
        await daemon.begin();
        // By itself the older state is consistent; a point that was kept elsewhere tells.
        assert.equal((await verify()).valid, true);
        assert.equal((await verify(`?anchor=${rows}:${current_checksum}`)).valid, true);
        const found = await verify(`?anchor=${kept.rows}:${kept.current_checksum}`);
        assert.deepEqual([found.valid, found.kind], [false, 'anchor'], found.message);
        assert.equal((await hub.get('/audit/integrity/verify?anchor=x')).status, 422);
        const said = await agenthub('audit', 'verify', '--anchor', `${kept.rows}:${kept.current_checksum}`, '--url', daemon.url);
        assert.equal(said.code, 1);
    });

    test('`audit verify --state-dir` is refused while a daemon runs there, and valid afterwards', async (t) => {
        ends(t);
        const busy = await agenthub('audit', 'verify', '--state-dir', daemon.state_dir);
        assert.deepEqual([busy.code, /an AgentHub uses/.test(busy.err)], [1, true], busy.out + busy.err);
        await daemon.end();
        const fine = await agenthub('audit', 'verify', '--state-dir', daemon.state_dir);
        assert.equal(fine.code, 0, fine.out + fine.err);
        assert.match(fine.out, /^valid: 8 rows/);
        const nowhere = await agenthub('audit', 'verify', '--state-dir', '/nonexistent');
        assert.equal(nowhere.code, 1);
        await daemon.begin();
    });

    test(`kill -9 during actions, ${kRounds} times: what was answered is there, and the record is valid`, async (t) => {
        ends(t);
        const answered = [];
        for (let round = 0; round < kRounds; ++round) {
            let running = true;
            const work = async () => {
                while (running) {
                    try {
                        const reply = await hub.post('/circuit-breakers/fake/reset');
                        if (reply.status === 200) answered.push(reply.headers.get('x-request-id'));
                    } catch {
                        running = false; // it was killed
                    }
                }
            };
            const before = answered.length;
            const workers = Array.from({ length: 8 }, work);
            while (answered.length < before + 30 && running) await new Promise((resolve) => setImmediate(resolve));
            await daemon.end({ kill: true });
            running = false;
            await Promise.all(workers);
            await daemon.begin();
            const found = await verify();
            assert.equal(found.valid, true, found.message);
            assert.equal(found.incidents, 0);
        }
        assert.ok(answered.length >= 30 * kRounds);
        const recorded = new Set();
        const { total } = (await hub.get('/audit/log')).body;
        for (let offset = 0; offset < total; offset += 1000) {
            const { entries } = (await hub.get(`/audit/log?limit=1000&offset=${offset}`)).body;
            for (const row of entries) if (row.status === 'success') recorded.add(row.request_id);
        }
        for (const id of answered) assert.ok(recorded.has(id), `${id} was answered and is recorded`);
    });
});
