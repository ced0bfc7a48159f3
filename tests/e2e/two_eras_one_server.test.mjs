// Clients of both eras with equal ids and equal progress tokens on one server: thousands of calls at a time, of which each
// gets its own answer, its own progress, its own log messages and its own questions, and never another's. Everything
// carries the mark of the client that it belongs to.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { json_in, LegacyClient, ModernClient, text_in } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

const kCapabilities = { elicitation: {}, sampling: {} };
const kWorkers = 3; // of each client at a time
// 10,000 in all.
const kRuns = [
    { server: 'legacy', era: 'legacy', isolation: 'shared', calls: 3000 },
    { server: 'modern', era: 'modern', isolation: 'shared', calls: 3000 },
    { server: 'auto', era: 'legacy', isolation: 'auto', calls: 2000 },
    { server: 'session', era: 'legacy', isolation: 'session', calls: 1000 },
];
const kServers = kRuns.map(({ server }) => server);

let folder;
let daemon;

before(async () => {
    if (kOnlyThroughHub.skip) return;
    folder = await temporary_folder();
    const entry = ({ server, era, isolation }) => [
        server,
        peer(era, { name: server, isolation, max_instances: 64, flags: ['--ends', path.join(folder.path, server)] }),
    ];
    daemon = await Daemon.start({ servers: Object.fromEntries(kRuns.map(entry)) });
});
after(() => finish(daemon, folder));

const marks_in = (thing) => new Set(JSON.stringify(thing).match(/<[^<>]+>/g));

/** One client of either era behind one face; `strays` are the messages that belong to another. */
class Marked {
    strays = [];
    questions = 0;
    refused = 0;
    cancelled = [];
    begun = 0;
    turn = 0;
    heard = 0;

    /** `prefixes`: what stands before the names of tools, in turn. */
    static async connect(url, era, number, prefixes = ['']) {
        const self = new Marked();
        self.prefixes = prefixes;
        self.mark = `<${era} ${number}>`;
        self.era = era;
        const options = { capabilities: kCapabilities, name: `client ${number}` };
        if (era === 'modern') self.client = new ModernClient(url, { ...options, level: 'debug' });
        else self.client = await LegacyClient.open(url, { ...options, answer: (question) => self.answer(question) });
        if (era === 'legacy') await self.client.send('logging/setLevel', { level: 'debug' });
        return self;
    }

    prefix() {
        return this.prefixes[this.turn++ % this.prefixes.length];
    }

    look_at(messages) {
        for (const message of messages)
            for (const mark of marks_in(message)) if (mark !== this.mark) this.strays.push(message);
    }

    answer(question) {
        ++this.questions;
        this.look_at([question]);
        return { action: 'accept', content: { by: this.mark, to: question.params.message } };
    }

    /** A call with token `progressToken`, which others use at the same time. */
    async call(name, args, { progressToken, more = {}, prefix = this.prefix() } = {}) {
        const meta = progressToken === undefined ? {} : { progressToken };
        const params = this.era === 'legacy' ? { ...more, _meta: meta } : more;
        const sent = await this.client.call(prefix + name, args, { params, meta });
        this.look_at([...sent.before, sent.reply]);
        return sent;
    }

    async echo(label) {
        assert.equal(text_in(await this.call('echo', { label })), label);
    }

    async steps(label) {
        const progressToken = 1;
        const sent = await this.call('steps', { label, count: 3 }, { progressToken });
        assert.equal(text_in(sent), label);
        const steps = sent.before.filter(({ method }) => method === 'notifications/progress');
        assert.deepEqual(steps.map(({ params }) => [params.progressToken, params.progress, params.message]), [1, 2, 3].map((n) => [1, n, label]));
    }

    async log(label) {
        const sent = await this.call('log', { level: 'debug', data: label });
        assert.equal(text_in(sent), 'logged');
        const logged = sent.before.filter(({ method }) => method === 'notifications/message');
        // Calls of one session may hear each other's; a modern request is alone.
        if (this.era === 'modern') assert.ok(logged.length <= 1);
        this.heard += logged.length;
    }

