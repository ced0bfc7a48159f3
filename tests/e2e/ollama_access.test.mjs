// Who may use the models and as whom: API keys, origins, what is recorded and told.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { activity, daemon_before, kModel, openai_client, post } from './support/models.mjs';
import { OllamaStub } from './support/ollama_stub.mjs';

const kChat = { model: kModel, messages: [{ role: 'user', content: 'x' }] };

describe('API keys', kOnlyThroughHub, () => {
    let folder, stub, daemon;
    before(async () => {
        folder = await temporary_folder();
        const file = path.join(folder.path, 'api-keys.json');
        const digest = createHash('sha256').update('second-token').digest('hex');
        const keys = {
            'first-token': { client_name: 'laptop', description: 'in clear' },
            [`sha256:${digest}`]: { client_name: 'phone' },
        };
        await writeFile(file, JSON.stringify({ keys }));
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { ollama: { api_key: 'for-ollama' }, config: { api_keys_file: file } });
    });
    after(() => finish(daemon, stub, folder));
    beforeEach(() => stub.behave());

    test('are asked for, in the form that the official client reads', async () => {
        const response = await fetch(`${daemon.url}/v1/models`);
        assert.equal(response.status, 401);
        assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="agenthub"');
        const { error, detail } = await response.json();
        assert.equal(error.type, 'authentication_error');
        assert.deepEqual(detail, { error });
        for (const apiKey of ['wrong', 'first-toke', 'first-tokens', 'sha256:0']) {
            const openai = openai_client(daemon, stub, { apiKey });
            await assert.rejects(openai.chat.completions.create(kChat), { status: 401, code: 'invalid_api_key', message: /unknown: .*api_keys_file/ });
        }
        for (const authorization of ['Basic Zmlyc3QtdG9rZW4=', 'first-token', 'Bearer', 'Bearer ']) {
            const refused = await post(daemon, '/v1/chat/completions', kChat, { headers: { authorization } });
            assert.equal(refused.status, 401, authorization);
        }
        assert.equal(stub.to('/v1/chat/completions').length, 0);
    });

    test('say who the client is, whatever it says itself', async () => {
        for (const [apiKey, name] of [['first-token', 'laptop'], ['second-token', 'phone']]) {
            const openai = openai_client(daemon, stub, { apiKey, defaultHeaders: { 'X-Client-ID': 'somebody else' } });
            await openai.chat.completions.create(kChat);
            const [row] = await activity(daemon, `client_id=${name}`);
            assert.equal(row.path, '/v1/chat/completions');
            assert.equal(row.status, 200);
        }
    });

    test('stay here: Ollama gets its own', async () => {
        await openai_client(daemon, stub, { apiKey: 'first-token' }).chat.completions.create(kChat);
        assert.equal(stub.to('/v1/chat/completions')[0].headers.authorization, 'Bearer for-ollama');
    });
});

describe('API keys and a reload', kOnlyThroughHub, () => {
    let folder, stub, daemon;
    const write_keys = (...tokens) =>
        writeFile(
            path.join(folder.path, 'api-keys.json'),
            JSON.stringify({ keys: Object.fromEntries(tokens.map((token) => [token, { client_name: `of ${token}` }])) }),
        );
    const config = (keys) => ({ ollama: { url: stub.url }, ...(keys && { api_keys_file: path.join(folder.path, 'api-keys.json') }) });
    const status_for = async (token) => {
        const headers = token ? { authorization: `Bearer ${token}` } : {};
        return (await fetch(`${daemon.url}/v1/models`, { headers })).status;
    };
    before(async () => {
        folder = await temporary_folder();
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub);
    });
    after(() => finish(daemon, stub, folder));

    test('are asked for as soon as there are some', async () => {
        assert.equal(await status_for(null), 200);
        await write_keys('first-token', 'second-token');
        await daemon.reload({ config: config(true) });
        assert.equal(await status_for(null), 401);
        assert.equal(await status_for('first-token'), 200);
        assert.equal(await status_for('second-token'), 200);
    });

    test('open nothing any more once they are taken out', async () => {
        await write_keys('second-token', 'third-token');
        await daemon.reload({ config: config(true) });
        assert.equal(await status_for('first-token'), 401);
        assert.equal(await status_for('second-token'), 200);
        assert.equal(await status_for('third-token'), 200);
    });

    test('are not asked for once there are none', async () => {
        await daemon.reload({ config: config(false) });
        assert.equal(await status_for(null), 200);
    });
});

