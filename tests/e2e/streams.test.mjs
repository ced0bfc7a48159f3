// Streams that outlive their connection, and the transport of 2024-11-05: official clients, a network that is cut.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { call_text, connect, seen_by, traffic_of } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { Proxy } from './support/proxy.mjs';
import { witness } from './support/servers.mjs';
import { eventually, Inbox, within } from './support/wait.mjs';

let daemon;
let polling;
let proxy;

before(async () => {
    if (kOnlyThroughHub.skip) return;
    daemon = await Daemon.start({ servers: { witness: witness() } });
    polling = await Daemon.start({ servers: { witness: witness() }, config: { limits: { poll_after: '300ms' } } });
    proxy = await Proxy.start(daemon);
});
after(() => finish(proxy, polling, daemon));

async function connect_sse(path = '/mcp/witness/sse') {
    const client = new Client({ name: 'agenthub-e2e-sse', version: '1.0.0' });
    client.inbox = new Inbox();
    client.fallbackNotificationHandler = async (notification) => client.inbox.push(notification);
    const transport = new SSEClientTransport(new URL(daemon.url + path));
    await client.connect(transport);
    // What really came: the SDK may drop a progress notification that arrives together with the response.
    client.received = [];
    const handle = transport.onmessage;
    transport.onmessage = (message, extra) => {
        client.received.push(message);
        handle(message, extra);
    };
    return client;
}

async function running_calls(of) {
    return (await (await fetch(`${of.url}/servers/witness`)).json()).calls.running;
}

describe('a client whose connections are cut', kOnlyThroughHub, () => {
    test('resumes by itself and gets the answer to its call', async () => {
        const other = await connect(daemon, 'witness');
        const client = await connect(proxy, 'witness');
        const began = Promise.withResolvers();
        const call = call_text(client, 'hold', { label: 'cut' }, { onprogress: began.resolve });
        await within(10_000, 'the call to begin', began.promise);
        proxy.cut();
        assert.equal(await call_text(other, 'release', { label: 'cut' }), 'released');
        await eventually(10_000, 'the call to end', async () => (await running_calls(daemon)) === 0);
        assert.equal(await within(20_000, 'the answer', call), 'cut: released');
        const { back } = traffic_of(client, ({ label }) => label === 'cut');
        assert.equal(back.length, 2, 'one progress, one answer: nothing came twice');
        await client.stop();
        await other.stop();
    });

    for (const version of ['2025-03-26', '2025-06-18'])
        test(`resumes by itself with ids and no priming event: ${version}`, async () => {
            const other = await connect(daemon, 'witness');
            const client = new Client({ name: 'agenthub-e2e', version: '1.0.0' });
            // The SDK asks for its newest revision only.
            const fetching = (url, init) => fetch(url, { ...init, body: init.body?.replace('2025-11-25', version) });
            const transport = new StreamableHTTPClientTransport(new URL(`${proxy.url}/mcp/witness`), { fetch: fetching });
            await client.connect(transport);
            assert.equal(transport.protocolVersion, version);
            const began = Promise.withResolvers();
            const call = call_text(client, 'hold', { label: version }, { onprogress: began.resolve });
            await within(10_000, 'the call to begin', began.promise);
            proxy.cut();
            await call_text(other, 'release', { label: version });
            assert.equal(await within(20_000, 'the answer', call), `${version}: released`);
            await client.close();
            await other.stop();
        });

    test('hears what was said meanwhile on its stream of notifications', async () => {
        const other = await connect(daemon, 'witness');
        const client = await connect(proxy, 'witness');
        const hears = (label) => client.inbox.next(label, ({ params }) => JSON.stringify(params).includes(label), 20_000);
        // Now it knows an id of the stream: the response's header alone has none.
        await call_text(other, 'shout_afterwards', { label: 'beforehand' });
        await hears('beforehand');
        proxy.cut();
        await call_text(other, 'shout_afterwards', { label: 'meanwhile' });
        const heard = await hears('meanwhile');
        assert.equal(heard.method, 'notifications/message');
        await client.stop();
        await other.stop();
    });
});

describe('a call that is longer than limits.poll_after', kOnlyThroughHub, () => {
    test('is taken off its connection, and the client comes back for its answer', async () => {
        const other = await connect(polling, 'witness');
        const resumed = [];
        const client = new Client({ name: 'agenthub-e2e', version: '1.0.0' });
        const fetching = (url, init) => {
            const id = new Headers(init?.headers).get('last-event-id');
            if (id) resumed.push(id);
            return fetch(url, init);
        };
        await client.connect(new StreamableHTTPClientTransport(new URL(`${polling.url}/mcp/witness`), { fetch: fetching }));
        const call = call_text(client, 'hold', { label: 'long' });
        await eventually(20_000, 'its resumption', () => resumed.length === 1);
        await call_text(other, 'release', { label: 'long' });
        assert.equal(await within(20_000, 'the answer', call), 'long: released');
        await client.close();
        await other.stop();
    });
});

describe('HTTP+SSE', kOnlyThroughHub, () => {
    test('serves the official client of that transport', async () => {
        const client = await connect_sse();
        assert.equal(client.getServerVersion().name, 'witness');
        const onprogress = () => {}; // makes the SDK ask for progress
        assert.equal(await call_text(client, 'steps', { label: 'sse', count: 4 }, { onprogress }), 'sse');
        assert.deepEqual(client.received.map(({ params }) => params?.progress), [1, 2, 3, 4, undefined]);
        const shouted = await call_text(client, 'shout', { label: 'loud' });
        assert.equal(shouted, 'loud');
        await client.inbox.next('a log message', ({ params }) => /loud/.test(JSON.stringify(params)));
        await client.close();
    });

    test('cancels a call on request, and all calls when the client leaves', async () => {
        const other = await connect(daemon, 'witness');
        const client = await connect_sse();
        const aborter = new AbortController();
        const began = Promise.withResolvers();
        const call = call_text(client, 'hold', { label: 'aborted' }, { onprogress: began.resolve, signal: aborter.signal });
        await within(10_000, 'the call to begin', began.promise);
        aborter.abort();
        await assert.rejects(call);
        await eventually(10_000, 'its cancellation', async () => (await seen_by(other)).cancelled.includes('aborted'));
        const left = Promise.withResolvers();
        call_text(client, 'hold', { label: 'left' }, { onprogress: left.resolve }).catch(() => {});
        await within(10_000, 'the call to begin', left.promise);
        await client.close();
        await eventually(10_000, 'its cancellation', async () => (await seen_by(other)).cancelled.includes('left'));
        await other.stop();
    });

    test('is found by a client that tries Streamable HTTP first', async () => {
        const url = new URL(`${daemon.url}/mcp/witness/sse`);
        const client = new Client({ name: 'agenthub-e2e', version: '1.0.0' });
        await assert.rejects(client.connect(new StreamableHTTPClientTransport(url)), /405|Method Not Allowed/i);
        const fallback = await connect_sse();
        assert.equal(await call_text(fallback, 'echo', { label: 'found' }), 'found');
        await fallback.close();
    });
});
