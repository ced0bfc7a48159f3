// When Ollama is away, silent, overrun or breaks off; when a client is slow or gone; and what is told of it.

import assert from 'node:assert/strict';
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { activity, daemon_before, Gate, health_says, kModel, ollama_client, openai_client, post } from './support/models.mjs';
import { OllamaStub } from './support/ollama_stub.mjs';
import { eventually, within } from './support/wait.mjs';

const kChat = { model: kModel, messages: [{ role: 'user', content: 'x' }] };

/** A client that reads nothing unless it is told to. */
class SlowReader {
    constructor(daemon, path, body) {
        const { port } = new URL(daemon.url);
        const text = JSON.stringify(body);
        this.socket = net.connect({ port: Number(port), host: '127.0.0.1', highWaterMark: 1024 });
        this.socket.pause();
        this.socket.on('error', () => {});
        this.socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
            `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    }
    stop() {
        this.socket.destroy();
    }
}

describe('a daemon whose Ollama is not there', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        await stub.stop(); // nobody listens at its port now
        daemon = await Daemon.start({ config: { ollama: { url: stub.url, breaker_threshold: 0 } } });
    });
    after(() => finish(daemon, stub));

    test('says so in /health', () => health_says(daemon, 'down'));

    test('answers 502 in the words that each official client reads', async () => {
        const ollama = ollama_client(daemon, stub);
        await assert.rejects(ollama.chat(kChat), { status_code: 502, message: /no connection to .*Connection refused/ });
        const openai = openai_client(daemon, stub);
        await assert.rejects(openai.chat.completions.create(kChat), {
            status: 502,
            code: 'upstream_unreachable',
            type: 'api_error',
            message: /no connection to/,
        });
        await assert.rejects(openai.models.list(), { status: 502 });
    });

    test('answers with `detail`, too', async () => {
        const native = await (await post(daemon, '/ollama/api/chat', kChat)).json();
        assert.deepEqual(Object.keys(native), ['detail', 'error']);
        assert.equal(native.detail, native.error);
        const openai = await (await post(daemon, '/v1/chat/completions', kChat)).json();
        assert.deepEqual(Object.keys(openai), ['detail', 'error']);
        assert.deepEqual(openai.detail, { error: openai.error });
        assert.deepEqual(Object.keys(openai.error), ['message', 'type', 'param', 'code']);
    });

    test('finds it when it comes', async () => {
        const late = await OllamaStub.start({ port: stub.port });
        try {
            assert.equal((await ollama_client(daemon, stub).chat(kChat)).done, true);
            await health_says(daemon, 'up', 1_000); // a request has shown it; no probe is waited for
        } finally {
            await late.stop();
        }
    });
});

describe('a daemon whose Ollama hangs', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        stub.behave({ hang: true });
        daemon = await Daemon.start({ config: { ollama: { url: stub.url, stream_timeout: '300ms', max_concurrency: 2, queue: 1, breaker_threshold: 0 } } });
    });
    after(() => finish(daemon, stub));
    beforeEach(() => stub.behave({ hang: true }));

    test('answers /health at once, and knows that it is down', async () => {
        for (let i = 0; i < 20; ++i) {
            const began = performance.now();
            const { services } = await daemon.get('/health');
            assert.ok(performance.now() - began < 1_000);
            assert.notEqual(services.ollama, 'up');
        }
        await health_says(daemon, 'down');
    });

    test('gives a request up after stream_timeout, with 504', async () => {
        const response = await post(daemon, '/ollama/api/chat', kChat);
        assert.equal(response.status, 504);
        assert.match((await response.json()).error, /nothing came for 300 ms/);
        const request = await stub.request('/api/chat');
        await within(2_000, "Ollama's connection to be closed", request.closed);
    });

    test('lets as many wait as the queue holds, and refuses one more', async () => {
        stub.behave({ hang: true });
        const asked = [1, 2].map(() => post(daemon, '/v1/chat/completions', kChat));
        await stub.request('/v1/chat/completions', 1);
        const third = post(daemon, '/v1/chat/completions', kChat);
        await eventually(5_000, 'one request to wait', async () => {
            const text = await (await fetch(`${daemon.url}/metrics`)).text();
            return /^agenthub_ollama_requests_waiting 1$/m.test(text) && /^agenthub_ollama_requests_running 2$/m.test(text);
        });
        const fourth = await post(daemon, '/v1/chat/completions', kChat);
        assert.equal(fourth.status, 503);
        assert.equal(fourth.headers.get('retry-after'), '1');
        const { error } = await fourth.json();
        assert.equal(error.code, 'busy');
        assert.match(error.message, /ollama\.max_concurrency.*ollama\.queue/);
        const statuses = (await Promise.all([...asked, third])).map(({ status }) => status);
        assert.deepEqual(statuses, [504, 504, 504]);
        assert.equal(stub.to('/v1/chat/completions').length, 3);
    });
});

describe('a daemon whose Ollama fails', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { ollama: { stream_timeout: '500ms', breaker_recovery: 30 } });
    });
    after(() => finish(daemon, stub));
    beforeEach(() => stub.behave());
    afterEach(() => fetch(`${daemon.url}/circuit-breakers/ollama/reset`, { method: 'POST' }));

    const breaker = async () => (await daemon.get('/circuit-breakers')).ollama;

    test('opens the breaker after three failures in a row, and leaves Ollama alone', async () => {
        stub.behave({ drop: 3 });
        for (let i = 0; i < 3; ++i) assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 502);
        assert.equal((await breaker()).state, 'open');
        for (const path of ['/ollama/api/chat', '/v1/chat/completions']) {
            const refused = await post(daemon, path, kChat);
            assert.equal(refused.status, 503);
            const wait = Number(refused.headers.get('retry-after'));
            assert.ok(wait > 0 && wait <= 30, wait);
            const { error } = await refused.json();
            assert.match(error.message ?? error, /circuit breaker open/);
        }
        assert.equal(stub.to('/api/chat').length, 3);
        const reset = await fetch(`${daemon.url}/circuit-breakers/ollama/reset`, { method: 'POST' });
        assert.equal(reset.status, 200);
        assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 200);
        assert.equal((await breaker()).state, 'closed');
    });

    test('takes an error of Ollama for an answer, and a proxy without a backend for none', async () => {
        stub.behave({ status: 500, error: 'out of memory' });
        for (let i = 0; i < 4; ++i) assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 500);
        assert.equal((await breaker()).state, 'closed');
        stub.behave({ status: 503, error: 'overrun' });
        for (let i = 0; i < 3; ++i) assert.match((await (await post(daemon, '/ollama/api/chat', kChat)).json()).error, /overrun/);
        assert.equal((await breaker()).state, 'open');
    });

    test('tells the client of Ollama in the middle of a stream that it broke', async () => {
        stub.behave({ after: 2 });
        const words = [];
        const stream = await ollama_client(daemon, stub).chat({ ...kChat, stream: true });
        await assert.rejects(async () => {
            for await (const { message } of stream) words.push(message.content);
        }, { message: /closed the connection in the middle of its answer/ });
        assert.deepEqual(words, ['Hello', ' from']);
        // The rows of what failed before may be the only ones yet.
        const row = await eventually(5_000, 'the row of the stream that broke', async () =>
            (await activity(daemon, 'outcome=failed')).find(({ error }) => error?.includes('in the middle')));
        assert.equal(row.path, '/ollama/api/chat');
    });

    test('tells the client of OpenAI in the middle of a stream that it stands still', async () => {
        stub.behave({ after: 2, then: 'stand' });
        const words = [];
        const stream = await openai_client(daemon, stub).chat.completions.create({ ...kChat, stream: true });
        await assert.rejects(async () => {
            for await (const { choices } of stream) words.push(choices[0].delta.content);
        }, { message: /did not answer in time/ });
        assert.deepEqual(words, ['Hello', ' from']);
        const request = stub.to('/v1/chat/completions')[0];
        await within(2_000, "Ollama's connection to be closed", request.closed);
    });

    test('does not send again what Ollama may have done', async () => {
        assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 200); // leaves an idle connection
        stub.behave({ drop: 1 });
        assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 502);
        assert.equal(stub.to('/api/chat').length, 1);
    });

    test('uses its connections again', async () => {
        const before_it = stub.connected;
        for (let i = 0; i < 20; ++i) assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 200);
        assert.ok(stub.connected - before_it <= 2, `${stub.connected - before_it} connections for 20 requests`);
    });
});

describe('slow and impatient clients', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { ollama: { max_concurrency: 0 } });
    });
    after(() => finish(daemon, stub));

    test('a reader that does not read stops Ollama, and costs no memory', async () => {
        const kReaders = 20;
        const { promise: all_there, resolve: begin } = Promise.withResolvers();
        stub.behave({ words: Array.from({ length: 20_000 }, () => 'x'.repeat(4096)), gate: () => all_there }); // 80 MiB each
        const before_it = (await daemon.get('/health')).details.daemon.rss_bytes;
        const readers = Array.from({ length: kReaders }, () => new SlowReader(daemon, '/ollama/api/generate', { model: kModel, prompt: 'x' }));
        await stub.request('/api/generate', kReaders - 1);
        begin();
        const written = () => stub.to('/api/generate').map(({ response }) => response.socket?.bytesWritten ?? 0);
        // Until all of them stand still.
        let last;
        await eventually(20_000, 'every stream to stand still', async () => {
            const now = String(written());
            await new Promise((resolve) => setTimeout(resolve, 250));
            return now === String(written()) && now === last ? true : ((last = now), false);
        });
        for (const bytes of written()) assert.ok(bytes < 32 << 20, `${bytes} bytes were written for nobody`);
        const grown = (await daemon.get('/health')).details.daemon.rss_bytes - before_it;
        assert.ok(grown < kReaders * (256 << 10) + (16 << 20), `the daemon grew by ${grown >> 20} MiB`);
        const requests = stub.to('/api/generate');
        for (const reader of readers) reader.stop();
        await within(5_000, 'every connection to Ollama to be closed', Promise.all(requests.map(({ closed }) => closed)));
    });

    test('a client that leaves in the middle of its request leaves nothing behind', async () => {
        stub.behave();
        const { port } = new URL(daemon.url);
        const socket = net.connect(Number(port), '127.0.0.1');
        socket.write('POST /ollama/api/blobs/sha256:3 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n');
        socket.write(Buffer.alloc(2 << 20));
        const request = await stub.request('/api/blobs/sha256:3');
        socket.destroy();
        await within(5_000, "Ollama's connection to be closed", request.closed);
    });

    test('stands in the activity as cancelled', async () => {
        const gate = new Gate();
        stub.behave({ gate: gate.pass });
        const aborter = new AbortController();
        const headers = { 'x-client-id': 'impatient' };
        await post(daemon, '/v1/chat/completions', { ...kChat, stream: true }, { headers, signal: aborter.signal });
        aborter.abort();
        const [row] = await activity(daemon, 'client_id=impatient');
        assert.equal(row.outcome, 'cancelled');
        assert.equal(row.server, 'ollama');
        gate.say(100);
    });
});
