// Health, servers and installs as the predecessor's clients and scripts use them, on the real daemon.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { fake, kBreakerKeys, Requests } from './support/predecessor.mjs';
import { eventually } from './support/wait.mjs';

const has_keys = (object, keys) => keys.forEach((key) => assert.ok(key in object, `${key} in ${Object.keys(object)}`));

/** Whether a process of that id runs. */
function is_alive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

describe('health and servers', kOnlyThroughHub, () => {
    let daemon, hub;
    before(async () => {
        daemon = await Daemon.start({
            servers: {
                fake: fake({ auto_start: true, description: 'of the tests', env: { TOKEN: 'abc-planted-secret' } }),
                idle: fake(),
                deaf: fake({ flags: ['--ignore-term'], stop_timeout: 1 }),
                broken: fake({ flags: ['--exit', '7'], max_restarts: 0 }),
            },
        });
        hub = new Requests(daemon);
        await daemon.server_pid('fake');
    });
    after(() => finish(daemon));

    test('GET /health', async () => {
        const { body } = await hub.get('/health');
        assert.equal(body.status, 'healthy');
        assert.equal(body.services.router, 'up');
        assert.ok(['up', 'down', 'unknown'].includes(body.services.ollama));
        has_keys(body.services.cache, ['status', 'hit_rate', 'size']);
        has_keys(body.servers, ['total', 'running', 'stopped', 'failed', 'servers']);
        assert.equal(body.servers.total, 4);
        for (const server of Object.values(body.servers.servers)) has_keys(server, ['status', 'pid', 'restart_count']);
    });

    test('GET /health/{server}', async () => {
        const { status, body } = await hub.get('/health/fake');
        assert.equal(status, 200);
        has_keys(body, ['server', 'status', 'pid', 'restart_count', 'last_error', 'circuit_breaker', 'config']);
        assert.deepEqual(Object.keys(body.circuit_breaker), kBreakerKeys);
        assert.deepEqual(Object.keys(body.config).sort(), ['auto_start', 'package', 'transport']);
        const none = await hub.get('/health/none');
        assert.deepEqual([none.status, typeof none.body.detail], [404, 'string']);
    });

    test('GET /servers and /servers/{name}', async () => {
        const { servers } = (await hub.get('/servers')).body;
        assert.equal(servers.length, 4);
        for (const server of servers)
            assert.deepEqual(Object.keys(server).sort(), ['auto_start', 'description', 'name', 'package', 'pid', 'restart_count', 'status', 'transport']);
        const { body, text } = await hub.get('/servers/fake');
        has_keys(body, ['name', 'config', 'process']);
        has_keys(body.config, ['package', 'transport', 'command', 'args', 'env', 'url', 'auto_start', 'restart_on_failure', 'max_restarts', 'health_check_interval', 'description']);
        has_keys(body.process, ['pid', 'status', 'started_at', 'restart_count', 'last_error']);
        assert.ok(!text.includes('abc-planted-secret'));
        assert.equal((await hub.get('/servers/none')).status, 404);
    });

    test('start, stop and restart have their codes', async () => {
        const ask = async (verb, name = 'idle') => {
            const { status, body } = await hub.post(`/servers/${name}/${verb}`);
            return [status, body];
        };
        assert.deepEqual(await ask('start'), [200, { message: 'Server idle started', status: 'running' }]);
        assert.equal((await ask('start'))[0], 400);
        const { pid } = (await daemon.get('/servers/idle')).process;
        assert.ok(is_alive(pid));
        assert.deepEqual(await ask('stop'), [200, { message: 'Server idle stopped', status: 'stopped' }]);
        assert.equal((await daemon.get('/servers/idle')).process.pid, null);
        assert.ok(!is_alive(pid));
        assert.equal((await ask('stop'))[0], 400);
        assert.deepEqual(await ask('restart'), [200, { message: 'Server idle restarted', status: 'running' }]);
        for (const verb of ['start', 'stop', 'restart']) {
            const [status, body] = await ask(verb, 'none');
            assert.deepEqual([status, body], [404, { detail: 'Server none not found' }]);
        }
        assert.equal((await hub.get('/servers/idle/start')).status, 405);
    });

    test('one that ignores SIGTERM is killed, within its time', async () => {
        await hub.post('/servers/deaf/start');
        const { pid } = (await daemon.get('/servers/deaf')).process;
        const { status, ms } = await hub.post('/servers/deaf/stop');
        assert.equal(status, 200);
        assert.ok(ms < 6000, `${ms}`);
        assert.ok(!is_alive(pid));
    });

    test('one that cannot start is 500 with the reason, and failed', async () => {
        const { status, body } = await hub.post('/servers/broken/start');
        assert.equal(status, 500);
        assert.match(body.detail, /7/);
        assert.equal((await daemon.get('/health/broken')).status, 'failed');
        assert.equal((await hub.post('/servers/broken/restart')).status, 500, 'it is tried again from this state');
    });

    test('what is done by an administrator is in the activity', async () => {
        const { headers } = await hub.post('/servers/idle/restart');
        const id = headers.get('x-request-id');
        await eventually(10_000, 'the row', async () => (await daemon.get(`/audit/activity?request_id=${id}`)).total === 1);
    });

    test('unknown routes, wrong verbs and wrong queries', async () => {
        const unknown = await hub.get('/no/such');
        assert.deepEqual([unknown.status, unknown.body], [404, { detail: 'Not Found' }]);
        const verb = await hub.send('PUT', '/health');
        assert.deepEqual([verb.status, verb.body], [405, { detail: 'Method Not Allowed' }]);
        const query = await hub.get('/audit/activity?limit=many');
        assert.equal(query.status, 422);
        assert.deepEqual(query.body.detail[0].loc, ['query', 'limit']);
        assert.equal((await hub.post('/audit/activity/cleanup?days=0')).status, 400);
        assert.equal((await hub.post('/audit/activity/cleanup?days=x')).status, 422);
    });

    test('every response has a request id of its own, whatever the client sends', async () => {
        const ids = new Set();
        for (const route of ['/health', '/no/such', '/servers/none', '/', '/dashboard', '/mcp/none/x', '/livez']) {
            const { headers } = await hub.get(route, { 'X-Request-ID': 'mine' });
            assert.match(headers.get('x-request-id'), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, route);
            ids.add(headers.get('x-request-id'));
        }
        assert.equal(ids.size, 7);
    });

    test("another site's page can change nothing", async () => {
        for (const route of ['/servers/install', '/servers/idle/stop', '/dashboard/actions/stop/idle', '/mcp/fake/tools/call'])
            assert.equal((await hub.post(route, { package: 'x' }, { Origin: 'http://evil.example' })).status, 403, route);
        assert.equal((await hub.post('/servers/idle/stop', undefined, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
        assert.equal((await hub.post('/dashboard/actions/stop/idle', undefined, { 'Sec-Fetch-Site': 'same-site' })).status, 403);
        assert.equal((await daemon.get('/health/idle')).status, 'running');
    });
});

describe('installs', kOnlyThroughHub, () => {
    let daemon, hub, folder, file;
    before(async () => {
        folder = await temporary_folder();
        file = path.join(folder.path, 'servers.json');
        daemon = await Daemon.start({ file: null, env: { MCP_SERVERS_CONFIG: file, HOME: folder.path, XDG_CONFIG_HOME: folder.path, AGENTHUB_CONFIG: '' } });
        hub = new Requests(daemon);
    });
    after(() => finish(daemon, folder));

    test('a package gets a name, a place in the file and in the list', async () => {
        const body = { package: '@x/foo-mcp' };
        const done = await hub.post('/servers/install', body);
        assert.deepEqual([done.status, done.body], [200, { message: 'Server foo installed', name: 'foo', package: '@x/foo-mcp' }]);
        assert.equal(JSON.parse(await readFile(file, 'utf8')).servers.foo.package, '@x/foo-mcp');
        assert.equal((await daemon.get('/servers')).servers[0].name, 'foo');
        const again = await hub.post('/servers/install', body);
        assert.deepEqual([again.status, typeof again.body.detail], [400, 'string']);
        const removed = await hub.remove('/servers/foo');
        assert.deepEqual([removed.status, removed.body], [200, { message: 'Server foo removed' }]);
        assert.equal((await hub.remove('/servers/foo')).status, 404);
    });

    test('a wrong body gets the list of its faults', async () => {
        for (const [body, loc, type] of [
            ['{}', ['body', 'package'], 'missing'],
            ['{"package": 1}', ['body', 'package'], 'string_type'],
            ['{"package": "--flag"}', ['body', 'package'], 'value_error'],
            ['{"package": "a", "name": "no/name"}', ['body', 'name'], 'value_error'],
            ['{"package": "a", "auto_start": "perhaps"}', ['body', 'auto_start'], 'bool_parsing'],
            ['{', ['body', 1], 'json_invalid'],
        ]) {
            const reply = await hub.post('/servers/install', body);
            assert.equal(reply.status, 422, body);
            assert.deepEqual([reply.body.detail[0].loc, reply.body.detail[0].type], [loc, type], reply.text);
            assert.ok(reply.body.detail[0].msg);
        }
    });

    test('a SIGKILL in the middle of installs leaves a file that can be read', async () => {
        let installed = 0;
        const installs = (async () => {
            for (let i = 0; i < 1000; ++i) {
                await hub.post('/servers/install', { package: `p${i}` });
                ++installed;
            }
        })().catch(() => {});
        await eventually(20_000, 'some installs', () => installed >= 5);
        await daemon.end({ kill: true });
        await installs;
        const { servers } = JSON.parse(await readFile(file, 'utf8'));
        assert.ok(Object.keys(servers).length >= installed);
        await daemon.begin();
        assert.equal((await daemon.get('/servers')).servers.length, Object.keys(servers).length);
    });
});
