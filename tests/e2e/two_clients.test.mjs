// Several clients at once on one shared server process. The SDK numbers the requests of every client from 0 and uses
// the numbers as progress tokens, so all of them use equal ids and tokens: nobody may ever see what is another's.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { call_text, connect, seen_by, traffic_of } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { everything, witness } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

let daemon;

before(async () => {
    daemon = await Daemon.start({ servers: { everything: everything(), witness: witness() } });
});
after(() => finish(daemon));

async function connect_all(count, server) {
    const names = Array.from({ length: count }, (_, n) => `client-${n}`);
    return Promise.all(names.map((clientName) => connect(daemon, server, { clientName, clientId: clientName })));
}
const stop_all = (clients) => Promise.all(clients.map((client) => client.stop()));
const range = (count) => Array.from({ length: count }, (_, n) => n);

test('all of them share one process', kOnlyThroughHub, async () => {
    const clients = await connect_all(8, 'witness');
    const pids = await Promise.all(clients.map(async (client) => (await seen_by(client)).pid));
    assert.equal(new Set(pids).size, 1);
    await stop_all(clients);
});

for (const count of [2, 8]) {
    test(`${count} clients at full speed get their own answers only`, async () => {
        const clients = await connect_all(count, 'everything');
        await Promise.all(
            clients.map(async (client, who) => {
                for (const round of range(10)) {
                    const messages = range(10).map((n) => `client ${who} round ${round} call ${n}`);
                    const answers = await Promise.all(messages.map((message) => call_text(client, 'echo', { message })));
                    assert.deepEqual(answers, messages.map((message) => `Echo: ${message}`));
                }
            }),
        );
        await stop_all(clients);
    });

    test(`${count} clients with equal ids and tokens get their own progress only`, async () => {
        const clients = await connect_all(count, 'witness');
        await Promise.all(
            clients.map((client, who) => {
                const { promise: began, resolve: onprogress } = Promise.withResolvers();
                const call = call_text(client, 'hold', { label: `${count} hold ${who}` }, { onprogress });
                return within(5_000, 'progress of a held call', Promise.race([began, call]));
            }),
        );

        // While all of them are held, each has many more calls with progress.
        const steps = (client, who) => (n) =>
            call_text(client, 'steps', { label: `${who}/${n}`, count: 5 }, { onprogress: () => {} });
        await Promise.all(clients.map((client, who) => Promise.all(range(8).map(steps(client, who)))));

        const tokens = new Set();
        clients.forEach((client, who) => {
            for (const n of range(8)) {
                const { request, back } = traffic_of(client, ({ label }) => label === `${who}/${n}`);
                tokens.add(request.params._meta.progressToken);
                const heard = back.slice(0, -1).map(({ message }) => message);
                assert.deepEqual(heard, range(5).map((step) => `${who}/${n} ${step + 1}`));
            }
            const progress = client.wire.filter(({ received }) => received?.method === 'notifications/progress');
            assert.equal(progress.length, 1 + 8 * 5, 'progress that belongs to no call of this client');
        });
        assert.ok(tokens.size < count * 8, 'the clients were meant to use equal tokens');

        const release = (client, who) => call_text(client, 'release', { label: `${count} hold ${who}` });
        assert.deepEqual(await Promise.all(clients.map(release)), clients.map(() => 'released'));
        await stop_all(clients);
    });
}

test('the server never sees one id or token twice at a time', kOnlyThroughHub, async () => {
    const clients = await connect_all(8, 'witness');
    const call = (client, who) => (n) =>
        call_text(client, 'steps', { label: `unique ${who}/${n}`, count: 1 }, { onprogress: () => {} });
    await Promise.all(clients.flatMap((client, who) => range(8).map(call(client, who))));
    const { requests } = await seen_by(clients[0]);
    const ours = requests.filter(({ label }) => label?.startsWith('unique '));
    assert.equal(ours.length, 64);
    assert.equal(new Set(ours.map(({ id }) => id)).size, 64);
    assert.equal(new Set(ours.map(({ progressToken }) => progressToken)).size, 64);
    await stop_all(clients);
});

