// All servers at one endpoint: a legacy and a modern one, one that dies and one that never starts, for clients of either
// era and for views of a part.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { Exchange, json_in, key, LegacyClient, ModernClient, text_in } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

const kEras = ['legacy', 'modern'];
const kAll = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const kOk = { action: 'accept', content: {} };
const kNote = 'io.agenthub/servers';
const kLists = {
    'tools/list': 'tools',
    'prompts/list': 'prompts',
    'resources/list': 'resources',
    'resources/templates/list': 'resourceTemplates',
};
const kSharedUri = 'shared://both';

const kServers = {
    old: peer('legacy', { name: 'old' }),
    new: peer('modern', { name: 'new' }),
    dying: peer('legacy', { name: 'dying' }),
    hung: peer('legacy', { name: 'hung', flags: ['--hang'], start_timeout: '2s', max_restarts: 0 }),
};
const kViews = {
    part: { servers: ['old'] },
    chosen: {
        tools: ['*__echo', 'new__*', '!*__hold'],
        rename: { old__echo: 'say' },
        describe: { say: 'Says it' },
    },
};

let daemon;
const opened = [];

before(async () => {
    if (kOnlyThroughHub.skip) return;
    daemon = await Daemon.start({ servers: kServers, config: { views: kViews, aggregate: { page_size: 10 } } });
});
after(() => finish(...opened, daemon));

/** A client of `era` with one face for both: send(), call(), and `listen` for what is announced. */
async function client_of(era, { path = '/mcp', of = daemon, ...options } = {}) {
    const url = of.url + path;
    if (era === 'modern') return new ModernClient(url, options);
    const client = await LegacyClient.open(url, options);
    opened.push(client);
    return client;
}

/** Where `era` hears of changes: an inbox. */
async function hearing(era, client, resourceSubscriptions = []) {
    if (era === 'legacy') {
        for (const uri of resourceSubscriptions) await client.send('resources/subscribe', { uri });
        return { inbox: client.stream.inbox, messages: client.stream.messages, close: () => {} };
    }
    const notifications = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions };
    const stream = await client.open('subscriptions/listen', { notifications });
    await stream.inbox.next('the acknowledgement');
    return stream;
}

async function all_of(client, method) {
    const entries = [];
    const pages = [];
    let cursor;
    do {
        const { reply } = await client.send(method, cursor === undefined ? {} : { cursor });
        assert.ok(reply.result, JSON.stringify(reply));
        pages.push(reply.result);
        entries.push(...reply.result[kLists[method]]);
        cursor = reply.result.nextCursor;
    } while (cursor !== undefined);
    return { entries, pages };
}
const names_of = async (client) => (await all_of(client, 'tools/list')).entries.map(({ name }) => name);

async function everything_met(client, count = 3) {
    await eventually(20_000, 'the servers to be met', async () => {
        const names = await names_of(client);
        return new Set(names.map((name) => name.split('__')[0])).size >= count;
    });
}

test('the first call reaches a server that nobody has met, while another hangs', kOnlyThroughHub, async () => {
    for (const era of kEras) {
        const fresh = await Daemon.start({ servers: kServers });
        const client = await client_of(era, { of: fresh });
        const began = performance.now();
        assert.equal(text_in(await client.call('new__echo', { label: 'first' })), 'first');
        assert.equal(text_in(await client.call('old__echo', { label: 'second' })), 'second');
        const { reply } = await client.call('nobody__echo', { label: 'third' });
        assert.equal(reply.error.code, -32602);
        assert.ok(performance.now() - began < 15_000, 'it waits for nobody longer than for its start');
        await client.stop?.();
        opened.splice(0);
        await fresh.stop();
    }
});

