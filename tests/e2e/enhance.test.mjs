// Prompt enhancement: over HTTP, in MCP calls and in chats, with a model that is there, slow, broken or away.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { ModelStub } from './support/model_stub.mjs';
import { Exchange, json_in, LegacyClient, ModernClient } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

const kKeys = ['original', 'enhanced', 'model', 'cached', 'was_enhanced', 'error'];
const kBreakerKeys = [
    'state', 'failure_count', 'success_count', 'last_failure_time', 'last_success_time', 'total_failures',
    'total_successes', 'times_opened',
];

const kEnhancement = {
    default: { model: 'small', system_prompt: 'Be clear.', temperature: 0.5, max_tokens: 99 },
    clients: {
        'claude-code': { model: 'coder', system_prompt: 'Be exact.' },
        raycast: { enabled: false },
        hurried: { budget: '300ms' },
        agent: { enhance: ['legacy/echo', '*/steps'] },
        chatty: { chat: true },
    },
};

let stub, daemon;

/** A daemon whose model is the stub. */
async function start({ enhancement = {}, ollama = {}, servers = {}, ...config } = {}) {
    stub = await ModelStub.start();
    daemon = await Daemon.start({
        servers,
        config: {
            ollama: { url: stub.url, breaker_recovery: '60s', ...ollama },
            enhancement: { ...kEnhancement, ...enhancement },
            ...config,
        },
    });
}

async function stop() {
    await finish(daemon, stub);
    daemon = stub = undefined;
}

function post(route, body, headers = {}) {
    return fetch(daemon.url + route, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
    });
}

async function enhance(prompt, { client, family = 'ollama', ...rest } = {}) {
    const headers = client ? { 'X-Client-Name': client } : {};
    const response = await post(`/${family}/enhance`, { prompt, ...rest }, headers);
    assert.equal(response.status, 200);
    const result = await response.json();
    assert.deepEqual(Object.keys(result), kKeys);
    assert.equal(result.original, prompt);
    return result;
}

async function timed(work) {
    const began = performance.now();
    const result = await work();
    return [result, performance.now() - began];
}

