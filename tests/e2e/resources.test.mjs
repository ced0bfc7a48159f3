// Resources: listing, reading, templates, subscriptions and changes, through AgentHub to the reference server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { connect, connect_directly } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { everything } from './support/servers.mjs';

let daemon, client;

before(async () => {
    daemon = await Daemon.start({ servers: { everything: everything() } });
    client = await connect(daemon, 'everything');
});
after(() => finish(client, daemon));

const updated = (uri) => (notification) =>
    notification.method === 'notifications/resources/updated' && notification.params.uri === uri;

test('lists arrive as the server sends them', kOnlyThroughHub, async () => {
    const direct = await connect_directly(daemon, 'everything');
    assert.deepEqual(await client.listResources(), await direct.listResources());
    assert.deepEqual(await client.listResourceTemplates(), await direct.listResourceTemplates());
    await direct.stop();
});

test('a listed resource is read', async () => {
    const { resources } = await client.listResources();
    assert.ok(resources.length > 0);
    const { contents } = await client.readResource({ uri: resources[0].uri });
    assert.equal(contents[0].uri, resources[0].uri);
    assert.ok(contents[0].text.length > 0);
});

test('a template is filled in and read, as text and as bytes', async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    assert.ok(templates.includes('demo://resource/dynamic/text/{resourceId}'));

    const text = await client.readResource({ uri: 'demo://resource/dynamic/text/7' });
    assert.match(text.contents[0].text, /^Resource 7: /);
    const blob = await client.readResource({ uri: 'demo://resource/dynamic/blob/8' });
    assert.match(Buffer.from(blob.contents[0].blob, 'base64').toString(), /^Resource 8: /);
});

test('an unknown resource is refused with the code and the words of the server', async () => {
    await assert.rejects(client.readResource({ uri: 'demo://no/such' }), { code: -32602, message: /demo:\/\/no\/such not found/ });
});

test('a subscriber hears of changes until it unsubscribes', async () => {
    const [left, kept] = ['demo://resource/dynamic/text/1', 'demo://resource/dynamic/text/2'];
    const toggle = () => client.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
    await client.subscribeResource({ uri: left });
    await client.subscribeResource({ uri: kept });
    await toggle(); // the server sends one update for each subscription at once
    await client.inbox.next('the update of the first', updated(left));
    await client.inbox.next('the update of the second', updated(kept));
    await toggle();

    await client.unsubscribeResource({ uri: left });
    await toggle();
    // The server goes through the subscriptions in their order: the one left would have come before the one kept.
    await client.inbox.next('the second update of the second', updated(kept));
    assert.equal(client.inbox.rest.filter(updated(left)).length, 0);
    await toggle();
    await client.unsubscribeResource({ uri: kept });
});

test('a new resource is announced, listed and read', async () => {
    const data = `data:text/plain;base64,${Buffer.from('compress me').toString('base64')}`;
    await client.callTool({ name: 'gzip-file-as-resource', arguments: { name: 'note.gz', data } });
    const changed = ({ method }) => method === 'notifications/resources/list_changed';
    await client.inbox.next('the news that the list has changed', changed);

    const { resources } = await client.listResources();
    const { uri } = resources.find(({ name }) => name === 'note.gz');
    const { contents } = await client.readResource({ uri });
    assert.equal(gunzipSync(Buffer.from(contents[0].blob, 'base64')).toString(), 'compress me');
});