test('a call waits for the lists of a server that runs and has not yet said what it offers', kOnlyThroughHub, async () => {
    for (const era of kEras) {
        const fresh = await Daemon.start({ servers: { late: peer(era, { flags: ['--late-lists'] }) } });
        const alone = await client_of(era, { of: fresh, path: '/mcp/late' });
        assert.equal(text_in(await alone.call('echo', { label: 'it runs' })), 'it runs');
        const client = await client_of(era, { of: fresh });
        const call = client.call('late__echo', { label: 'it was known' });
        await fresh.get('/health'); // the call has come by now
        assert.equal(text_in(await alone.call('release', { label: 'lists' })), 'released');
        assert.equal(text_in(await call), 'it was known');
        await Promise.all([alone.stop?.(), client.stop?.()]);
        opened.splice(0);
        await fresh.stop();
    }
});

for (const era of kEras)
    describe(`for a client, ${era}`, kOnlyThroughHub, () => {
        let client;
        before(async () => {
            client = await client_of(era, { capabilities: kAll, answer: () => kOk });
            await everything_met(client);
        });

        test('one dead or slow server does not fail the lists, and _meta says which is missing', async () => {
            for (const [method, member] of Object.entries(kLists)) {
                const { pages } = await all_of(client, method);
                const note = pages[0]._meta?.[kNote];
                assert.deepEqual(Object.keys(note), ['hung'], JSON.stringify(note));
                assert.equal(note.hung.listed, 'not yet');
                assert.ok(Array.isArray(pages[0][member]));
            }
        });

        test('the names have their server in front, in an order that stays', async () => {
            const names = await names_of(client);
            for (const server of ['old', 'new', 'dying']) assert.ok(names.includes(`${server}__echo`), names.join());
            assert.ok(names.every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name)));
            assert.equal(new Set(names).size, names.length);
            assert.deepEqual(names.map((name) => name.split('__')[0]).filter((one, n, all) => one !== all[n - 1]), ['old', 'new', 'dying']);
            assert.deepEqual(await names_of(client), names);
        });

        test('lists come in pages; a cursor that is none: -32602', async () => {
            const { pages, entries } = await all_of(client, 'tools/list');
            assert.ok(entries.length > 20);
            assert.equal(pages.length, Math.ceil(entries.length / 10));
            for (const page of pages.slice(0, -1)) assert.equal(page.tools.length, 10);
            const foreign = pages[0].nextCursor;
            for (const [method, cursor] of [['tools/list', 'nonsense'], ['tools/list', ''], ['prompts/list', foreign], ['tools/list', 7]]) {
                const { status, reply } = await client.send(method, { cursor });
                assert.deepEqual([status, reply.error?.code], [200, -32602], `${method} ${cursor} ${JSON.stringify(reply)}`);
            }
        });

        test('what only the modern era has in results', async () => {
            const { reply } = await client.send('tools/list');
            const members = ['resultType', 'ttlMs', 'cacheScope'].filter((member) => member in reply.result);
            assert.deepEqual(members, era === 'modern' ? ['resultType', 'ttlMs', 'cacheScope'] : []);
            if (era === 'modern') {
                assert.ok(reply.result.ttlMs <= 5000, 'the least of all');
                assert.equal(reply.result.cacheScope, 'private');
            }
        });

        test('capabilities and instructions are those of all', async () => {
            const said = era === 'modern' ? (await client.send('server/discover')).reply.result : (await client_of('legacy')).initialized;
            for (const kind of ['tools', 'prompts', 'resources']) assert.equal(said.capabilities[kind].listChanged, true);
            assert.equal(said.capabilities.resources.subscribe, true);
            assert.ok(said.capabilities.logging && said.capabilities.completions);
            for (const name of ['old', 'new', 'dying']) assert.ok(said.instructions.includes(`# ${name}\n\nI am ${name}.`), said.instructions);
            if (era === 'legacy') await opened.pop().stop();
        });

        for (const server of ['old', 'new'])
            describe(`server ${server}`, () => {
                test('tools, and its headers', async () => {
                    assert.equal(text_in(await client.call(`${server}__echo`, { label: 'x' })), 'x');
                    const headers = { 'mcp-param-region': 'eu' };
                    const region = await client.call(`${server}__with_header`, { region: 'eu' }, { headers });
                    assert.equal(text_in(region), `${server} with_header eu`);
                    if (era === 'legacy') return;
                    const wrong = await client.call(`${server}__with_header`, { region: 'eu' }, { headers: { 'mcp-param-region': 'us' } });
                    assert.deepEqual([wrong.status, wrong.reply.error.code], [400, -32020]);
                    const own = await client.call(`${server}__echo`, {}, { headers: { 'mcp-name': 'echo' } });
                    assert.deepEqual([own.status, own.reply.error.code], [400, -32020], 'Mcp-Name is what the client sees');
                });

                test('prompts and completion', async () => {
                    const prompt = await client.send('prompts/get', { name: `${server}__greet`, arguments: { who: 'you' } });
                    assert.equal(prompt.reply.result.messages[0].content.text, `${server} greets you`);
                    for (const ref of [{ type: 'ref/prompt', name: `${server}__greet` }, { type: 'ref/resource', uri: `${server}://t/{id}` }]) {
                        const { reply } = await client.send('completion/complete', { ref, argument: { name: 'who', value: '' } });
                        assert.deepEqual(reply.result?.completion.values, [server], JSON.stringify(reply));
                    }
                });

                test('resources by uri and by template', async () => {
                    for (const uri of [`${server}://one`, `${server}://t/7`]) {
                        const { reply } = await client.send('resources/read', { uri });
                        assert.equal(reply.result.contents[0].text, `${server} has it`);
                    }
                    const gone = await client.send('resources/read', { uri: `${server}://t/missing` });
                    assert.equal(gone.reply.error.code, era === 'modern' ? -32602 : -32002);
                });

                test('progress, log messages and questions', async () => {
                    const meta = { progressToken: 'p', ...(era === 'modern' && { [key('logLevel')]: 'debug' }) };
                    const stepped = await client.call(`${server}__steps`, { label: 's', count: 2 }, { meta, params: { _meta: meta } });
                    assert.deepEqual(stepped.before.map(({ params }) => params.progress), [1, 2]);
                    const logged = await client.call(`${server}__log`, { level: 'error', data: 'd' }, { meta });
                    assert.equal(logged.before[0].params.data, 'd');
                    const elicit = { method: 'elicitation/create', params: { message: 'm', requestedSchema: { type: 'object', properties: {} } } };
                    const args = { label: 'q', requests: { a: elicit } };
                    let asked = await client.call(`${server}__ask`, args);
                    if (era === 'modern') {
                        const { inputRequests, requestState } = asked.reply.result;
                        const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((one) => [one, kOk]));
                        asked = await client.call(`${server}__ask`, args, { params: { requestState, inputResponses } });
                    }
                    assert.deepEqual(json_in(asked).answers, { a: kOk });
                });
            });

        test('a uri that two have is the first one’s; one that nobody has is not found', async () => {
            const { reply } = await client.send('resources/read', { uri: kSharedUri });
            assert.equal(reply.result.contents[0].text, 'old has it');
            const { entries } = await all_of(client, 'resources/list');
            assert.equal(entries.filter(({ uri }) => uri === kSharedUri).length, 1);
            const nobody = await client.send('resources/read', { uri: 'nobody://x' });
            assert.deepEqual([nobody.status, nobody.reply.error.code], [200, era === 'modern' ? -32602 : -32002]);
            assert.deepEqual(nobody.reply.error.data, { uri: 'nobody://x' });
        });

        test('an unknown tool or prompt: -32602; an unknown method: -32601', async () => {
            assert.equal((await client.call('old__nothing')).reply.error?.code ?? 'a result', -32602);
            assert.equal((await client.send('prompts/get', { name: 'old__nothing' })).reply.error.code, -32602);
            const nonsense = await client.send('nonsense/ask');
            assert.deepEqual([nonsense.status, nonsense.reply.error.code], [era === 'modern' ? 404 : 200, -32601]);
        });

        test('hears changes of lists, many at a time once', async () => {
            const stream = await hearing(era, client);
            const before = stream.messages.length;
            const method = 'notifications/prompts/list_changed';
            const kTools = 'notifications/tools/list_changed';
            const name = `more_${era}`;
            await Promise.all([client.call('old__add_tool', { name }), client.call('new__add_tool', { name })]);
            await eventually(10_000, 'the new tools to be listed', async () => {
                const names = await names_of(client);
                return names.includes(`old__${name}`) && names.includes(`new__${name}`);
            });
            await stream.inbox.next('the change', (message) => message.method === kTools);
            assert.equal(text_in(await client.call(`new__${name}`)), `new ${name} undefined`);
            const heard = stream.messages.slice(before).filter((message) => message.method === kTools);
            assert.ok(heard.length <= 2, `${heard.length} times for two servers`);
            assert.ok(!stream.messages.slice(before).some((message) => message.method === method), 'prompts have not changed');
            await stream.close();
        });

        test('hears updates of the resources it has subscribed to, of either server', async () => {
            const uris = ['old://one', 'new://t/sub'];
            const stream = await hearing(era, client, uris);
            for (const uri of [...uris, 'old://two']) {
                const server = uri.split(':')[0];
                const params = { uri };
                await eventually(10_000, `${uri} to be subscribed`, async () => {
                    if (uri === 'old://two') return true;
                    const state = json_in(await client.call(`${server}__state`));
                    return JSON.stringify([state.subscribed, state.listens]).includes(uri);
                });
                await client.call(`${server}__announce`, { method: 'notifications/resources/updated', params });
            }
            for (const uri of uris)
                await stream.inbox.next(`the update of ${uri}`, ({ params }) => params?.uri === uri);
            assert.equal(stream.inbox.rest.filter(({ params }) => params?.uri === 'old://two').length, 0);
            if (era === 'legacy') for (const uri of uris) await client.send('resources/unsubscribe', { uri });
            await stream.close();
        });

        test('a server that dies fails its calls alone, stays listed, and comes back', async () => {
            const names = await names_of(client);
            const failed = await client.call('dying__exit');
            assert.ok(failed.reply.error, JSON.stringify(failed.reply));
            assert.equal(text_in(await client.call('old__echo', { label: 'alive' })), 'alive');
            assert.deepEqual(await names_of(client), names);
            assert.equal(text_in(await client.call('dying__echo', { label: 'back' })), 'back');
        });

        test('views: by servers, by patterns, with other names', async () => {
            const part = await client_of(era, { path: '/mcp/view/part' });
            assert.ok((await names_of(part)).every((name) => name.startsWith('old__')));
            assert.equal(text_in(await part.call('old__echo', { label: 'part' })), 'part');
            assert.equal((await part.call('new__echo', { label: 'x' })).reply.error.code, -32602);
            assert.ok((await part.send('resources/read', { uri: 'new://one' })).reply.error);

            const chosen = await client_of(era, { path: '/mcp/view/chosen' });
            const { entries } = await all_of(chosen, 'tools/list');
            const names = entries.map(({ name }) => name);
            assert.ok(names.includes('say') && names.includes('dying__echo') && names.includes('new__steps'), names.join());
            for (const hidden of ['old__echo', 'new__hold', 'old__steps']) assert.ok(!names.includes(hidden), hidden);
            assert.equal(entries.find(({ name }) => name === 'say').description, 'Says it');
            assert.equal(text_in(await chosen.call('say', { label: 'renamed' })), 'renamed');
            for (const hidden of ['old__echo', 'new__hold'])
                assert.equal((await chosen.call(hidden, { label: 'x' })).reply.error?.code, -32602, hidden);
            for (const view of era === 'legacy' ? [part, chosen] : []) await view.stop();
            const missing = await new ModernClient(`${daemon.url}/mcp/view/nothing`).send('tools/list');
            assert.equal(missing.status, 404);
        });
    });