describe('a prompt', kOnlyThroughHub, () => {
    before(() => start());
    after(stop);
    afterEach(() => (stub.answer = ({ model, prompt }) => `better by ${model}: ${prompt}`));

    test("is made better by the rule of its client's name, and an unknown client's by the default", async () => {
        const coded = await enhance('for a client', { client: 'claude-code' });
        assert.deepEqual(coded, {
            original: 'for a client', enhanced: 'better by coder: for a client', model: 'coder', cached: false,
            was_enhanced: true, error: null,
        });
        const { model, system, prompt, stream, options } = stub.generated.at(-1);
        assert.deepEqual(
            { model, system, prompt, stream, options },
            {
                model: 'coder', system: 'Be exact.', prompt: 'for a client', stream: false,
                options: { temperature: 0.5, num_predict: 99 },
            },
        );
        for (const client of ['somebody', undefined]) {
            assert.equal((await enhance('for anybody', { client })).model, 'small');
            assert.equal(stub.generated.at(-1).system, 'Be clear.');
        }
    });

    test('of a client whose rule is off comes back as it is', async () => {
        const before_it = stub.generated.length;
        assert.deepEqual(await enhance('leave me', { client: 'raycast' }), {
            original: 'leave me', enhanced: 'leave me', model: null, cached: false, was_enhanced: false,
            error: 'Enhancement disabled for client',
        });
        assert.equal(stub.generated.length, before_it);
    });

    test('is asked for once, is cached for its client alone, and anew when the cache is bypassed', async () => {
        const hits = () => stub.generated.filter(({ prompt }) => prompt === 'again').length;
        assert.equal((await enhance('again', { client: 'a' })).cached, false);
        assert.equal((await enhance('again', { client: 'a' })).cached, true);
        assert.equal(hits(), 1);
        stub.answer = () => 'fresh';
        assert.equal((await enhance('again', { client: 'a', bypass_cache: true })).enhanced, 'fresh');
        assert.equal(hits(), 2);
        const kept = await enhance('again', { client: 'a' });
        assert.deepEqual([kept.enhanced, kept.cached], ['fresh', true]);
        assert.equal((await enhance('again', { client: 'b' })).cached, false);
        assert.equal(hits(), 3);
    });

    test('has the same answer under /ollama and /llm, and so have the statistics', async () => {
        const one = await enhance('both', { family: 'ollama' });
        const other = await enhance('both', { family: 'llm' });
        assert.deepEqual(other, { ...one, cached: true });
        assert.deepEqual(await daemon.get('/llm/stats'), await daemon.get('/ollama/stats'));
    });

    test('that is asked for by fifty at once makes one request', async () => {
        stub.holds = true;
        const before_it = stub.generated.length;
        const asked = Array.from({ length: 50 }, () => enhance('crowd'));
        await stub.came(before_it + 1);
        // All have been read: the fifty-first request is answered after them.
        await daemon.get('/ollama/stats');
        stub.release();
        for (const { enhanced } of await Promise.all(asked)) assert.equal(enhanced, 'better by small: crowd');
        assert.equal(stub.generated.length, before_it + 1);
    });

    test('that nobody waits for any more is not made any further', async () => {
        stub.holds = true;
        const [before_it, closed] = [stub.generated.length, stub.given_up];
        const leaving = [new AbortController(), new AbortController()];
        const asked = leaving.map(({ signal }) =>
            fetch(`${daemon.url}/ollama/enhance`, { method: 'POST', body: '{"prompt":"left"}', signal }).catch(() => {}));
        await stub.came(before_it + 1);
        leaving[0].abort();
        await asked[0];
        await new Promise((resolve) => setTimeout(resolve, 200));
        assert.equal(stub.given_up, closed, 'the other one still waits');
        leaving[1].abort();
        await asked[1];
        await eventually(5_000, 'the request to the model to be closed', () => stub.given_up === closed + 1);
        stub.release();
    });

    test('that a body does not hold is refused with a list', async () => {
        for (const route of ['/ollama/enhance', '/llm/enhance']) {
            for (const [body, type, loc] of [
                ['{}', 'missing', ['body', 'prompt']],
                ['{"prompt":7}', 'string_type', ['body', 'prompt']],
                ['{"prompt":"p","bypass_cache":"maybe"}', 'bool_parsing', ['body', 'bypass_cache']],
                ['[]', 'model_attributes_type', ['body']],
                ['', 'missing', ['body']],
            ]) {
                const response = await post(route, body);
                assert.equal(response.status, 422, body);
                const { detail } = await response.json();
                assert.deepEqual(detail.map((fault) => [fault.type, fault.loc]), [[type, loc]], body);
                assert.deepEqual(Object.keys(detail[0]), ['type', 'loc', 'msg', 'input']);
            }
            const broken = await post(route, '{"prompt":');
            assert.equal(broken.status, 422);
            assert.equal((await broken.json()).detail[0].type, 'json_invalid');
        }
        assert.equal((await fetch(`${daemon.url}/ollama/enhance`)).status, 405);
    });

    test('leaves a row in the activity', async () => {
        await post('/ollama/enhance', { prompt: 'recorded' }, { 'X-Client-ID': 'recorder' });
        const [row] = await eventually(2_000, 'the row', async () => {
            const { entries } = await daemon.get('/audit/activity?client_id=recorder');
            return entries.length > 0 && entries;
        });
        assert.deepEqual([row.method, row.path, row.status], ['POST', '/ollama/enhance', 200]);
    });

    test('is not made better for a web page', async () => {
        const response = await post('/ollama/enhance', { prompt: 'p' }, { Origin: 'http://evil.example' });
        assert.equal(response.status, 403);
    });
});

