// The official clients of Ollama and of OpenAI through the daemon, in front of a stub of ours.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { finish, kOnlyThroughHub } from './support/daemon.mjs';
import { daemon_before, Gate, kModel, ollama_client, openai_client, post } from './support/models.mjs';
import { OllamaStub } from './support/ollama_stub.mjs';
import { within } from './support/wait.mjs';

const kSaid = 'Hello from the stub.';
const kChat = [{ role: 'user', content: 'Say hello, Grüße, 你好' }];

let stub, daemon, ollama, openai;
before(async () => {
    stub = await OllamaStub.start();
    daemon = await daemon_before(stub);
    ollama = ollama_client(daemon, stub);
    openai = openai_client(daemon, stub);
});
after(() => finish(daemon, stub));
beforeEach(() => stub.behave());

describe("Ollama's client", () => {
    test('chats and generates', async () => {
        const chat = await ollama.chat({ model: kModel, messages: kChat });
        assert.equal(chat.message.content, kSaid);
        assert.equal(chat.done, true);
        assert.deepEqual(JSON.parse(stub.to('/api/chat')[0].body).messages, kChat);
        const generated = await ollama.generate({ model: kModel, prompt: 'x', options: { temperature: 0 } });
        assert.equal(generated.response, kSaid);
        assert.deepEqual(JSON.parse(stub.to('/api/generate')[0].body).options, { temperature: 0 });
    });

    test('hears each word as soon as it is said', async () => {
        const gate = new Gate();
        stub.behave({ gate: gate.pass });
        const words = [];
        const opening = ollama.chat({ model: kModel, messages: kChat, stream: true });
        gate.say(1);
        const stream = (await within(5_000, 'the stream to open', opening))[Symbol.asyncIterator]();
        for (let said = 1; said <= 6; ++said) {
            gate.say(said);
            const { value } = await within(5_000, `word ${said}, which was said`, stream.next());
            words.push(value.message.content);
            assert.equal(value.done, said === 6);
        }
        assert.equal(words.join(''), kSaid);
        assert.equal((await stream.next()).done, true);
    });

    test('embeds, one text or several', async () => {
        const one = await ollama.embed({ model: kModel, input: 'four' });
        assert.deepEqual(one.embeddings, [[4, 0.5, -1]]);
        const two = await ollama.embed({ model: kModel, input: ['a', 'bb'] });
        assert.deepEqual(two.embeddings, [[1, 0.5, -1], [2, 0.5, -1]]);
    });

    test('lists, shows, copies, deletes and pulls models', async () => {
        assert.deepEqual((await ollama.list()).models.map(({ name }) => name), stub.models);
        assert.deepEqual((await ollama.ps()).models, []);
        assert.deepEqual((await ollama.show({ model: kModel })).capabilities, ['completion']);
        assert.equal((await ollama.copy({ source: kModel, destination: 'mine' })).status, 'success');
        assert.equal((await ollama.delete({ model: kModel })).status, 'success');
        assert.equal(stub.to('/api/delete')[0].method, 'DELETE');
        const states = [];
        for await (const { status } of await ollama.pull({ model: kModel, stream: true })) states.push(status);
        assert.deepEqual(states, ['pulling manifest', 'success']);
        assert.equal((await ollama.version()).version, '0.13.0');
    });

    test("reads Ollama's own errors", async () => {
        const missing = ollama.chat({ model: 'nobody', messages: kChat });
        await assert.rejects(missing, { status_code: 404, message: "model 'nobody' not found" });
        stub.behave({ status: 500, error: 'the runner has died' });
        await assert.rejects(ollama.generate({ model: kModel, prompt: 'x' }), {
            status_code: 500,
            message: 'the runner has died',
        });
    });

    test('breaks a stream off, and Ollama stops', async () => {
        const gate = new Gate();
        stub.behave({ gate: gate.pass });
        gate.say(1);
        const stream = await ollama.generate({ model: kModel, prompt: 'x', stream: true });
        const request = await stub.request('/api/generate');
        let words = 0;
        await assert.rejects(async () => {
            for await (const piece of stream) {
                words += piece.response ? 1 : 0;
                stream.abort();
            }
        }, { name: 'AbortError' });
        assert.equal(words, 1);
        await within(2_000, "Ollama's connection to be closed", request.closed);
        gate.say(100);
    });

    test('breaks off while Ollama still thinks about the first word', async () => {
        stub.behave({ hang: true });
        const aborter = new AbortController();
        const patient = ollama_client(daemon, stub, { fetch: (url, init) => fetch(url, { ...init, signal: aborter.signal }) });
        const asking = patient.generate({ model: kModel, prompt: 'x' });
        const request = await stub.request('/api/generate');
        aborter.abort();
        await assert.rejects(asking, { name: 'AbortError' });
        await within(2_000, "Ollama's connection to be closed", request.closed);
    });
});

