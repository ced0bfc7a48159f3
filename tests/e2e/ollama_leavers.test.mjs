// Clients of models that leave, stall or send nonsense: that is theirs, and neither Ollama nor anybody else pays for it.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { activity, daemon_before, kModel, post } from './support/models.mjs';
import { OllamaStub } from './support/ollama_stub.mjs';
import { eventually, within } from './support/wait.mjs';

const kChat = { model: kModel, messages: [{ role: 'user', content: 'x' }] };

/** A client that writes what it is told, and keeps what comes. */
class RawClient {
    text = '';
    constructor(daemon) {
        this.socket = net.connect(Number(new URL(daemon.url).port), '127.0.0.1');
        this.socket.on('error', () => {});
        this.socket.setEncoding('latin1').on('data', (text) => (this.text += text));
        this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    }
    ask(path, body, { client = 'raw' } = {}) {
        const text = JSON.stringify(body);
        this.send(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Client-ID: ${client}\r\nContent-Type: application/json\r\n` +
            `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
        return this;
    }
    upload(path, fields, bytes) {
        this.send(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n`);
        this.send(bytes);
        return this;
    }
    send(bytes) {
        this.socket.write(bytes);
    }
    leave() {
        this.socket.destroy();
    }
}

const metrics = async (daemon) => (await fetch(`${daemon.url}/metrics`)).text();
const breaker = async (daemon) => (await daemon.get('/circuit-breakers')).ollama;

describe('clients that leave', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { ollama: { breaker_recovery: 1, max_concurrency: 1 } });
    });
    after(() => finish(daemon, stub));
    beforeEach(() => stub.behave());
    afterEach(() => fetch(`${daemon.url}/circuit-breakers/ollama/reset`, { method: 'POST' }));

    for (const [phase, mode] of [['thinks', { hang: true }], ['speaks', { after: 2, then: 'stand' }]]) {
        test(`while Ollama ${phase} are no failures of it`, async () => {
            for (let i = 0; i < 4; ++i) {
                stub.behave(mode);
                const client = new RawClient(daemon).ask('/ollama/api/generate', { model: kModel, prompt: 'x' });
                const request = await stub.request('/api/generate');
                if (phase === 'speaks') await eventually(5_000, 'a word', () => client.text.includes('from'));
                client.leave();
                await within(2_000, "Ollama's connection to be closed", request.closed);
            }
            stub.behave();
            assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 200);
            assert.equal((await breaker(daemon)).state, 'closed');
            assert.match(await metrics(daemon), /^agenthub_ollama_failures_total 0$/m);
            assert.equal((await daemon.get('/health')).services.ollama, 'up');
        });
    }

    test('are noticed although they have sent more than their request', async () => {
        stub.behave({ hang: true });
        const client = new RawClient(daemon).ask('/ollama/api/generate', { model: kModel, prompt: 'x' });
        const request = await stub.request('/api/generate');
        client.send('\r\n');
        await new Promise((resolve) => setTimeout(resolve, 100)); // by now it has come, and nobody reads it
        client.leave();
        await within(2_000, "Ollama's connection to be closed", request.closed);
    });

    test('leave the queue, which is no wait that was too long', async () => {
        stub.behave({ hang: true });
        const first = new RawClient(daemon).ask('/ollama/api/generate', { model: kModel, prompt: 'x' });
        const request = await stub.request('/api/generate');
        const waiting = [
            new RawClient(daemon).ask('/ollama/api/generate', { model: kModel, prompt: 'x' }),
            // The beginning, which is read before there is a place.
            new RawClient(daemon).upload('/ollama/api/blobs/sha256:0', 'Content-Length: 9000000', Buffer.alloc(1 << 20)),
        ];
        const waits = (count) => eventually(5_000, `${count} requests to wait`, async () =>
            new RegExp(`^agenthub_ollama_requests_waiting ${count}$`, 'm').test(await metrics(daemon)));
        await waits(2);
        // Nobody reads this while it waits. What the kernel holds must leave it room: behind a window that is closed the
        // end of a connection does not come through.
        await new Promise((resolve) => waiting[1].socket.write(Buffer.alloc(1 << 10), resolve));
        for (const client of waiting) client.leave();
        await waits(0);
        assert.match(await metrics(daemon), /^agenthub_ollama_requests_refused_total\{by="queue_timeout"\} 0$/m);
        first.leave();
        await within(2_000, "Ollama's connection to be closed", request.closed);
    });
});

describe('a circuit breaker that is open', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { ollama: { breaker_recovery: 1 } });
    });
    after(() => finish(daemon, stub));

    test('lets everybody in as soon as the request it tried is being answered', async () => {
        stub.behave({ drop: 3 });
        for (let i = 0; i < 3; ++i) assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 502);
        assert.equal((await breaker(daemon)).state, 'open');
        await eventually(5_000, 'the recovery to end', async () => (await breaker(daemon)).state === 'half_open');
        stub.behave({ after: 2, then: 'stand' });
        const probe = new RawClient(daemon).ask('/ollama/api/generate', { model: kModel, prompt: 'x' });
        await eventually(5_000, 'its stream', () => probe.text.includes('from'));
        stub.behave();
        assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 200);
        probe.leave();
    });

    test('closes when another address is configured', async () => {
        await fetch(`${daemon.url}/circuit-breakers/ollama/reset`, { method: 'POST' });
        await daemon.reload({ config: { ollama: { url: stub.url, breaker_recovery: 300 } } });
        stub.behave({ drop: 3 });
        for (let i = 0; i < 3; ++i) await post(daemon, '/ollama/api/chat', kChat);
        assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 503);
        await daemon.reload({ config: { ollama: { url: stub.url.replace('127.0.0.1', 'localhost'), breaker_recovery: 300 } } });
        assert.equal((await post(daemon, '/ollama/api/chat', kChat)).status, 200);
    });
});

describe('long bodies', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { config: { limits: { body_timeout: 1 } } });
    });
    after(() => finish(daemon, stub));
    beforeEach(() => stub.behave());

    test('that stall are answered with 408, and recorded as such', async () => {
        const client = new RawClient(daemon).upload('/ollama/api/blobs/sha256:1', 'X-Client-ID: staller\r\nContent-Length: 3000000', Buffer.alloc(2 << 20));
        const request = await stub.request('/api/blobs/sha256:1');
        await eventually(10_000, 'an answer', () => client.text.includes('\r\n\r\n'));
        assert.match(client.text, /^HTTP\/1\.1 408 /);
        assert.match(client.text, /limits\.body_timeout/);
        await within(2_000, "Ollama's connection to be closed", request.closed);
        const [row] = await activity(daemon, 'client_id=staller');
        assert.equal(row.status, 408);
        assert.match(row.error, /did not come in time/);
        client.leave();
    });

    test('that are malformed are answered with 400', async () => {
        const client = new RawClient(daemon).upload('/ollama/api/blobs/sha256:2', 'Transfer-Encoding: chunked', '200000\r\n');
        client.send(Buffer.alloc(2 << 20));
        client.send('\r\nZZZ\r\n');
        await eventually(10_000, 'an answer', () => client.text.includes('\r\n\r\n'));
        assert.match(client.text, /^HTTP\/1\.1 400 /);
        assert.match(client.text, /chunked body is malformed/);
        client.leave();
    });
});

/** A server whose whole answer is `serve(socket)`, once a request's header has come; AgentHub's probe hears 200. */
async function bare_server(serve) {
    const sockets = new Set();
    const server = net.createServer((socket) => {
        sockets.add(socket);
        let head = '';
        socket.on('error', () => {}).on('data', (bytes) => {
            const begun = head.includes('\r\n\r\n');
            if (!begun) head += bytes.toString('latin1');
            if (begun || !head.includes('\r\n\r\n')) return;
            if (head.startsWith('GET /api/tags')) socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}');
            else serve(socket);
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = async () => {
        server.close();
        for (const socket of sockets) socket.destroy();
    };
    return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

describe('answers of another kind', kOnlyThroughHub, () => {
    const through = async (serve, body) => {
        const server = await bare_server(serve);
        let daemon;
        try {
            daemon = await Daemon.start({ config: { ollama: { url: server.url } } });
            await body(daemon);
        } finally {
            await finish(daemon, server);
        }
    };

    test('a compressed stream that breaks has no text put behind it', async () => {
        const serve = (socket) => {
            socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n' +
                'Transfer-Encoding: chunked\r\n\r\n4\r\n\x1f\x8b\x08\x00\r\n', 'latin1');
            setTimeout(() => socket.destroy(), 100);
        };
        await through(serve, async (daemon) => {
            const client = new RawClient(daemon).ask('/ollama/api/chat', kChat);
            await within(5_000, 'the connection to end', client.closed);
            assert.ok(client.text.endsWith('4\r\n\x1f\x8b\x08\x00\r\n'), JSON.stringify(client.text));
        });
    });

    test('a redirect leads to where the client finds it', async () => {
        const serve = (socket) => socket.write('HTTP/1.1 307 Temporary Redirect\r\nLocation: /api/chat\r\nContent-Length: 0\r\n\r\n');
        await through(serve, async (daemon) => {
            const response = await post(daemon, '/ollama/api/chat', kChat, { redirect: 'manual' });
            assert.equal(response.status, 307, await response.text());
            assert.equal(response.headers.get('location'), '/ollama/api/chat');
        });
    });

    test('one that comes before the whole body does not promise to keep the connection', async () => {
        const serve = (socket) => {
            socket.pause();
            socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n');
            setTimeout(() => socket.destroy(), 200);
        };
        await through(serve, async (daemon) => {
            const client = new RawClient(daemon).upload('/ollama/api/blobs/sha256:3', 'Content-Length: 90000000', Buffer.alloc(32 << 20));
            await eventually(10_000, 'an answer', () => client.text.includes('\r\n\r\n'));
            // The server's reset may have taken its answer away.
            assert.match(client.text, /^HTTP\/1\.1 (413|502) /);
            assert.match(client.text, /\r\nConnection: close\r\n/);
            client.leave();
        });
    });
});

describe('a daemon that is stopped', kOnlyThroughHub, () => {
    let stub, daemon;
    before(async () => {
        stub = await OllamaStub.start();
        daemon = await daemon_before(stub, { config: { limits: { drain_timeout: 0 } } });
    });
    after(() => finish(daemon, stub));

    test('has recorded the streams that it cut', async () => {
        for (const [client, mode] of [['thinking', { hang: true }], ['speaking', { after: 2, then: 'stand' }]]) {
            stub.behave(mode);
            const raw = new RawClient(daemon).ask('/ollama/api/generate', { model: kModel, prompt: 'x' }, { client });
            await stub.request('/api/generate');
            if (client === 'speaking') await eventually(5_000, 'a word', () => raw.text.includes('from'));
        }
        stub.behave();
        await daemon.restart();
        for (const client of ['thinking', 'speaking']) {
            const [row] = await activity(daemon, `client_id=${client}`);
            assert.equal(row.outcome, 'cancelled', client);
            assert.match(row.error, /stopped before the end/, client);
        }
    });
});