describe('the cache of prompts', kOnlyThroughHub, () => {
    afterEach(stop);

    test('holds as many as its limit says, and tells exactly what it did', async () => {
        await start();
        for (let i = 0; i <= 500; ++i) await enhance(`prompt ${i}`);
        await enhance('prompt 500');
        const { cache, circuit_breaker, ollama_healthy, ...rest } = await daemon.get('/ollama/stats');
        assert.deepEqual(cache, { hits: 1, misses: 501, size: 500, max_size: 500, evictions: 1 });
        assert.deepEqual(Object.keys(circuit_breaker), kBreakerKeys);
        assert.deepEqual([circuit_breaker.state, ollama_healthy, rest], ['closed', true, {}]);
        const { services } = await daemon.get('/health');
        assert.deepEqual(services.cache, { status: 'up', hit_rate: 0.002, size: 500 });
    });

    test('forgets what is over', async () => {
        await start({ enhancement: { cache: { ttl: '1s' } } });
        await enhance('short');
        assert.equal((await enhance('short')).cached, true);
        await eventually(5_000, 'it to be forgotten', async () => (await daemon.get('/ollama/stats')).cache.size === 0);
        assert.equal((await enhance('short')).cached, false);
    });

    test('is emptied by a reset, which closes the circuit breaker too', async () => {
        await start({ ollama: { breaker_threshold: 1 } });
        await enhance('kept');
        stub.drops = 3;
        await enhance('dropped');
        const open = await daemon.get('/ollama/stats');
        assert.deepEqual([open.circuit_breaker.state, open.cache.size], ['open', 1]);
        for (const family of ['ollama', 'llm']) {
            const response = await post(`/${family}/reset`, '');
            assert.equal(response.status, 200);
            assert.deepEqual(Object.keys(await response.json()), ['message']);
            const { cache, circuit_breaker } = await daemon.get('/ollama/stats');
            assert.deepEqual([circuit_breaker.state, cache.size], ['closed', 0]);
        }
        assert.equal((await enhance('dropped')).was_enhanced, true);
    });

    test('outlives the daemon where it is to', async () => {
        await start({ enhancement: { cache: { persistent: true } } });
        await enhance('for ever');
        await daemon.restart();
        assert.equal((await enhance('for ever')).cached, true);
        assert.equal(stub.generated.length, 1);
    });

    test('knows what means the same where it is to', async () => {
        await start({ enhancement: { cache: { semantic: true } } });
        stub.meaning = (text) => (text.includes('cook') ? [0, 1, 0] : [1, text.length / 1000, 0]);
        await enhance('write a test');
        const like = await enhance('please write a test');
        assert.deepEqual([like.cached, like.enhanced], [true, 'better by small: write a test']);
        assert.equal((await enhance('cook')).cached, false);
        assert.equal(stub.embedded[0].model, 'nomic-embed-text');
        await daemon.restart();
        assert.equal((await enhance('write a test!')).cached, true);
        assert.equal(stub.generated.length, 2);
    });
});

