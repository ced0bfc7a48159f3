// What accompanies a call: progress while it runs, its cancellation, and the log messages of the server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { call_text, connect, seen_by, traffic_of } from './support/client.mjs';
import { Daemon, finish } from './support/daemon.mjs';
import { everything, witness } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

let daemon;

before(async () => {
    daemon = await Daemon.start({ servers: { everything: everything(), witness: witness() } });
});
after(() => finish(daemon));

describe('progress', () => {
    test('arrives in order and complete, before the result', async () => {
        const client = await connect(daemon, 'everything');
        const given = { duration: 0.5, steps: 5 };
        const heard = [];
        const onprogress = ({ progress, total }) => heard.push([progress, total]);
        const answer = await call_text(client, 'trigger-long-running-operation', given, { onprogress });
        assert.match(answer, /completed/);
        assert.deepEqual(heard.slice(0, 4), [[1, 5], [2, 5], [3, 5], [4, 5]]);

        const { request, back } = traffic_of(client, ({ steps }) => steps === 5);
        const { progressToken } = request.params._meta;
        const expected = [1, 2, 3, 4, 5].map((progress) => ({ progress, total: 5, progressToken }));
        assert.deepEqual(back.slice(0, -1), expected);
        assert.equal(back.at(-1).id, request.id);
        await client.stop();
    });

    test('arrives while the call runs, not when it ends', async () => {
        const client = await connect(daemon, 'witness');
        const { promise: began, resolve: onprogress } = Promise.withResolvers();
        const call = call_text(client, 'hold', { label: 'early' }, { onprogress });
        await within(5_000, 'progress of a call that has not ended', began);
        await call_text(client, 'release', { label: 'early' });
        assert.equal(await call, 'early: released');
        await client.stop();
    });

    test('of many calls at once finds its own call', async () => {
        const client = await connect(daemon, 'witness');
        const labels = Array.from({ length: 16 }, (_, n) => `call ${n}`);
        const onprogress = () => {}; // makes the SDK ask for progress
        const call = (label, n) => call_text(client, 'steps', { label, count: n + 1 }, { onprogress });
        assert.deepEqual(await Promise.all(labels.map(call)), labels);
        labels.forEach((expected, n) => {
            const { back } = traffic_of(client, ({ label }) => label === expected);
            const heard = back.slice(0, -1).map(({ message }) => message);
            assert.deepEqual(heard, Array.from({ length: n + 1 }, (_, step) => `${expected} ${step + 1}`));
        });
        await client.stop();
    });

    test('is not asked for when the client does not', async () => {
        const client = await connect(daemon, 'witness');
        await call_text(client, 'echo', { label: 'no progress' });
        const { requests } = await seen_by(client);
        const request = requests.find(({ label }) => label === 'no progress');
        assert.equal(request.progressToken, undefined);
        await client.stop();
    });
});

describe('cancellation', () => {
    test('reaches the server for the one call it means, and the client goes on', async () => {
        const client = await connect(daemon, 'witness');
        const begin = (label, signal) => {
            const { promise: began, resolve: onprogress } = Promise.withResolvers();
            const call = call_text(client, 'hold', { label }, { signal, onprogress });
            call.catch(() => {}); // looked at below
            return { began: within(5_000, `${label} to begin`, began), call };
        };
        const controller = new AbortController();
        const doomed = begin('doomed', controller.signal);
        const other = begin('other');
        await Promise.all([doomed.began, other.began]);

        controller.abort('no longer wanted');
        await assert.rejects(doomed.call, /no longer wanted/);
        const cancelled = async () => {
            const seen = await seen_by(client);
            return seen.cancelled.includes('doomed') && seen;
        };
        const seen = await eventually(2_000, 'the cancellation to reach the server', cancelled);
        assert.deepEqual(seen.held, ['other']);

        await call_text(client, 'release', { label: 'other' });
        assert.equal(await other.call, 'other: released');
        assert.equal(await call_text(client, 'echo', { label: 'still here' }), 'still here');
        await client.stop();
    });

    test('by a time-out of the client reaches the server too', async () => {
        const client = await connect(daemon, 'witness');
        await assert.rejects(call_text(client, 'hold', { label: 'late' }, { timeout: 300 }), { code: -32001 });
        const cancelled = async () => (await seen_by(client)).cancelled.includes('late');
        await eventually(2_000, 'the cancellation to reach the server', cancelled);
        await client.stop();
    });
});

describe('logging', () => {
    const message = (label) => ({ method, params }) => method === 'notifications/message' && params.data === label;

    test('messages arrive with their level, logger and data', async () => {
        const client = await connect(daemon, 'everything');
        await client.setLoggingLevel('debug');
        const uri = 'demo://resource/dynamic/text/5';
        await client.subscribeResource({ uri }); // the server logs this at level info
        const about = ({ method, params }) => method === 'notifications/message' && params.data.includes(uri);
        const { params } = await client.inbox.next('the log message of the subscription', about);
        assert.equal(params.level, 'info');
        await client.unsubscribeResource({ uri });
        await client.stop();
    });

    test('the level that the client sets reaches the server', async () => {
        const client = await connect(daemon, 'witness');
        await client.setLoggingLevel('warning');
        const set = async () => (await seen_by(client)).level === 'warning';
        await eventually(2_000, 'the level to reach the server', set);
        await client.stop();
    });

    test('nothing of a server that asks for no level is lost', async () => {
        const client = await connect(daemon, 'witness');
        await client.setLoggingLevel('debug');
        await call_text(client, 'shout', { label: 'all eight' });
        const levels = [];
        for (let n = 0; n < 8; ++n)
            levels.push((await client.inbox.next('eight log messages', message('all eight'))).params.level);
        assert.deepEqual(levels, ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']);
        await client.stop();
    });
});