    /** A question in the midst of it: the answer has to be this client's, or a refusal where nobody can be asked. */
    async ask(label) {
        const request = { method: 'elicitation/create', params: { message: label, requestedSchema: { type: 'object', properties: {} } } };
        const args = { label, requests: { q: request } };
        const prefix = this.prefix();
        let sent = await this.call('ask', args, { prefix });
        while (sent.reply.result?.resultType === 'input_required') {
            const { inputRequests, requestState } = sent.reply.result;
            const inputResponses = Object.fromEntries(Object.entries(inputRequests).map(([key, question]) => [key, this.answer(question)]));
            sent = await this.call('ask', args, { prefix, more: { inputResponses, requestState } });
        }
        const { answers } = json_in(sent);
        const [answer] = Object.values(answers);
        if (answer.error) ++this.refused;
        else assert.deepEqual(answer.content, { by: this.mark, to: label });
    }

    /** Begins a call of `tool` and cancels it, each era in its way. */
    async cancel(label, tool = 'hold') {
        const id = `to cancel ${++this.begun}`;
        const params = { name: this.prefix() + tool, arguments: { label }, _meta: { progressToken: id } };
        const call = this.era === 'legacy' ? await this.client.open_call('tools/call', params, { id }) : await this.client.open('tools/call', params, { id, meta: params._meta });
        const first = await call.inbox.next('its progress', ({ method }) => method === 'notifications/progress');
        assert.equal(first.params.progressToken, id);
        this.cancelled.push(label);
        if (this.era === 'legacy') await this.client.notify('notifications/cancelled', { requestId: id });
        else await call.close();
        if (this.era === 'legacy') await call.ended();
        this.look_at(call.messages);
        assert.equal(call.messages.filter(({ method }) => method === undefined).length, 0, 'an answer to a cancelled call');
    }

    /** Everything, mixed, one after the other; `random` decides. */
    async work(worker, count, random) {
        for (let n = 0; n < count; ++n) {
            const label = `${this.mark} ${worker}/${n}`;
            const dice = random();
            if (dice < 0.4) await this.echo(label);
            else if (dice < 0.65) await this.steps(label);
            else if (dice < 0.8) await this.log(label);
            else if (dice < 0.95) await this.ask(label);
            else await this.cancel(label);
        }
    }
}