describe('a model', kOnlyThroughHub, () => {
    afterEach(stop);

    test('that is away costs an error text, and soon nothing', async () => {
        await start();
        await stub.stop();
        for (let i = 0; i < 3; ++i) {
            const result = await enhance(`away ${i}`);
            assert.equal(result.enhanced, `away ${i}`);
            assert.equal(result.model, null);
            assert.ok(result.error.length > 0);
        }
        const [result, took] = await timed(() => enhance('away at last'));
        assert.equal(result.enhanced, 'away at last');
        assert.match(result.error, /again|seconds|open/i);
        assert.ok(took < 50, `${took} ms`);
        assert.equal((await daemon.get('/ollama/stats')).circuit_breaker.state, 'open');
        await stub.listen();
    });

    test('that drops two connections is asked three times', async () => {
        await start();
        stub.drops = 2;
        const result = await enhance('three');
        assert.deepEqual([result.was_enhanced, result.error], [true, null]);
        assert.equal(stub.generated.length, 3);
    });

    test('that is not installed is asked once, and the next one of the chain instead', async () => {
        await start({ enhancement: { fallback_chain: ['also-missing', 'there', null, 'never'] } });
        stub.missing = new Set(['small', 'also-missing']);
        const result = await enhance('chain');
        assert.deepEqual([result.model, result.error], ['there', null]);
        assert.deepEqual(stub.generated.map(({ model }) => model), ['small', 'also-missing', 'there']);
        stub.missing.add('there');
        const passed = await enhance('unchanged');
        assert.deepEqual([passed.enhanced, passed.model], ['unchanged', null]);
        assert.match(passed.error, /small.*also-missing.*there/);
        assert.equal(stub.generated.length, 6);
    });

    test("that hangs costs the rule's budget, and /health nothing", async () => {
        await start();
        stub.holds = true;
        const asked = timed(() => enhance('slow', { client: 'hurried' }));
        await stub.came(1);
        const [, health] = await timed(() => daemon.get('/health'));
        assert.ok(health < 250, `${health} ms`);
        const [result, took] = await asked;
        assert.equal(result.enhanced, 'slow');
        assert.match(result.error, /300 ms/);
        assert.ok(took >= 290 && took < 1_500, `${took} ms`);
        stub.release();
    });
});

