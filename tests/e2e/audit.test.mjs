// Every administrative action is in the audit, whoever asked for it and however, and what is watched for raises alerts.

import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { eventually } from './support/wait.mjs';

const kSecret = 'abc-planted-secret-for-the-audit';

/** The rows that fit, oldest first. */
async function rows(hub, query) {
    const { status, body, text } = await hub.get(`/audit/log?limit=1000&${query}`);
    assert.equal(status, 200, text);
    assert.equal(body.total, body.entries.length);
    return body.entries.reverse();
}

/** The two rows of one request. */
async function pair(hub, reply) {
    const both = await rows(hub, `request_id=${reply.headers.get('x-request-id')}`);
    assert.deepEqual(both.map((row) => row.status).slice(0, 1), ['initiated']);
    assert.equal(both.length, 2, JSON.stringify(both));
    return both;
}

describe('the audit of administrative actions', kOnlyThroughHub, () => {
    let daemon, hub, folder;
    before(async () => {
        folder = await temporary_folder();
        await writeFile(path.join(folder.path, 'token'), kSecret);
        daemon = await Daemon.start({
            servers: {
                fake: fake({ env: { TOKEN: { source: 'file', path: path.join(folder.path, 'token') } } }),
                other: fake(),
            },
        });
        hub = new Requests(daemon);
    });
    after(() => finish(daemon, folder));

    const as_anna = { 'X-Client-ID': 'anna', 'X-Session-ID': 'session-7-with-a-tail' };

    test('start, stop and restart by REST, with who, what was and what is', async () => {
        const started = await hub.post('/servers/fake/start', undefined, as_anna);
        assert.equal(started.status, 200);
        const [begun, done] = await pair(hub, started);
        for (const row of [begun, done]) {
            assert.deepEqual([row.actor, row.client_ip, row.session], ['anna', '127.0.0.1', 'session-7-']);
            assert.deepEqual([row.action, row.subject], ['server.start', 'fake']);
        }
        assert.equal(JSON.parse(begun.before).status, 'stopped');
        assert.equal(done.status, 'success');
        assert.equal(JSON.parse(done.after).status, 'running');
        assert.equal(JSON.parse(done.after).pid, await daemon.server_pid('fake'));

        const again = await hub.post('/servers/fake/start');
        assert.equal(again.status, 400);
        const [, failed] = await pair(hub, again);
        assert.deepEqual([failed.status, failed.actor], ['failed', 'anonymous']);
        assert.equal(failed.error, again.body.detail);

        const [, restarted] = await pair(hub, await hub.post('/servers/fake/restart'));
        assert.deepEqual([restarted.action, restarted.status], ['server.restart', 'success']);
        const [, stopped] = await pair(hub, await hub.post('/servers/fake/stop'));
        assert.deepEqual([stopped.action, JSON.parse(stopped.after).status], ['server.stop', 'stopped']);
        const [, unknown] = await pair(hub, await hub.post('/servers/none/start'));
        assert.deepEqual([unknown.subject, unknown.status], ['none', 'failed']);
    });

    test('install, remove and reload, with the names of what changed', async () => {
        const installed = await hub.post('/servers/install', { package: '@x/foo-mcp' }, as_anna);
        assert.equal(installed.status, 200, installed.text);
        const [begun, done] = await pair(hub, installed);
        assert.deepEqual([begun.action, begun.subject, JSON.parse(begun.before).status], ['server.install', 'foo', 'absent']);
        assert.equal(JSON.parse(done.after).status, 'stopped');
        const [, removed] = await pair(hub, await hub.remove('/servers/foo'));
        assert.deepEqual([removed.action, removed.subject, removed.status], ['server.remove', 'foo', 'success']);
        assert.equal(JSON.parse(removed.after).status, 'absent');

        await daemon.reload({ servers: { ...daemon.servers, third: fake({ env: { KEY: kSecret } }) } });
        const reload = (await rows(hub, 'action=config.reload&status=success')).at(-1);
        assert.deepEqual(JSON.parse(reload.after), { added: ['third'] });
        const [, same] = await pair(hub, await hub.post('/admin/reload'));
        assert.equal(same.after, null);
    });

    test('circuit breakers, caches and the activity', async () => {
        const actions = [
            ['POST', '/circuit-breakers/fake/reset', 'breaker.reset', 'fake'],
            ['POST', '/ollama/reset', 'enhance.reset', ''],
            ['POST', '/llm/reset', 'enhance.reset', ''],
            ['POST', '/audit/activity/cleanup?days=7', 'activity.cleanup', 'older than 7 days'],
            ['DELETE', '/audit/activity', 'activity.clear', ''],
            ['POST', '/dashboard/actions/clear-cache', 'cache.clear', ''],
        ];
        for (const [method, route, action, subject] of actions) {
            const reply = await hub.send(method, route);
            assert.equal(reply.status, 200, reply.text);
            const [, done] = await pair(hub, reply);
            assert.deepEqual([done.action, done.subject, done.status], [action, subject, 'success'], route);
        }
        const cleaned = (await rows(hub, 'action=activity.cleanup')).at(-1);
        assert.deepEqual(Object.keys(JSON.parse(cleaned.after)), ['deleted']);
        const [, bad] = await pair(hub, await hub.post('/audit/activity/cleanup?days=0'));
        assert.equal(bad.status, 'failed');
    });

    test('the buttons of the dashboard', async () => {
        for (const [button, action] of [['start', 'server.start'], ['restart', 'server.restart'], ['stop', 'server.stop']]) {
            const [, done] = await pair(hub, await hub.post(`/dashboard/actions/${button}/other`));
            assert.deepEqual([done.action, done.subject, done.status], [action, 'other', 'success']);
        }
        const [, bad] = await pair(hub, await hub.post('/dashboard/actions/restart/BAD!'));
        assert.equal(bad.status, 'failed');
        assert.match(bad.error, /no server of that name/);
    });

    test("the hub's tool restart_server", async () => {
        const reply = await hub.rpc('hub', {
            jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'restart_server', arguments: { server: 'other' } },
        }, 'tools/call', as_anna);
        assert.equal(reply.body.result.isError, false, reply.text);
        const [begun, done] = (await rows(hub, 'action=server.restart&actor=anna')).slice(-2);
        assert.deepEqual([begun.status, done.status, done.subject], ['initiated', 'success', 'other']);
        assert.equal(JSON.parse(done.after).status, 'running');
        assert.equal(done.request_id, reply.headers.get('x-request-id'));
        const none = await hub.rpc('hub', {
            jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'restart_server', arguments: { server: 'none' } },
        });
        assert.equal(none.body.result.isError, true);
        assert.equal((await rows(hub, 'subject=none&action=server.restart')).at(-1).status, 'failed');
    });

    test('a reload by SIGHUP and one that is refused, by the system', async () => {
        const count = (await rows(hub, 'actor=system&action=config.reload')).length;
        process.kill(daemon.pid, 'SIGHUP');
        await eventually(20_000, 'the reload to be recorded', async () =>
            (await rows(hub, 'actor=system&action=config.reload')).length === count + 2);
        const last = (await rows(hub, 'actor=system&action=config.reload')).at(-1);
        assert.deepEqual([last.subject, last.status], ['SIGHUP', 'success']);
    });

    test('secrets that are read, by name and never by value', async () => {
        const reads = await rows(hub, 'action=credential.access');
        assert.ok(reads.length >= 1);
        assert.equal(reads[0].subject, `file ${path.join(folder.path, 'token')}`);
        assert.equal(reads[0].after, 'start');
        const { text } = await hub.get('/audit/log?limit=1000');
        assert.ok(!text.includes(kSecret));
    });

    test('reading is not recorded', async () => {
        const { body } = await hub.get('/audit/log');
        for (const route of ['/health', '/servers', '/servers/fake', '/audit/activity', '/security/alerts', '/dashboard'])
            await hub.get(route);
        assert.equal((await hub.get('/audit/log')).body.total, body.total);
    });

    test('filters, pages and faulty parameters', async () => {
        const all = (await hub.get('/audit/log?limit=5000')).body;
        assert.equal(all.limit, 1000);
        const first = (await hub.get('/audit/log?limit=3')).body.entries;
        const second = (await hub.get('/audit/log?limit=3&offset=3')).body.entries;
        assert.equal(first[0].seq, all.total);
        assert.deepEqual(second.map((row) => row.seq), [all.total - 3, all.total - 4, all.total - 5]);
        assert.ok((await rows(hub, 'action=server.*')).every((row) => row.action.startsWith('server.')));
        assert.equal((await hub.get('/audit/log?since=1h')).body.total, all.total);
        assert.equal((await hub.get('/audit/log?until=2001-01-01')).body.total, 0);
        for (const bad of ['status=done', 'since=soon', 'until=x', 'limit=x', 'offset=1.5'])
            assert.equal((await hub.get(`/audit/log?${bad}`)).status, 422, bad);
    });

    test('/health tells how the audit is', async () => {
        const { audit } = (await hub.get('/health')).body.services;
        assert.equal(audit.status, 'up');
        assert.equal(audit.last_error, null);
        assert.equal(audit.rows, (await hub.get('/audit/log')).body.total);
    });

    test('what cannot be recorded is not done, and reading goes on', async () => {
        // The head is written beside and renamed: a folder in that place stands for a disk that takes nothing.
        const blocked = path.join(daemon.state_dir, 'audit.head.new');
        await mkdir(blocked);
        const pid = (await hub.get('/servers/other')).body.process.pid;
        for (const [method, route] of [['POST', '/servers/other/stop'], ['DELETE', '/servers/other'], ['DELETE', '/audit/activity']]) {
            const refused = await hub.send(method, route);
            assert.equal(refused.status, 503, refused.text);
            assert.match(refused.body.detail, /nothing was done.*audit\.head/);
        }
        const button = await hub.post('/dashboard/actions/stop/other');
        assert.deepEqual([button.status, button.body.status], [503, 'error']);
        assert.deepEqual([(await hub.get('/servers/other')).body.process.pid, pid > 0], [pid, true]);
        assert.equal((await hub.get('/audit/log')).status, 200);
        assert.equal((await hub.tool('other', 'echo', { message: 'still' })).status, 200);
        assert.equal((await hub.get('/health')).body.services.audit.status, 'down');
        await rm(blocked, { recursive: true });
        await eventually(40_000, 'the audit to be written again', async () =>
            (await hub.get('/health')).body.services.audit.status === 'up');
        assert.equal((await hub.post('/servers/other/stop')).status, 200);
        assert.equal((await hub.get('/audit/integrity/verify')).body.valid, true);
    });
});

