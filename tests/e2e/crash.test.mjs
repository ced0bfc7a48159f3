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

// Each test has a server of its own: the pause before a restart grows with each failure.
describe('a server that is killed', kOnlyThroughHub, () => {
    let daemon;
    before(async () => {
        const often = { max_restarts: 100 };
        const names = ['in-flight', 'in-a-row', 'exiting', 'lonely'];
        const servers = Object.fromEntries(names.map((name) => [name, witness(often)]));
        daemon = await Daemon.start({ servers: { ...servers, everything: everything(often), calm: everything() } });
    });
    after(() => finish(daemon));

    test('fails its calls in flight within a second, and serves the same session after its restart', async () => {
        const client = await connect(daemon, 'in-flight');
        const pid = await daemon.server_pid('in-flight');
        const calls = await Promise.all(range(32).map((n) => held_call(client, `call ${n}`)));
        const killed = performance.now();
        process.kill(pid, 'SIGKILL');
        const ends = await within(1_000, 'all 32 calls to be answered', Promise.all(calls.map(({ settled }) => settled)));
        for (const { error, at } of ends) {
            assert.ok(error, 'a call in flight succeeded after its server was killed');
            assert.equal(typeof error.code, 'number', `not an error of JSON-RPC: ${error}`);
            assert.match(error.message, /SIGKILL/, 'the message does not say why');
            assert.ok(at - killed < 1_000, `answered after ${at - killed} ms`);
        }
        await daemon.server_pid('in-flight', pid);
        assert.equal(await call_text(client, 'echo', { label: 'back again' }), 'back again');
        await client.stop();
    });

    test('several times in a row comes back every time, for every client', async () => {
        const clients = [await connect(daemon, 'in-a-row'), await connect(daemon, 'in-a-row')];
        for (const round of range(3)) {
            const pid = await daemon.server_pid('in-a-row');
            process.kill(pid, 'SIGKILL');
            await daemon.server_pid('in-a-row', pid);
            const answers = clients.map((client, who) => call_text(client, 'echo', { label: `${who} in round ${round}` }));
            assert.deepEqual(await Promise.all(answers), [`0 in round ${round}`, `1 in round ${round}`]);
        }
        await Promise.all(clients.map((client) => client.stop()));
    });

    test('or that exits by itself answers too, and says with which code', async () => {
        const client = await connect(daemon, 'exiting');
        const pid = await daemon.server_pid('exiting');
        await assert.rejects(call_text(client, 'exit', { code: 37 }), { message: /\b37\b/ });
        await daemon.server_pid('exiting', pid);
        assert.equal(await call_text(client, 'echo', { label: 'once more' }), 'once more');
        await client.stop();
    });

    test('gets its subscriptions back', async () => {
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
        const [client, neighbour] = [await connect(daemon, 'lonely'), await connect(daemon, 'calm')];
        const [mine, other] = [await daemon.server_pid('lonely'), await daemon.server_pid('calm')];
        process.kill(mine, 'SIGKILL');
        assert.equal(await call_text(neighbour, 'echo', { message: 'calm' }), 'Echo: calm');
        await daemon.server_pid('lonely', mine);
        assert.equal(await daemon.server_pid('calm'), other);
        await Promise.all([client.stop(), neighbour.stop()]);
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
        await daemon.kill(2_000);
        await Promise.all(clients.map((client) => client.close()));
    });
});