describe('the prompt of a call', kOnlyThroughHub, () => {
    before(() => start({ servers: { legacy: peer('legacy'), modern: peer('modern') } }));
    after(stop);

    const kNote = 'agenthub/enhanced';
    let last = 0;

    async function connect({ era, server, many = false, headers = {}, ...options }) {
        const url = `${daemon.url}/mcp${many ? '' : `/${server}`}`;
        const client = era === 'legacy' ? await LegacyClient.open(url, { headers, ...options }) : new ModernClient(url, { headers, ...options });
        return { client, era, prefix: many ? `${server}__` : '', stop: () => client.stop?.() };
    }

    /** The reply to a call with `args`, the members of its arguments as they are, and the line that reached the server. */
    async function call(end, args, name = 'echo') {
        const label = `call ${++last}`;
        const shown = end.prefix + name;
        const text = `{"jsonrpc":"2.0","id":"${label}","method":"tools/call","params":{"name":"${shown}","arguments":{"label":"${label}",${args}}`;
        let exchange;
        if (end.era === 'legacy') exchange = await end.client.post(`${text}}}`);
        else {
            const headers = end.client.headers_of({ method: 'tools/call', params: { name: shown } });
            exchange = await Exchange.open(end.client.url, { headers, body: `${text},"_meta":${JSON.stringify(end.client.meta())}}}` });
        }
        const reply = await exchange.reply();
        assert.equal(reply.id, label);
        return { reply, lines: json_in(await end.client.call(`${end.prefix}seen`, { about: label })) };
    }

    for (const era of ['legacy', 'modern'])
        for (const server of ['legacy', 'modern'])
            for (const many of [false, true])
                test(`becomes better: ${era} client, ${server} server${many ? ', endpoint for all' : ''}`, async () => {
                    const end = await connect({ era, server, many, headers: { 'X-Enhance': '1' } });
                    const prompt = `${era} ${server} ${many} é`;
                    const { reply, lines } = await call(end, `"n":1.10, "text":"second","prompt":"${prompt}" ,"z":-0`);
                    assert.ok(lines[0].includes(`"n":1.10, "text":"second","prompt":"better by small: ${prompt}" ,"z":-0`), lines[0]);
                    assert.deepEqual(reply.result._meta[kNote], {
                        argument: 'prompt', was_enhanced: true, model: 'small', cached: false,
                        original_length: prompt.length, enhanced_length: prompt.length + 17, error: null,
                    });
                    await end.stop();
                });

    test('is left alone without a header and a rule', async () => {
        const end = await connect({ era: 'legacy', server: 'legacy' });
        const { reply, lines } = await call(end, '"prompt":"as it is"');
        assert.ok(lines[0].includes('"prompt":"as it is"'), lines[0]);
        assert.equal(reply.result._meta?.[kNote], undefined);
        await end.stop();
    });

    test("becomes better where the client's rule names the tool, unless a header says no", async () => {
        const agent = { 'X-Client-Name': 'agent' };
        for (const [many, server, name, headers, wanted] of [
            [false, 'legacy', 'echo', agent, true],
            [true, 'legacy', 'echo', agent, true],
            [false, 'modern', 'echo', agent, false],
            [true, 'modern', 'echo', agent, false],
            [false, 'modern', 'steps', agent, true],
            [false, 'legacy', 'echo', { ...agent, 'X-Enhance': 'off' }, false],
            [false, 'legacy', 'echo', { 'X-Client-Name': 'somebody' }, false],
        ]) {
            const end = await connect({ era: 'modern', server, many, headers });
            const { reply, lines } = await call(end, '"query":"by rule"', name);
            const what = JSON.stringify({ many, server, name, headers });
            assert.equal(lines[0].includes('"query":"better by small: by rule"'), wanted, what);
            assert.equal(reply.result._meta?.[kNote]?.was_enhanced, wanted || undefined, what);
        }
    });

    test('is the same one when the server asks its client in between', async () => {
        const requests = `"requests":{"k":{"method":"elicitation/create","params":{"mode":"form","message":"m","requestedSchema":{"type":"object","properties":{}}}}}`;
        const capabilities = { elicitation: {} };
        const headers = { 'X-Enhance': 'yes' };
        const accept = { action: 'accept', content: {} };

        // A legacy client of a modern server: the request is sent again, with the answers.
        const legacy = await connect({ era: 'legacy', server: 'modern', headers, capabilities, answer: () => accept });
        const { reply, lines } = await call(legacy, `"prompt":"asked",${requests}`, 'ask');
        assert.equal(lines.length, 2);
        for (const line of lines) assert.ok(line.includes('"prompt":"better by small: asked"'), line);
        assert.equal(reply.result._meta[kNote].was_enhanced, true);
        await legacy.stop();

        // A modern client of a legacy server: its call is kept, and found again by the words that it sent.
        const modern = await connect({ era: 'modern', server: 'legacy', headers, capabilities });
        const args = { label: 'kept', prompt: 'kept', requests: JSON.parse(`{${requests}}`).requests };
        const asked = await modern.client.call('ask', args);
        assert.equal(asked.reply.result.resultType, 'input_required', asked.text);
        const { inputRequests, requestState } = asked.reply.result;
        const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, accept]));
        const answered = await modern.client.call('ask', args, { params: { inputResponses, requestState } });
        assert.equal(json_in(answered).answers.k.action, 'accept');
        assert.equal(answered.reply.result._meta[kNote].was_enhanced, true);
        const [line] = json_in(await modern.client.call('seen', { about: '"kept"' }));
        assert.ok(line.includes('"prompt":"better by small: kept"'), line);
    });

    test('goes on as it is when no model answers, and the result says why', async () => {
        stub.missing.add('small');
        const end = await connect({ era: 'legacy', server: 'legacy', headers: { 'X-Enhance': 'true' } });
        const { reply, lines } = await call(end, '"message":"no model"');
        assert.ok(lines[0].includes('"message":"no model"'), lines[0]);
        const { was_enhanced, model, error } = reply.result._meta[kNote];
        assert.deepEqual([was_enhanced, model], [false, null]);
        assert.match(error, /small/);
        stub.missing.clear();
        await end.stop();
    });

    test('is not made better for a server that would refuse the call anyway', async () => {
        const end = await connect({ era: 'legacy', server: 'legacy', headers: { 'X-Enhance': '1' } });
        await call(end, '"prompt":"it runs"');
        await daemon.server_pid('legacy');
        assert.equal((await fetch(`${daemon.url}/servers/legacy/stop`, { method: 'POST' })).status, 200);
        stub.holds = true;
        const asked = stub.generated.length;
        const refused = await within(5_000, 'the refusal', end.client.call('echo', { label: 'x', prompt: 'in vain' }));
        assert.match(refused.reply.error.message, /stopped by an operator/);
        assert.equal(stub.generated.length, asked);
        stub.release();
        assert.equal((await fetch(`${daemon.url}/servers/legacy/start`, { method: 'POST' })).status, 200);
        const { lines } = await call(end, '"prompt":"again"');
        assert.ok(lines[0].includes('"prompt":"better by small: again"'), lines[0]);
        await end.stop();
    });

    test('that is being made better takes no place at its server, and can be cancelled', async () => {
        stub.holds = true;
        const [came, closed] = [stub.generated.length, stub.given_up];
        const end = await connect({ era: 'legacy', server: 'legacy', headers: { 'X-Enhance': '1' } });
        const waiting = end.client.post('{"jsonrpc":"2.0","id":"held","method":"tools/call","params":{"name":"echo","arguments":{"label":"held","prompt":"held"}}}');
        await stub.came(came + 1);
        assert.equal((await end.client.call('echo', { label: 'meanwhile' })).reply.result.content[0].text, 'meanwhile');
        await end.client.notify('notifications/cancelled', { requestId: 'held' });
        await within(5_000, 'the call to end', waiting);
        await eventually(5_000, 'the request to the model to be closed', () => stub.given_up === closed + 1);
        assert.deepEqual(json_in(await end.client.call('seen', { about: '"held"' })), []);
        stub.release();
        await end.stop();
    });
});