test('tasks of a modern server are followed by ids that lead back to it', kOnlyThroughHub, async () => {
    const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const client = await client_of('modern', { capabilities });
    await everything_met(client);
    const { reply } = await client.call('new__task');
    assert.equal(reply.result.resultType, 'task');
    assert.notEqual(reply.result.taskId, 'task-1');
    const { taskId } = reply.result;
    const followed = await client.send('tasks/get', { taskId });
    assert.equal(followed.reply.result.status, 'completed', JSON.stringify(followed.reply));
    assert.equal(followed.reply.result.taskId, taskId);
    assert.ok((await client.send('server/discover')).reply.result.capabilities.extensions['io.modelcontextprotocol/tasks']);
    const listen = await client.open('subscriptions/listen', { notifications: { taskIds: [taskId, 'task-1'] } }, { id: 'tasks' });
    assert.deepEqual((await listen.inbox.next('the acknowledgement')).params.notifications, { taskIds: [taskId] });
    await eventually(5_000, 'the server to know of it', async () => {
        return json_in(await client.call('new__state')).listens.some(({ wanted }) => wanted.taskIds?.includes('task-1'));
    });
    await client.call('new__announce', { method: 'notifications/tasks', params: { taskId: 'task-1', status: 'completed' } });
    const heard = await listen.inbox.next('what became of it');
    assert.deepEqual([heard.method, heard.params.taskId, heard.params.status], ['notifications/tasks', taskId, 'completed']);
    await listen.close();
    const [line] = json_in(await client.call('new__seen', { about: 'tasks/get' }));
    assert.equal(JSON.parse(line).params.taskId, 'task-1');
    assert.ok((await client.send('tasks/cancel', { taskId })).reply.result);
    const nobody = await client.send('tasks/get', { taskId: 'task-1' });
    assert.deepEqual([nobody.status, nobody.reply.error.code], [200, -32602]);
});