describe("OpenAI's client", () => {
    test('chats, completes and embeds', async () => {
        const chat = await openai.chat.completions.create({ model: kModel, messages: kChat });
        assert.equal(chat.choices[0].message.content, kSaid);
        assert.equal(chat.usage.completion_tokens, 5);
        assert.deepEqual(JSON.parse(stub.to('/v1/chat/completions')[0].body), { model: kModel, messages: kChat });
        const text = await openai.completions.create({ model: kModel, prompt: 'x' });
        assert.equal(text.choices[0].text, kSaid);
        const vectors = await openai.embeddings.create({ model: kModel, input: ['a', 'bb'], encoding_format: 'float' });
        assert.deepEqual(vectors.data.map(({ embedding }) => embedding[0]), [1, 2]);
        const response = await openai.responses.create({ model: kModel, input: 'x' });
        assert.equal(response.output_text, kSaid);
    });

    test('lists models, and finds one whose name has a slash', async () => {
        stub.models.push('hf.co/maker/model:Q4');
        const ids = [];
        for await (const { id } of openai.models.list()) ids.push(id);
        assert.deepEqual(ids, stub.models);
        assert.equal((await openai.models.retrieve(kModel)).id, kModel);
        assert.equal((await openai.models.retrieve('hf.co/maker/model:Q4')).id, 'hf.co/maker/model:Q4');
        stub.models.pop();
        await assert.rejects(openai.models.retrieve('nobody'), { status: 404, message: /nobody/ });
    });

    test('hears each word as soon as it is said', async () => {
        const gate = new Gate();
        stub.behave({ gate: gate.pass });
        gate.say(1);
        const stream = (await openai.chat.completions.create({ model: kModel, messages: kChat, stream: true }))[Symbol.asyncIterator]();
        const words = [];
        for (let said = 1; said <= 6; ++said) {
            gate.say(said);
            const { value } = await within(5_000, `word ${said}, which was said`, stream.next());
            words.push(value.choices[0].delta.content);
        }
        gate.say(7);
        assert.equal((await within(5_000, 'the end', stream.next())).done, true);
        assert.equal(words.join(''), kSaid);
    });

    test('gets the stream byte by byte as Ollama wrote it, to its [DONE]', kOnlyThroughHub, async () => {
        const body = { model: kModel, messages: kChat, stream: true };
        const [through, straight] = await Promise.all([daemon.url, stub.url].map(async (url) => {
            const response = await post({ url }, '/v1/chat/completions', body);
            assert.equal(response.headers.get('content-type'), 'text/event-stream');
            return response.text();
        }));
        assert.equal(through, straight);
        assert.ok(through.endsWith('data: [DONE]\n\n'));
    });

    test('breaks a stream off, and Ollama stops', async () => {
        const gate = new Gate();
        stub.behave({ gate: gate.pass });
        gate.say(1);
        const stream = await openai.chat.completions.create({ model: kModel, messages: kChat, stream: true });
        const request = await stub.request('/v1/chat/completions');
        for await (const piece of stream) {
            assert.equal(piece.choices[0].delta.content, 'Hello');
            stream.controller.abort();
        }
        await within(2_000, "Ollama's connection to be closed", request.closed);
        gate.say(100);
    });

    test("reads Ollama's own errors", async () => {
        const missing = openai.chat.completions.create({ model: 'nobody', messages: kChat });
        await assert.rejects(missing, { status: 404, type: 'not_found_error', message: /model 'nobody' not found/ });
    });
});