describe('models and web pages', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { config: { allowed_origins: ['https://app.example'] } });
    });
    after(() => finish(daemon, stub));
    beforeEach(() => stub.behave());

    test('are open to allowed origins alone', async () => {
        for (const [url, body] of [['/ollama/api/chat', kChat], ['/v1/chat/completions', kChat]]) {
            const refused = await post(daemon, url, body, { headers: { origin: 'https://evil.example' } });
            assert.equal(refused.status, 403);
            assert.ok((await refused.json()).error);
            const allowed = await post(daemon, url, body, { headers: { origin: 'https://app.example' } });
            assert.equal(allowed.status, 200);
            assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example');
            const [request] = stub.requests.slice(-1);
            assert.equal(request.headers.origin, undefined, 'Ollama has rules of its own for origins');
        }
        assert.equal(stub.requests.length, 2);
    });

    test('are not asked by pages of other sites that hide their origin', async () => {
        for (const url of ['/ollama/api/tags', '/llm/api/tags', '/v1/models']) {
            const refused = await fetch(daemon.url + url, { headers: { 'Sec-Fetch-Site': 'cross-site' } });
            assert.equal(refused.status, 403, url);
            const { error } = await refused.json();
            assert.match(error.message ?? error, /allowed_origins/);
            for (const headers of [{ 'Sec-Fetch-Site': 'none' }, { 'Sec-Fetch-Site': 'cross-site', origin: 'https://app.example' }])
                assert.equal((await fetch(daemon.url + url, { headers })).status, 200, url);
        }
    });

    test('are preceded by a preflight that the official client passes', async () => {
        const headers = {
            origin: 'https://app.example', 'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type,x-stainless-lang,x-stainless-os',
        };
        const response = await fetch(`${daemon.url}/v1/chat/completions`, { method: 'OPTIONS', headers });
        assert.equal(response.status, 204);
        assert.match(response.headers.get('access-control-allow-headers'), /Authorization.*x-stainless-lang, x-stainless-os/);
        assert.match(response.headers.get('access-control-allow-methods'), /POST/);
    });

    test('so is making prompts better, and nothing else that AgentHub can do', async () => {
        const app = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
        for (const family of ['ollama', 'llm']) {
            const url = `/${family}/enhance`;
            const allowed = await post(daemon, url, { prompt: 'x' }, { headers: app });
            assert.equal(allowed.status, 200);
            assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example');
            assert.equal((await post(daemon, url, { prompt: 'x' }, { headers: { ...app, origin: 'https://evil.example' } })).status, 403);
            assert.equal((await post(daemon, url, { prompt: 'x' }, { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
            const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-client-name' };
            const asked = async (origin) => (await fetch(daemon.url + url, { method: 'OPTIONS', headers: { ...preflight, origin } })).status;
            assert.deepEqual([await asked('https://app.example'), await asked('https://evil.example')], [204, 403]);
            assert.equal((await post(daemon, `/${family}/reset`, {}, { headers: app })).status, 403);
        }
        for (const url of ['/ollama/stats', '/servers']) assert.equal((await fetch(daemon.url + url, { headers: app })).status, 403);
        const reset = { method: 'OPTIONS', headers: { ...app, 'access-control-request-method': 'POST' } };
        assert.equal((await fetch(`${daemon.url}/ollama/reset`, reset)).status, 403);
    });

    test('have paths and methods, and no others', async () => {
        const status = async (method, url) => (await fetch(daemon.url + url, { method })).status;
        assert.equal(await status('GET', '/v1/chat/completions'), 405);
        assert.equal(await status('POST', '/v1/nothing'), 404);
        assert.equal(await status('GET', '/ollama/api/'), 404);
        const method = await fetch(`${daemon.url}/v1/embeddings`);
        assert.equal(method.headers.get('allow'), 'POST, OPTIONS');
        assert.equal((await method.json()).error.message, 'Method Not Allowed');
        // Sent as it stands: fetch() resolves such a path itself.
        const raw = http.get(`${daemon.url}/ollama/api/%2e%2e/v1/models`, { path: '/ollama/api/%2e%2e/v1/models' });
        const [refused] = await once(raw, 'response');
        refused.resume();
        assert.equal(refused.statusCode, 400);
        assert.equal(stub.requests.length, 0);
    });

    test('stand in the activity and in /metrics', async () => {
        await post(daemon, '/ollama/api/generate', { model: kModel, prompt: 'x', stream: false }, { headers: { 'x-client-name': 'me' } });
        const [row] = await activity(daemon, 'client_id=me');
        assert.equal(row.path, '/ollama/api/generate');
        assert.equal(row.outcome, 'ok');
        assert.ok(row.bytes_in > 0 && row.bytes_out > 0);
        const text = await (await fetch(`${daemon.url}/metrics`)).text();
        assert.match(text, /^agenthub_ollama_up 1$/m);
        assert.match(text, /^agenthub_ollama_requests_total [1-9]/m);
        assert.match(text, /^agenthub_ollama_failures_total 0$/m);
        assert.match(text, /^agenthub_ollama_requests_running 0$/m);
        assert.match(text, /^agenthub_ollama_breaker_state\{state="closed"\} 1$/m);
    });
});

describe('a daemon without Ollama', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await Daemon.start({ config: { ollama: { url: stub.url, enabled: false } } });
    });
    after(() => finish(daemon, stub));

    test('says that it was switched off, and asks nobody', async () => {
        const response = await post(daemon, '/ollama/api/chat', kChat);
        assert.equal(response.status, 503);
        assert.match((await response.json()).error, /ollama\.enabled/);
        assert.equal((await daemon.get('/health')).services.ollama, 'unknown');
        assert.equal((await daemon.get('/circuit-breakers')).ollama, undefined);
        assert.equal(stub.connected, 0);
    });

    test('talks to it after a reload, without a restart', async () => {
        await daemon.reload({ config: { ollama: { url: stub.url } } });
        const response = await post(daemon, '/ollama/api/chat', { ...kChat, stream: false });
        assert.equal(response.status, 200);
    });
});
