// A server dies, or the daemon does: what was in flight is answered at once, the clients go on, and nothing is left.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { call_text, connect } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { everything, witness } from './support/servers.mjs';
import { within } from './support/wait.mjs';

const range = (count) => Array.from({ length: count }, (_, n) => n);

/** Begins a call that ends only when told; resolves when it is surely with the server, as {settled}. */
async function held_call(client, label) {
    const { promise: began, resolve: onprogress } = Promise.withResolvers();
    const call = call_text(client, 'hold', { label }, { onprogress });
    const settled = call.then(
        (text) => ({ text }),
        (error) => ({ error, at: performance.now() }),
    );
    await within(10_000, `${label} to begin`, began);
    return { settled };
}

describe('a server that is killed', kOnlyThroughHub, () => {
    let daemon, client;
    before(async () => {
        const often = { max_restarts: 1000 };
        daemon = await Daemon.start({ servers: { witness: witness(often), everything: everything(often) } });
        client = await connect(daemon, 'witness');
    });
    after(() => finish(client, daemon));

    test('fails its calls in flight within a second, and serves the same session after its restart', async () => {
        const pid = await daemon.server_pid('witness');
        const calls = await Promise.all(range(32).map((n) => held_call(client, `in flight ${n}`)));
        const killed = performance.now();
        process.kill(pid, 'SIGKILL');
        const ends = await within(1_000, 'all 32 calls to be answered', Promise.all(calls.map(({ settled }) => settled)));
        for (const { error, at } of ends) {
            assert.ok(error, 'a call in flight succeeded after its server was killed');
            assert.equal(typeof error.code, 'number', `not an error of JSON-RPC: ${error}`);
            assert.match(error.message, /witness/, 'the message does not say which server');
            assert.ok(at - killed < 1_000, `answered after ${at - killed} ms`);
        }
        await daemon.server_pid('witness', pid);
        assert.equal(await call_text(client, 'echo', { label: 'back again' }), 'back again');
    });

    test('many times in a row comes back every time, for every client', async () => {
        const other = await connect(daemon, 'witness', { clientName: 'other' });
        for (const n of range(5)) {
            const pid = await daemon.server_pid('witness');
            process.kill(pid, 'SIGKILL');
            await daemon.server_pid('witness', pid);
            const labels = [`first ${n}`, `second ${n}`];
            const answers = [client, other].map((each, i) => call_text(each, 'echo', { label: labels[i] }));
            assert.deepEqual(await Promise.all(answers), labels);
        }
        await other.stop();
    });

    test('or that exits by itself answers too, and says with which code', async () => {
        const pid = await daemon.server_pid('witness');
        await assert.rejects(call_text(client, 'exit', { code: 3 }), ({ message }) => {
            assert.match(message, /witness/);
            assert.match(message, /\b3\b/);
            return true;
        });
        await daemon.server_pid('witness', pid);
        assert.equal(await call_text(client, 'echo', { label: 'once more' }), 'once more');
    });

    test('gets its subscriptions and log level back', async () => {
        const subscriber = await connect(daemon, 'everything');
        const uri = 'demo://resource/dynamic/text/300';
        await subscriber.subscribeResource({ uri });
        const pid = await daemon.server_pid('everything');
        process.kill(pid, 'SIGKILL');
        await daemon.server_pid('everything', pid);
        await subscriber.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
        const update = ({ method, params }) => method === 'notifications/resources/updated' && params.uri === uri;
        await subscriber.inbox.next('an update after the restart', update);
        await subscriber.stop();
    });

    test('does not touch the other servers', async () => {
        const [mine, other] = [await daemon.server_pid('witness'), await daemon.server_pid('everything')];
        const neighbour = await connect(daemon, 'everything');
        process.kill(mine, 'SIGKILL');
        assert.equal(await call_text(neighbour, 'echo', { message: 'calm' }), 'Echo: calm');
        await daemon.server_pid('witness', mine);
        assert.equal(await daemon.server_pid('everything'), other);
        await neighbour.stop();
    });
});

describe('the daemon', kOnlyThroughHub, () => {
    test('answers what is in flight on SIGTERM, then ends with code 0 and leaves nothing', async () => {
        const daemon = await Daemon.start({ servers: { everything: everything() } });
        const client = await connect(daemon, 'everything');
        const { promise: began, resolve: onprogress } = Promise.withResolvers();
        const given = { duration: 1, steps: 10 };
        const call = call_text(client, 'trigger-long-running-operation', given, { onprogress });
        await within(10_000, 'the call to begin', began);
        const stopped = daemon.stop(); // asserts the code and that no process is left
        assert.match(await call, /completed/);
        await stopped;
        await client.close();
    });

    test('killed with SIGKILL leaves no server behind', async () => {
        const daemon = await Daemon.start({ servers: { everything: everything(), witness: witness() } });
        const clients = [await connect(daemon, 'everything'), await connect(daemon, 'witness')];
        const processes = await daemon.processes();
        assert.ok(processes.length >= 3, `the daemon and two servers were expected: ${JSON.stringify(processes)}`);
        await daemon.kill();
        await daemon.assert_nothing_left(2_000);
        await Promise.all(clients.map((client) => client.close()));
    });
});