describe('what passes through', kOnlyThroughHub, () => {
    test('is the body as it was written, whatever it is', async () => {
        const body = '{"model" : "llama3.2:3b",\r\n "messages":[], "seed":1e400, "dup":1,"dup":2, "x":"\\ud800"}';
        await fetch(`${daemon.url}/ollama/api/chat?a=%20b&c`, { method: 'POST', body });
        assert.equal(stub.to('/api/chat')[0].body, body);
        assert.equal(stub.to('/api/chat')[0].url, '/api/chat?a=%20b&c');
    });

    test('is what of the header concerns Ollama, and no more', async () => {
        const headers = {
            authorization: 'Bearer of the client', cookie: 'a=b', accept: 'application/json', 'x-client-id': 'me',
            'content-type': 'application/json', 'x-forwarded-for': '10.0.0.1', 'user-agent': 'tester',
        };
        const response = await post(daemon, '/ollama/api/embed', { model: kModel, input: 'x' }, { headers });
        const seen = stub.to('/api/embed')[0].headers;
        assert.deepEqual(Object.keys(seen).sort(), ['accept', 'accept-encoding', 'accept-language', 'content-length', 'content-type', 'host', 'user-agent'].filter((name) => name in seen));
        assert.equal(seen.host, `127.0.0.1:${stub.port}`);
        assert.equal(seen['user-agent'], 'tester');
        assert.match(response.headers.get('x-request-id'), /^[0-9a-f-]{36}$/);
        assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    });

    test('are HEAD, PUT and whatever else Ollama knows', async () => {
        const head = await fetch(`${daemon.url}/ollama/api/blobs/sha256:0`, { method: 'HEAD' });
        assert.equal(head.status, 200);
        const put = await fetch(`${daemon.url}/ollama/api/blobs/sha256:0`, { method: 'PUT', body: 'x' });
        assert.equal(put.status, 201);
        assert.deepEqual(stub.requests.map(({ method }) => method), ['HEAD', 'PUT']);
        const unknown = await fetch(`${daemon.url}/ollama/api/no/such`);
        assert.equal(unknown.status, 404);
        assert.equal(await unknown.text(), '404 page not found');
    });

    test('is a body of any length, which is not kept', async () => {
        const kBlock = Buffer.alloc(1 << 20, 'x');
        const before_it = (await daemon.get('/health')).details.daemon.rss_bytes;
        let sent = 0;
        const body = new ReadableStream({
            pull(controller) {
                if (sent++ < 128) controller.enqueue(kBlock);
                else controller.close();
            },
        });
        const response = await fetch(`${daemon.url}/ollama/api/blobs/sha256:1`, { method: 'POST', body, duplex: 'half' });
        assert.equal(response.status, 201);
        const seen = stub.to('/api/blobs/sha256:1')[0];
        assert.equal(seen.bytes, 128 << 20);
        assert.equal(seen.headers['transfer-encoding'], 'chunked');
        const grown = (await daemon.get('/health')).details.daemon.rss_bytes - before_it;
        assert.ok(grown < 48 << 20, `the daemon grew by ${grown >> 20} MiB`);
        // The connection is still good for the next request.
        assert.equal((await ollama.list()).models.length, stub.models.length);
    });

    test('is a long body of known length with that length', async () => {
        const body = Buffer.alloc(5 << 20, 'y');
        const response = await fetch(`${daemon.url}/ollama/api/blobs/sha256:2`, { method: 'POST', body });
        assert.equal(response.status, 201);
        assert.equal(stub.to('/api/blobs/sha256:2')[0].bytes, body.length);
        assert.equal(stub.to('/api/blobs/sha256:2')[0].headers['content-length'], String(body.length));
    });
});
