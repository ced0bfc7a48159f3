// The built-in server `hub` and the record of calls: an agent asks what is wrong with its own tools, and repairs it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { call_text, connect, seen_by, text_of } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { everything, witness } from './support/servers.mjs';
import { eventually } from './support/wait.mjs';

describe('the hub', kOnlyThroughHub, () => {
    let daemon, hub;
    before(async () => {
        const broken = { command: '/no/such/program', args: [] };
        daemon = await Daemon.start({ servers: { witness: witness(), everything: everything(), broken } });
        hub = await connect(daemon, 'hub');
    });
    after(() => finish(hub, daemon));

    const ask = async (name, args = {}) => {
        const result = await hub.callTool({ name, arguments: args });
        assert.ok(!result.isError, JSON.stringify(result));
        assert.deepEqual(JSON.parse(text_of(result)), result.structuredContent);
        return result.structuredContent;
    };

    test('offers its own four tools, and call_many', async () => {
        const { tools } = await hub.listTools();
        const names = tools.map(({ name }) => name).sort();
        assert.deepEqual(names, ['call_many', 'list_servers', 'restart_server', 'search_activity', 'server_status']);
    });

    test('lists every server with its state', async () => {
        const { servers } = await ask('list_servers');
        assert.deepEqual(servers.map(({ name }) => name).sort(), ['broken', 'everything', 'witness']);
    });

    test('tells the state of a server that runs, and why one does not', async () => {
        const client = await connect(daemon, 'witness');
        const { pid } = await seen_by(client);
        const running = await ask('server_status', { server: 'witness' });
        assert.equal(running.process.status, 'running');
        assert.equal(running.process.pid, pid);
        await client.stop();

        await assert.rejects(connect(daemon, 'broken'), { message: /\/no\/such\/program/ });
        const broken = await ask('server_status', { server: 'broken' });
        assert.match(broken.process.last_error, /\/no\/such\/program/);
        assert.equal(broken.process.pid, null);
    });

    test('restarts a server under the clients that use it', async () => {
        const client = await connect(daemon, 'everything');
        const before_it = await daemon.server_pid('everything');
        await ask('restart_server', { server: 'everything' });
        assert.notEqual(await daemon.server_pid('everything'), before_it);
        assert.equal(await call_text(client, 'echo', { message: 'still connected' }), 'Echo: still connected');
        await client.stop();
    });

    test('names the servers there are when it is asked for another', async () => {
        const result = await hub.callTool({ name: 'server_status', arguments: { server: 'nobody' } });
        assert.equal(result.isError, true);
        assert.match(text_of(result), /nobody.*witness/s);
    });

    test('finds what was called, by whom, and how it ended', async () => {
        const client = await connect(daemon, 'witness', { clientName: 'by name' });
        const identified = await connect(daemon, 'witness', { clientName: 'unused', clientId: 'by id' });
        await call_text(client, 'echo', { label: 'to be found' });
        await call_text(identified, 'shout', { label: 'to be found' });
        await assert.rejects(call_text(identified, 'exit', { code: 9 }));

        // A row is written when the answer has left, so it may come a moment after the client has it.
        const only = async (condition) => {
            const found = await eventually(2_000, `a row with ${JSON.stringify(condition)}`, async () => {
                const { entries } = await ask('search_activity', { server: 'witness', ...condition });
                return entries.length > 0 && entries;
            });
            assert.equal(found.length, 1, JSON.stringify(found));
            return found[0];
        };
        const named = await only({ tool: 'echo', client_id: 'by name' });
        assert.equal(named.mcp_method, 'tools/call');
        assert.equal(named.outcome, 'ok');
        assert.equal(named.client_ip, '127.0.0.1');
        assert.match(named.request_id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.ok(named.bytes_in > 0 && named.bytes_out > 0);
        await only({ tool: 'shout', client_id: 'by id', outcome: 'ok' });
        const failed = await only({ tool: 'exit', client_id: 'by id' });
        assert.notEqual(failed.outcome, 'ok');

        // By time and by words of the error, as over plain HTTP.
        assert.ok(failed.error.length > 0);
        const word = failed.error.match(/[a-z]{4,}/)[0];
        await only({ tool: 'exit', error: word, since: '1h' });
        await only({ tool: 'exit', since: failed.timestamp });
        for (const condition of [{ until: failed.timestamp }, { since: '2999-01-01' }, { error: 'nobodywritesthis' }, { method: 'GET' }])
            assert.equal((await ask('search_activity', { server: 'witness', tool: 'exit', ...condition })).total, 0, JSON.stringify(condition));
        const refused = await hub.callTool({ name: 'search_activity', arguments: { since: 'soon' } });
        assert.equal(refused.isError, true);
        assert.match(text_of(refused), /the argument 'since'/);

        // The same rows over plain HTTP.
        const { entries } = await daemon.get(`/audit/activity?request_id=${named.request_id}`);
        assert.deepEqual(entries, [named]);
        await Promise.all([client.stop(), identified.stop()]);
    });
});