describe('alerts', kOnlyThroughHub, () => {
    let daemon, hub, folder;
    before(async () => {
        folder = await temporary_folder();
        await writeFile(path.join(folder.path, 'token'), kSecret);
        await writeFile(path.join(folder.path, 'keys.json'), JSON.stringify({ keys: { 'a-good-key': { client_name: 'app' } } }));
        daemon = await Daemon.start({
            servers: { fake: fake({ env: { TOKEN: { source: 'file', path: path.join(folder.path, 'token') } } }) },
            config: { api_keys_file: path.join(folder.path, 'keys.json') },
        });
        hub = new Requests(daemon);
    });
    after(() => finish(daemon, folder));

    const of_type = async (type) => (await hub.get('/security/alerts')).body.alerts.filter((one) => one.alert_type === type);

    test('there are none at the start', async () => {
        assert.deepEqual((await hub.get('/security/alerts')).body, { total: 0, alerts: [] });
        assert.deepEqual((await hub.get('/security/alerts/stats')).body, {
            total_alerts: 0, by_severity: { info: 0, warning: 0, critical: 0 }, by_type: {},
        });
    });

    test('three failures of one client with one action, and not two', async () => {
        for (const count of [1, 2]) {
            await hub.post('/servers/none/start', undefined, { 'X-Client-ID': 'bert' });
            assert.deepEqual(await of_type('repeated_failures'), [], count);
        }
        await hub.post('/servers/none/stop', undefined, { 'X-Client-ID': 'bert' });
        await hub.post('/servers/none/start', undefined, { 'X-Client-ID': 'carl' });
        assert.deepEqual(await of_type('repeated_failures'), []);
        await hub.post('/servers/none/start', undefined, { 'X-Client-ID': 'bert' });
        const [alert] = await of_type('repeated_failures');
        assert.deepEqual(Object.keys(alert), [
            'id', 'timestamp', 'severity', 'alert_type', 'description', 'details', 'client_id', 'client_ip',
        ]);
        assert.deepEqual([alert.severity, alert.client_id, alert.client_ip], ['warning', 'bert', '127.0.0.1']);
    });

    test('a key that is not known, once a minute however often it is tried', async () => {
        for (let i = 0; i < 20; ++i) {
            const reply = await hub.get('/v1/models', { Authorization: 'Bearer a-guessed-key' });
            assert.equal(reply.status, 401);
        }
        assert.equal((await of_type('unknown_credential')).length, 1);
        const failures = await eventually(20_000, 'the row', async () => {
            const found = await rows(hub, 'action=auth.failure');
            return found.length > 0 && found;
        });
        assert.equal(failures.length, 1);
        assert.equal(failures[0].status, 'failed');
        const { text } = await hub.get('/audit/log?limit=1000');
        assert.ok(!text.includes('a-guessed-key'));
    });

    test('each change of the configuration, and the third within an hour is a warning; a credential that is read again and again', async () => {
        for (let i = 0; i < 4; ++i)
            await daemon.reload({
                servers: { ...daemon.servers, [`extra${i}`]: fake() },
                config: { api_keys_file: path.join(folder.path, 'keys.json') },
            });
        const changes = await of_type('config_change');
        assert.deepEqual(changes.map((one) => one.severity), ['warning', 'warning', 'info', 'info']);
        // Once at the start and once with each of four reloads.
        assert.equal((await of_type('credential_access')).length, 1);
    });

    test('lists by severity, and counts', async () => {
        const info = (await hub.get('/security/alerts?severity=info')).body;
        assert.deepEqual([info.total, info.alerts.length], [2, 2]);
        assert.equal((await hub.get('/security/alerts?limit=1')).body.alerts.length, 1);
        const bad = await hub.get('/security/alerts?severity=fatal');
        assert.deepEqual([bad.status, typeof bad.body.detail], [400, 'string']);
        assert.equal((await hub.get('/security/alerts?limit=x')).status, 422);
        const stats = (await hub.get('/security/alerts/stats')).body;
        const { total } = (await hub.get('/security/alerts')).body;
        assert.equal(stats.total_alerts, total);
        assert.equal(Object.values(stats.by_severity).reduce((a, b) => a + b), total);
        assert.equal(Object.values(stats.by_type).reduce((a, b) => a + b), total);
    });
});