test('HTTP+SSE at /sse', kOnlyThroughHub, async () => {
    const client = new Client({ name: 'agenthub-e2e-sse', version: '1.0.0' });
    await client.connect(new SSEClientTransport(new URL(`${daemon.url}/sse`)));
    const { tools } = await client.listTools();
    assert.equal(tools.length, 10);
    for (const server of ['old', 'new']) {
        const { content } = await client.callTool({ name: `${server}__echo`, arguments: { label: 'over sse' } });
        assert.equal(content[0].text, 'over sse');
    }
    await client.close();
});

test('a reload that adds and removes servers is announced to both eras, and holds', kOnlyThroughHub, async () => {
    const { old, new: modern } = kServers;
    const changing = await Daemon.start({ servers: { old, modern } });
    const clients = await Promise.all(kEras.map((era) => client_of(era, { of: changing })));
    for (const client of clients) await everything_met(client, 2);
    const streams = await Promise.all(kEras.map((era, n) => hearing(era, clients[n])));
    const kTools = 'notifications/tools/list_changed';

    await changing.reload({ servers: { old, modern, third: peer('legacy', { name: 'third' }) } });
    for (const [n, client] of clients.entries()) {
        await streams[n].inbox.next('the news of the third', ({ method }) => method === kTools);
        await eventually(10_000, 'its tools', async () => (await names_of(client)).includes('third__echo'));
        assert.equal(text_in(await client.call('third__echo', { label: 'third' })), 'third');
    }
    const counts = streams.map(({ messages }) => messages.length);
    await changing.reload({ servers: { modern } });
    for (const [n, client] of clients.entries()) {
        await eventually(10_000, 'the news of who left', () => streams[n].messages.slice(counts[n]).some(({ method }) => method === kTools));
        const names = await names_of(client);
        assert.ok(names.length > 0 && names.every((name) => name.startsWith('modern__')), names.join());
        assert.equal((await client.call('old__echo', { label: 'x' })).reply.error.code, -32602);
    }
    for (const stream of streams) await stream.close();
    await clients[0].stop();
    opened.splice(opened.indexOf(clients[0]), 1);
    await changing.stop();
});

