// Tools, as the official SDK client sees them through AgentHub: the same as from the servers themselves.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { call_text, connect, connect_directly, text_of } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { everything, filesystem, memory, witness } from './support/servers.mjs';

let folder, daemon;

before(async () => {
    folder = await temporary_folder();
    daemon = await Daemon.start({
        servers: {
            everything: everything({ env: { AGENTHUB_E2E_GREETING: 'grüß dich' } }),
            filesystem: filesystem(folder.path),
            memory: memory(path.join(folder.path, 'memory.jsonl')),
            witness: witness(),
        },
    });
});
after(() => finish(daemon, folder));

describe('what a server says of itself arrives unchanged', () => {
    for (const name of ['everything', 'filesystem', 'memory', 'witness']) {
        test(name, kOnlyThroughHub, async () => {
            // A server that clients share is told that they can be asked, and offers the tools that ask.
            const capabilities_told = { sampling: {}, elicitation: { form: {}, url: {} } };
            const direct = await connect_directly(daemon, name, { capabilities: capabilities_told });
            const hub = await connect(daemon, name);
            assert.deepEqual(hub.getServerVersion(), direct.getServerVersion());
            assert.deepEqual(hub.getInstructions(), direct.getInstructions());
            // Tasks belong to one client, and this process serves many.
            const { tasks, ...capabilities } = direct.getServerCapabilities();
            assert.deepEqual(hub.getServerCapabilities(), capabilities);
            assert.deepEqual(await hub.listTools(), await direct.listTools());
            await hub.stop();
            await direct.stop();
        });
    }
});

describe('everything', () => {
    let client;
    before(async () => (client = await connect(daemon, 'everything')));
    after(() => finish(client));

    test('lists its tools with their schemas', async () => {
        const { tools } = await client.listTools();
        const echo = tools.find(({ name }) => name === 'echo');
        assert.equal(echo.inputSchema.properties.message.type, 'string');
        assert.deepEqual(echo.inputSchema.required, ['message']);
        assert.ok(tools.some(({ name }) => name === 'get-structured-content'));
    });

    test('answers a call', async () => {
        assert.equal(await call_text(client, 'echo', { message: 'hello' }), 'Echo: hello');
        assert.match(await call_text(client, 'get-sum', { a: -2, b: 0.5 }), / is -1\.5\.$/);
    });

    test('gets every character, whatever it is', async () => {
        const strange = 'ü 漢 🦊 \u0000 \u001f \u2028 \u2029 \ufeff " \\ / \r\n \t \u007f e\u0301 \ud800';
        assert.equal(await call_text(client, 'echo', { message: strange }), `Echo: ${strange}`);
    });

    test('gets and gives a megabyte', async () => {
        const long = 'agenthub '.repeat(120_000);
        assert.equal(await call_text(client, 'echo', { message: long }), `Echo: ${long}`);
    });

    test('gives structured content that fits its schema', async () => {
        await client.listTools(); // from here on the SDK checks results against the output schemas
        const result = await client.callTool({ name: 'get-structured-content', arguments: { location: 'Chicago' } });
        assert.deepEqual(result.structuredContent, { temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 });
        assert.deepEqual(JSON.parse(text_of(result)), result.structuredContent);
    });

    test('gives pictures, resource links and annotations', async () => {
        const picture = await client.callTool({ name: 'get-tiny-image', arguments: {} });
        const image = picture.content.find(({ type }) => type === 'image');
        assert.equal(Buffer.from(image.data, 'base64').subarray(1, 4).toString(), 'PNG');
        const links = await client.callTool({ name: 'get-resource-links', arguments: { count: 3 } });
        assert.equal(links.content.filter(({ type }) => type === 'resource_link').length, 3);
        const annotated = await client.callTool({ name: 'get-annotated-message', arguments: { messageType: 'error' } });
        assert.equal(annotated.content[0].annotations.priority, 1);
    });

    test('sees the environment that its entry configures', async () => {
        const environment = JSON.parse(await call_text(client, 'get-env'));
        assert.equal(environment.AGENTHUB_E2E_GREETING, 'grüß dich');
    });

    test('refuses wrong arguments and unknown tools with its own words', async () => {
        const wrong = await client.callTool({ name: 'get-sum', arguments: { a: 'one' } });
        assert.equal(wrong.isError, true);
        assert.match(text_of(wrong), /Invalid arguments for tool get-sum/);
        const unknown = await client.callTool({ name: 'no-such-tool', arguments: {} });
        assert.equal(unknown.isError, true);
        assert.match(text_of(unknown), /no-such-tool not found/);
    });

    test('refuses an unknown method with the JSON-RPC error of the protocol', async () => {
        const { z } = await import('zod');
        await assert.rejects(client.request({ method: 'no/such/method', params: {} }, z.any()), { code: -32601 });
    });

    test('answers a ping', async () => {
        assert.deepEqual(await client.ping(), {});
    });

    test('answers each of 64 calls at once with its own answer', async () => {
        const numbers = Array.from({ length: 64 }, (_, n) => n);
        const answers = await Promise.all(numbers.map((n) => call_text(client, 'echo', { message: `number ${n}` })));
        assert.deepEqual(answers, numbers.map((n) => `Echo: number ${n}`));
    });
});

describe('filesystem', () => {
    let client;
    before(async () => (client = await connect(daemon, 'filesystem')));
    after(() => finish(client));

    test('writes, edits, lists and reads files', async () => {
        const file = path.join(folder.path, 'note.txt');
        await call_text(client, 'write_file', { path: file, content: 'first\nsecond\n' });
        await call_text(client, 'edit_file', { path: file, edits: [{ oldText: 'second', newText: '2nd' }] });
        assert.equal(await readFile(file, 'utf8'), 'first\n2nd\n');
        assert.equal(await call_text(client, 'read_text_file', { path: file }), 'first\n2nd\n');
        assert.match(await call_text(client, 'list_directory', { path: folder.path }), /\[FILE\] note\.txt/);
    });

    test('reads a file of three megabytes', async () => {
        const file = path.join(folder.path, 'large.txt');
        const content = 'a line that is repeated\n'.repeat(130_000);
        await call_text(client, 'write_file', { path: file, content });
        assert.equal(await call_text(client, 'read_text_file', { path: file }), content);
    });

    test('refuses a path outside of its folder', async () => {
        const result = await client.callTool({ name: 'read_text_file', arguments: { path: '/etc/hostname' } });
        assert.equal(result.isError, true);
        assert.match(text_of(result), /outside allowed directories/);
    });
});

describe('memory', () => {
    let client;
    before(async () => (client = await connect(daemon, 'memory')));
    after(() => finish(client));

    test('remembers what it is told, finds it, and forgets it', async () => {
        const entity = { name: 'AgentHub', entityType: 'daemon', observations: ['runs servers'] };
        await client.callTool({ name: 'create_entities', arguments: { entities: [entity] } });
        const relation = { from: 'AgentHub', to: 'AgentHub', relationType: 'watches' };
        await client.callTool({ name: 'create_relations', arguments: { relations: [relation] } });

        const found = await client.callTool({ name: 'search_nodes', arguments: { query: 'runs' } });
        assert.deepEqual(found.structuredContent.entities, [entity]);
        assert.deepEqual(found.structuredContent.relations, [relation]);

        await client.callTool({ name: 'delete_entities', arguments: { entityNames: ['AgentHub'] } });
        const graph = await client.callTool({ name: 'read_graph', arguments: {} });
        assert.deepEqual(graph.structuredContent, { entities: [], relations: [] });
    });
});
