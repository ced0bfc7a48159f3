// `agenthub stdio` under real clients while the real daemon is restarted in the middle of their conversation: they see
// nothing but slower answers.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as modern from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { call_text, connect_over_stdio, text_of } from './support/client.mjs';
import { Daemon, finish, kBinary, kOnlyThroughHub } from './support/daemon.mjs';
import { everything, peer, witness } from './support/servers.mjs';
import { eventually } from './support/wait.mjs';

const kRounds = 10;
const kUri = 'peer://one';
const kUpdated = 'notifications/resources/updated';

let daemon;

before(async () => {
    if (kOnlyThroughHub.skip) return;
    daemon = await Daemon.start({ servers: { everything: everything(), witness: witness(), peer: peer('legacy'), new: peer('modern', { name: 'new' }) } });
});
after(() => finish(daemon));

const isUpdate = ({ method, params }) => method === kUpdated && params.uri === kUri;
const isNews = ({ method }) => method.endsWith('list_changed');

describe('ten restarts', kOnlyThroughHub, () => {
    test('between the calls of a client of the legacy era: its level and subscriptions stay', { timeout: 600_000 }, async () => {
        const client = await connect_over_stdio(daemon, 'peer');
        const listener = await connect_over_stdio(daemon, 'witness');
        await client.subscribeResource({ uri: kUri });
        await listener.setLoggingLevel('error');
        for (let round = 0; round < kRounds; ++round) {
            await daemon.restart({ kill: round % 2 === 1 });
            assert.equal(await call_text(client, 'echo', { label: `round ${round}` }), `round ${round}`);
            assert.equal((await client.listTools()).tools[0].name, 'echo');
            const announced = { method: kUpdated, params: { uri: kUri } };
            await eventually(10_000, 'the subscription to hold', async () => {
                await call_text(client, 'announce', announced);
                return client.inbox.rest.some(isUpdate);
            });
            while (client.inbox.rest.some(isUpdate)) await client.inbox.next('the update', isUpdate);
            const level = async () => JSON.parse(await call_text(listener, 'seen')).level === 'error';
            await eventually(10_000, 'the level to hold', level);
        }
        assert.deepEqual(client.inbox.rest.filter((message) => !isNews(message)), [], 'nothing else was said');
        assert.ok(client.inbox.rest.length >= kRounds, 'each new session is announced');
        await client.stop();
        await listener.stop();
    });

    test('in the middle of calls, which are answered before it goes', { timeout: 600_000 }, async () => {
        const client = await connect_over_stdio(daemon, 'everything');
        for (let round = 0; round < kRounds; ++round) {
            const { promise: began, resolve: onprogress } = Promise.withResolvers();
            const given = { duration: 0.5, steps: 2 };
            const call = call_text(client, 'trigger-long-running-operation', given, { onprogress });
            await Promise.race([began, call]); // the SDK drops progress that arrives together with the answer
            const restarted = daemon.restart();
            const more = [1, 2, 3].map((n) => call_text(client, 'echo', { message: `${round}.${n}` }));
            assert.match(await call, /completed/);
            assert.deepEqual(await Promise.all(more), [1, 2, 3].map((n) => `Echo: ${round}.${n}`));
            await restarted;
        }
        await client.stop();
    });

    test('of a client of the modern era that listens', { timeout: 600_000 }, async () => {
        const transport = new StdioClientTransport({ command: kBinary, args: ['stdio', 'new', '--url', daemon.url], stderr: 'ignore' });
        const client = new modern.Client({ name: 'e2e', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
        const told = [];
        for (const method of [kUpdated, 'notifications/tools/list_changed'])
            client.setNotificationHandler(method, (notification) => void told.push(notification));
        await client.connect(transport);
        const uri = 'new://one';
        const listen = await client.listen({ resourceSubscriptions: [uri], toolsListChanged: true });
        for (let round = 0; round < kRounds; ++round) {
            await daemon.restart({ kill: round % 2 === 1 });
            const label = `round ${round}`;
            assert.equal(text_of(await client.callTool({ name: 'echo', arguments: { label } })), label);
            told.length = 0;
            await eventually(10_000, 'the listen to go on', async () => {
                await client.callTool({ name: 'announce', arguments: { method: kUpdated, params: { uri } } });
                return told.some(({ method }) => method === kUpdated);
            });
        }
        await listen.close();
        await client.close();
    });
});