test('a reload that changes views and switches the aggregate off is carried out', kOnlyThroughHub, async () => {
    const servers = { old: kServers.old };
    const own = await Daemon.start({ servers, config: { views: { gone: { servers: ['old'] } } } });
    const at = (where) => new ModernClient(own.url + where);
    const call = (where) => at(where).call('old__echo', { label: 'x' });
    await everything_met(at('/mcp'), 1);
    assert.equal(text_in(await call('/mcp/view/gone')), 'x');
    assert.equal((await call('/mcp/view/new')).status, 404);

    const few = { servers: ['old'], tools: ['*__echo'] };
    await own.reload({ config: { views: { new: few }, aggregate: { enabled: false } } });
    assert.deepEqual(await names_of(at('/mcp/view/new')), ['old__echo']);
    assert.equal(text_in(await call('/mcp/view/new')), 'x');
    for (const where of ['/mcp/view/gone', '/mcp']) assert.equal((await call(where)).status, 404, where);

    await own.reload({ config: { views: { new: { ...few, tools: ['*__raw'] } } } });
    assert.deepEqual(await names_of(at('/mcp/view/new')), ['old__raw'], 'what was hidden is hidden at once');
    assert.equal((await call('/mcp/view/new')).reply.error.code, -32602);
    assert.equal(text_in(await call('/mcp')), 'x');
    await own.stop();
});