// Mulberry32: the same mixture at each run.
function random_from(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

/** The calls that these clients have cancelled, and of theirs no others, are cancelled at the servers. */
async function assert_cancelled(clients, servers) {
    const expected = clients.flatMap(({ cancelled }) => cancelled).sort();
    const arrived = async () => {
        const files = servers.map((server) => readFile(path.join(folder.path, server), 'utf8').catch(() => ''));
        const lines = (await Promise.all(files)).join('').split('\n');
        const list = lines.filter((line) => clients.some(({ mark }) => line.startsWith(mark))).sort();
        return list.length >= expected.length && list;
    };
    assert.deepEqual(await eventually(20_000, 'all cancellations to arrive', arrived), expected);
}

describe('two clients of each era on one server', kOnlyThroughHub, () => {
    for (const { server, isolation, era, calls } of kRuns)
        test(`${calls} mixed calls, server ${era}, isolation ${isolation}`, async () => {
            const url = `${daemon.url}/mcp/${server}`;
            const clients = [];
            for (const number of [1, 2])
                for (const of_era of ['legacy', 'modern']) clients.push(await Marked.connect(url, of_era, number));
            // A server that asks is known as one from then on.
            if (isolation === 'auto') await clients[0].ask(`${clients[0].mark} first`);

            const each = Math.ceil(calls / clients.length / kWorkers);
            const work = clients.flatMap((client, n) =>
                Array.from({ length: kWorkers }, (_, worker) => client.work(worker, each, random_from(100 * n + worker))),
            );
            await within(110_000, 'all calls', Promise.all(work));

            for (const client of clients) {
                if (client.era === 'legacy') client.look_at(client.client.stream.messages);
                assert.deepEqual(client.strays, [], `${client.mark} got what is another's`);
                assert.ok(client.cancelled.length > 0);
                const can_be_asked = isolation !== 'shared' || era === 'modern';
                if (can_be_asked) assert.equal(client.refused, 0);
                if (can_be_asked) assert.ok(client.questions > 0);
            }
            await assert_cancelled(clients, [server]);
            for (const { client } of clients) await client.stop?.();
        });

    test('1000 mixed calls at the endpoint for all servers', async () => {
        const prefixes = kServers.map((server) => `${server}__`);
        const clients = [];
        for (const number of ['all 1', 'all 2'])
            for (const era of ['legacy', 'modern']) clients.push(await Marked.connect(`${daemon.url}/mcp`, era, number, prefixes));
        const each = Math.ceil(1000 / clients.length / kWorkers);
        const work = clients.flatMap((client, n) =>
            Array.from({ length: kWorkers }, (_, worker) => client.work(worker, each, random_from(1000 * n + worker))),
        );
        await within(60_000, 'all calls', Promise.all(work));
        for (const client of clients) {
            if (client.era === 'legacy') client.look_at(client.client.stream.messages);
            assert.deepEqual(client.strays, [], `${client.mark} got what is another's`);
            assert.ok(client.questions > 0);
        }
        await assert_cancelled(clients, kServers);
        for (const { client } of clients) await client.stop?.();
    });
});

describe('a server that goes on with a call that was cancelled', kOnlyThroughHub, () => {
    const kPairs = ['legacy', 'modern'].flatMap((left) => ['legacy', 'modern'].map((other) => [left, other]));
    for (const [left, other] of kPairs)
        test(`does not reach another: cancelled by ${left}, the other is ${other}`, async () => {
            const url = `${daemon.url}/mcp/legacy`;
            const leaving = await Marked.connect(url, left, `leaving ${left} ${other}`);
            const staying = await Marked.connect(url, other, `staying ${left} ${other}`);
            const label = `${leaving.mark} nags`;
            await leaving.cancel(label, 'nag');
            const ends = path.join(folder.path, 'legacy');
            await eventually(10_000, 'the cancellation to arrive', async () => (await readFile(ends, 'utf8')).includes(label));
            await staying.echo(`${staying.mark} stays`);
            await staying.echo(`${staying.mark} still`);
            if (other === 'legacy') staying.look_at(staying.client.stream.messages);
            assert.deepEqual(staying.strays, []);
            const lines = json_in(await staying.call('seen', { about: '"error"' }));
            assert.ok(lines.length > 0, 'the question is refused');
            for (const { client } of [leaving, staying]) await client.stop?.();
        });
});

test('a process that is kept for who may come back keeps nobody out', kOnlyThroughHub, async () => {
    const servers = { few: peer('legacy', { isolation: 'session', max_instances: 2, queue_timeout: '10s' }) };
    const small = await Daemon.start({ servers });
    try {
        for (const name of ['a', 'b', 'c', 'd', 'e']) {
            const client = new ModernClient(`${small.url}/mcp/few`, { name });
            assert.equal(text_in(await client.call('echo', { label: name })), name);
        }
        // Nor when those that are in its way become free later.
        const busy = await Promise.all(['a', 'b'].map(async (name) => {
            const client = new ModernClient(`${small.url}/mcp/few`, { name });
            const call = await client.open('tools/call', { name: 'hold', arguments: { label: name } }, { meta: { progressToken: 1 } });
            await call.inbox.next('its progress');
            return call;
        }));
        const waiting = new ModernClient(`${small.url}/mcp/few`, { name: 'waiting' }).call('echo', { label: 'at last' });
        await busy[0].close();
        assert.equal(text_in(await waiting), 'at last');
        await busy[1].close();
    } finally {
        await small.stop();
    }
});