describe('the last message of a chat', kOnlyThroughHub, () => {
    const kPaths = ['/ollama/api/chat', '/v1/chat/completions'];
    let keys;
    afterEach(async () => {
        await stop();
        await keys?.remove();
        keys = undefined;
    });

    /** A chat whose last message says `text`, in a spelling that no printer would choose. */
    const chat = (text) =>
        String.raw`{ "model":"m", "n":1.50,"messages" : [{"role":"user","content":"\u0066irst"},{"role":"assistant","content":"ok"}` +
        String.raw`,{"content":"${text}" ,"role":"user"}],"stream":false,"x":null }`;

    test("is made better where the client's rule says so, and every other byte stays", async () => {
        await start();
        for (const [index, route] of kPaths.entries()) {
            const response = await post(route, chat(`say ${index} \\u00e9`), { 'X-Client-Name': 'chatty' });
            assert.equal(response.status, 200);
            assert.equal(stub.chats.at(-1), chat(`better by small: say ${index} é`));
            await post(route, chat(`say ${index}`), { 'X-Client-Name': 'somebody' });
            assert.equal(stub.chats.at(-1), chat(`say ${index}`));
        }
        await post('/ollama/api/chat?x=1', chat('with a query'), { 'X-Client-Name': 'chatty' });
        assert.equal(stub.chats.at(-1), chat('better by small: with a query'));
        assert.equal(stub.generated.length, 3);
    });

    test('is what it was when no model answers', async () => {
        await start();
        stub.missing.add('small');
        await post(kPaths[1], chat('unchanged'), { 'X-Client-Name': 'chatty' });
        assert.equal(stub.chats.at(-1), chat('unchanged'));
    });

    test('is made better by the rule of its API key, unless the key says no', async () => {
        keys = await temporary_folder();
        const file = path.join(keys.path, 'api-keys.json');
        const of = { yes: { client_name: 'chatty' }, no: { client_name: 'chatty', enhance: false }, other: { client_name: 'somebody' } };
        await writeFile(file, JSON.stringify({ keys: of }), { mode: 0o600 });
        await start({ api_keys_file: file });
        for (const [key, wanted] of [['yes', 'better by small: by key'], ['no', 'by key'], ['other', 'by key']]) {
            const response = await post(kPaths[1], chat('by key'), { Authorization: `Bearer ${key}`, 'X-Client-Name': 'chatty' });
            assert.equal(response.status, 200);
            assert.equal(stub.chats.at(-1), chat(wanted), key);
        }
    });
});