test('entries that are left out are named in the log, but not without end', kOnlyThroughHub, async () => {
    const own = await Daemon.start({ servers: { old: kServers.old } });
    const client = await client_of('modern', { of: own });
    await everything_met(client, 1);
    const twice = (count) => Array.from({ length: 2 * count }, (_, n) => `twin_${n >> 1}`);
    const lines = () => own.log.split('\n').filter((line) => line.includes('aggregate: '));
    await client.call('old__add_tool', { names: twice(200) });
    await eventually(10_000, 'two hundred to be named', async () => (await names_of(client)) && lines().length >= 200);
    assert.equal(lines().length, 201, 'and that it is enough');
    assert.match(lines()[200], /200 entries were left out so far/);
    await client.call('old__add_tool', { names: ['one_more', 'one_more', 'single'] });
    await eventually(10_000, 'the new list', async () => (await names_of(client)).includes('old__single'));
    assert.equal(lines().length, 201);
    await own.stop();
});

test('open streams do not keep the daemon from ending', kOnlyThroughHub, async () => {
    const views = { part: { servers: ['old'] } };
    const own = await Daemon.start({ servers: { old: kServers.old }, config: { views, limits: { drain_timeout: '90s' } } });
    for (const where of ['/mcp', '/mcp/hub', '/mcp/old', '/mcp/view/part']) {
        await LegacyClient.open(own.url + where);
    }
    await within(20_000, 'the daemon to end', own.stop());
});

test('names by themselves where they are only one server’s', kOnlyThroughHub, async () => {
    const servers = { old: kServers.old, bare: peer('modern', { name: 'bare', flags: ['--bare'] }) };
    const own = await Daemon.start({ servers, config: { aggregate: { prefix: 'on_collision' } } });
    const client = await client_of('modern', { of: own });
    await everything_met(client, 2);
    await client.call('old__add_tool', { name: 'alone' });
    await eventually(10_000, 'its own name', async () => (await names_of(client)).includes('alone'));
    assert.equal(text_in(await client.call('alone')), 'old alone undefined');
    assert.equal(text_in(await client.call('old__alone')), 'old alone undefined', 'the full name can always be called');
    assert.ok((await client.call('echo', { label: 'whose?' })).reply.error, 'nobody guesses');
    await own.stop();
});