test('a cancellation ends the call of the one who cancels, not the equal id of another', kOnlyThroughHub, async () => {
    const clients = await connect_all(2, 'witness');
    const controller = new AbortController();
    const hold = async (client, label, signal) => {
        const { promise: began, resolve: onprogress } = Promise.withResolvers();
        const call = call_text(client, 'hold', { label }, { signal, onprogress });
        call.catch(() => {}); // looked at below
        await within(5_000, `${label} to begin`, began);
        return { call };
    };
    const mine = await hold(clients[0], 'cancel mine', controller.signal);
    const theirs = await hold(clients[1], 'not theirs');
    const id_of = (client, wanted) => traffic_of(client, ({ label }) => label === wanted).request.id;
    assert.equal(id_of(clients[0], 'cancel mine'), id_of(clients[1], 'not theirs'), 'the ids were meant to be equal');

    controller.abort('enough');
    await assert.rejects(mine.call, /enough/);
    const seen = await eventually(2_000, 'the cancellation to reach the server', async () => {
        const now = await seen_by(clients[1]);
        return now.cancelled.length > 0 && now;
    });
    assert.deepEqual(seen.cancelled, ['cancel mine']);
    await call_text(clients[1], 'release', { label: 'not theirs' });
    assert.equal(await theirs.call, 'not theirs: released');
    await stop_all(clients);
});

test('an update of a resource goes to its subscriber only', kOnlyThroughHub, async () => {
    const [a, b] = await connect_all(2, 'everything');
    const uri = (n) => `demo://resource/dynamic/text/10${n}`;
    // In this order the server goes through them. Each client's last one comes after all that could be misdirected.
    for (const [client, n] of [[a, 1], [b, 2], [a, 3], [b, 4]]) await client.subscribeResource({ uri: uri(n) });
    await a.callTool({ name: 'toggle-subscriber-updates', arguments: {} });

    const updated = ({ method }) => method === 'notifications/resources/updated';
    const last = (n) => (notification) => updated(notification) && notification.params.uri === uri(n);
    await a.inbox.next('the last update of a', last(3));
    await b.inbox.next('the last update of b', last(4));
    const rest = (client) => client.inbox.rest.filter(updated).map(({ params }) => params.uri);
    assert.deepEqual(rest(a), [uri(1)]);
    assert.deepEqual(rest(b), [uri(2)]);
    await a.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
    await stop_all([a, b]);
});

test('what both subscribed to stays subscribed when one leaves', kOnlyThroughHub, async () => {
    const [a, b] = await connect_all(2, 'everything');
    const uri = 'demo://resource/dynamic/text/200';
    await a.subscribeResource({ uri });
    await b.subscribeResource({ uri });
    await a.unsubscribeResource({ uri });
    await a.stop();
    await b.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
    const update = ({ method, params }) => method === 'notifications/resources/updated' && params.uri === uri;
    await b.inbox.next('the update for the one who stayed', update);
    await b.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
    await b.stop();
});

test('each hears log messages from the level it asked for', kOnlyThroughHub, async () => {
    const [talkative, quiet] = await connect_all(2, 'witness');
    await talkative.setLoggingLevel('debug');
    await quiet.setLoggingLevel('error');
    const all = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
    const hear = async (client, label, count) => {
        const ours = ({ method, params }) => method === 'notifications/message' && params.data === label;
        const levels = [];
        for (const _ of range(count)) levels.push((await client.inbox.next(`${count} log messages`, ours)).params.level);
        return levels;
    };

    // What a server logs during a call is about that call: the other client does not see it.
    await call_text(quiet, 'shout', { label: 'of a call' });
    assert.deepEqual(await hear(quiet, 'of a call', 4), all.slice(4));
    // What it logs while there is none is for all.
    await call_text(quiet, 'shout_afterwards', { label: 'for all' });
    assert.deepEqual(await hear(quiet, 'for all', 4), all.slice(4));
    assert.deepEqual(await hear(talkative, 'for all', 8), all);
    assert.deepEqual(talkative.inbox.rest, []);
    assert.deepEqual(quiet.inbox.rest, []);
    await stop_all([talkative, quiet]);
});

test('a client that leaves in the middle of a call disturbs nobody', async () => {
    const [leaving, staying] = await connect_all(2, 'witness');
    const { promise: began, resolve: onprogress } = Promise.withResolvers();
    const call = call_text(leaving, 'hold', { label: 'left behind' }, { onprogress });
    call.catch(() => {}); // it ends with its client
    await within(5_000, 'the call to begin', began);
    await leaving.stop();
    assert.equal(await call_text(staying, 'echo', { label: 'not disturbed' }), 'not disturbed');
    await staying.stop();
});
