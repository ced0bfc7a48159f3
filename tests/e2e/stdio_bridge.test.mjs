// `agenthub stdio` between a client that writes lines and the real daemon: what travels, byte for byte.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { peer } from './support/servers.mjs';
import { StdioLines } from './support/stdio_lines.mjs';
import { eventually } from './support/wait.mjs';

const kMeta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
};
let daemon;

before(async () => {
    if (kOnlyThroughHub.skip) return;
    const views = { small: { servers: ['old'] } };
    daemon = await Daemon.start({ servers: { old: peer('legacy', { name: 'old' }), new: peer('modern', { name: 'new' }) }, config: { views } });
});
after(() => finish(daemon));

describe('agenthub stdio', kOnlyThroughHub, () => {
    let client;
    const start = (...args) => (client = StdioLines.start([...args, '--url', daemon.url]));
    afterEach(() => client?.stop());

    for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])
        test(`a client of ${version} is answered in it`, async () => {
            const { result } = await start('old').initialize({ version });
            assert.equal(result.protocolVersion, version);
            assert.equal((await client.call(1, 'echo', { label: 'x' })).result.content[0].text, 'x');
            assert.deepEqual(await client.end(), { code: 0, signal: null });
        });

    test('a client of 2026-07-28 needs no session', async () => {
        start('new');
        const { result } = await client.ask(1, 'server/discover', { _meta: kMeta });
        assert.ok(result.supportedVersions.includes('2026-07-28'));
        assert.equal((await client.call(2, 'echo', { label: 'y' }, kMeta)).result.content[0].text, 'y');
        const { sessions } = await daemon.get('/health');
        assert.equal(sessions, 0);
        assert.equal((await client.call(3, 'with_header', { region: 'eu', level: 3 }, kMeta)).result.content[0].text, 'new with_header eu');
    });

    test('bytes pass as they are, in both directions', async () => {
        await start('old').initialize();
        const written = '{"content":[],"n":1.50e+01,"u":"\\u00e9\\/","dup":1,"dup":2, "big":123456789012345678901234567890}';
        const request = JSON.stringify({ name: 'raw', arguments: { result: written } }).replace('{', '{"x":1.0E5, ');
        client.send(`{"jsonrpc":"2.0","id":"a\\u0062","method":"tools/call","params":${request}}`);
        await eventually(10_000, 'the reply', () => client.lines.length >= 2);
        assert.equal(client.lines.at(-1), `{"jsonrpc":"2.0","id":"a\\u0062","result":${written}}`);
        const { result } = await client.call(9, 'seen', { about: '1.0E5' });
        assert.equal(JSON.parse(result.content[0].text).length, 1);
    });

    test('a result of 1 MiB arrives whole, and many calls at once find their answers', async () => {
        await start('old').initialize();
        const text = 'x'.repeat(1024 * 1024);
        const whole = client.call('big', 'echo', { label: text });
        const labels = Array.from({ length: 100 }, (_, n) => `call ${n}`);
        const answers = await Promise.all(labels.map((label) => client.call(label, 'echo', { label })));
        assert.deepEqual(answers.map(({ result }) => result.content[0].text), labels);
        assert.equal((await whole).result.content[0].text, text);
    });

    test('all servers, and a view of them', async () => {
        await start().initialize();
        const { result: all } = await client.ask(1, 'tools/list');
        assert.ok(all.tools.some(({ name }) => name.includes('old')) && all.tools.some(({ name }) => name.includes('new')));
        await client.end();
        await start('--view', 'small').initialize();
        const { result: few } = await client.ask(1, 'tools/list');
        assert.ok(few.tools.length > 0 && few.tools.length < all.tools.length);
    });

    test('a server that is not there is refused with the daemon\'s own words', async () => {
        const { error } = await start('missing').initialize();
        assert.match(error.message, /no server named 'missing'/);
    });

    test('its session ends with it, whatever ends it', async () => {
        await start('old').initialize();
        assert.equal((await daemon.get('/health')).sessions, 1);
        await client.end();
        await eventually(5_000, 'the session to be gone', async () => (await daemon.get('/health')).sessions === 0);
    });

    test('input that has ended already is an end, not a failure', async () => {
        assert.deepEqual(await start('old').end(), { code: 0, signal: null });
        assert.deepEqual(client.lines, []);
    });
});
