// An Ollama of ours: follows its documented API, native and OpenAI's, and misbehaves on demand. No model thinks here:
// an answer is the words it is told to say.

import { once } from 'node:events';
import http from 'node:http';
import { performance } from 'node:perf_hooks';

import { within } from './wait.mjs';

const kCreated = '2026-01-01T00:00:00Z';

/**
 * What it does with requests, set by `stub.mode = {...}` for those that follow:
 *   status, error     answers with this status and {"error": error}
 *   hang              never answers
 *   drop              number of requests whose connections are closed without an answer
 *   after             'header' or a number of words: then the connection breaks ('break') or stands still ('stand')
 *   then              'break' or 'stand'
 *   pace              ms between two words; 0: as fast as they are read
 *   gate              function of a word's number; what it returns is awaited before the word is said
 *   words             of an answer
 * AgentHub's own probe only ever sees `hang`.
 */
/** Returns when more may be written, or never will be. */
async function drained(response) {
    const over = new AbortController();
    const ends = ['drain', 'close'].map((event) => once(response, event, { signal: over.signal }));
    await Promise.race(ends);
    over.abort();
    await Promise.allSettled(ends);
}

const kUsual = { status: 200, error: '', hang: false, drop: 0, after: null, then: 'break', pace: 0, gate: null, words: null };

export class OllamaStub {
    #server;
    #waiting = [];
    #connections = new Set();
    mode = { ...kUsual };
    models = ['llama3.2:3b', 'qwen3:4b'];
    /** Each request as {method, path, headers, body, closed, ended}: `closed` resolves when its client breaks it off. */
    requests = [];
    /** TCP connections there have been. */
    connected = 0;

    static async start({ host = '127.0.0.1', port = 0 } = {}) {
        const stub = new OllamaStub();
        stub.#server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
            stub.#serve(request, response).catch((error) => response.destroy(error));
        });
        stub.#server.on('connection', (socket) => {
            ++stub.connected;
            socket.setNoDelay(true);
            stub.#connections.add(socket);
            socket.on('close', () => stub.#connections.delete(socket));
        });
        stub.#server.listen(port, host);
        await once(stub.#server, 'listening');
        stub.port = stub.#server.address().port;
        stub.url = `http://${host}:${stub.port}`;
        return stub;
    }

    /** For `finish`: ends at once, whoever is still connected. */
    async stop() {
        this.#server.close();
        for (const socket of this.#connections) socket.destroy();
    }

    /** The usual behaviour again, but for these; what was recorded is forgotten. */
    behave(mode = {}) {
        this.mode = { ...kUsual, ...mode };
        this.requests = [];
    }

    /** Requests for this path so far. */
    to(path) {
        return this.requests.filter((request) => request.path === path);
    }

    /** The next request for this path, coming or already there. */
    async request(path, index = 0) {
        const found = this.to(path)[index];
        if (found) return found;
        await within(10_000, `request ${index} for ${path} at Ollama`, new Promise((resolve) => {
            this.#waiting.push(() => this.to(path)[index] && resolve());
        }));
        return this.to(path)[index];
    }

    async #serve(request, response) {
        const began = performance.now();
        const chunks = [];
        const seen = { method: request.method, path: request.url.split('?')[0], url: request.url, headers: request.headers };
        seen.ended = new Promise((resolve) => response.once('finish', resolve));
        seen.closed = new Promise((resolve) => {
            response.once('close', () => resolve(performance.now()));
        });
        seen.bytes = 0;
        seen.response = response;
        const probe = seen.path === '/api/tags' && !request.headers['user-agent'];
        if (!probe) this.requests.push(seen);
        for (const waiting of this.#waiting) waiting();
        for await (const chunk of request) {
            seen.bytes += chunk.length;
            if (seen.bytes <= 4 << 20) chunks.push(chunk);
        }
        seen.body = Buffer.concat(chunks).toString('utf8');
        seen.took = performance.now() - began;
        if (probe && !this.mode.hang) return this.#other('GET /api/tags', seen, response, {});
        return this.#answer(seen, request, response);
    }

    async #answer(seen, request, response) {
        const mode = this.mode;
        if (mode.hang) return;
        if (mode.drop > 0) {
            --mode.drop;
            request.socket.destroy();
            return;
        }
        if (mode.status !== 200) {
            const error = seen.path.startsWith('/v1/')
                ? { message: mode.error, type: 'api_error', param: null, code: null } : mode.error;
            this.#json(response, { error }, mode.status);
            return;
        }
        const body = seen.body && seen.body.startsWith('{') ? JSON.parse(seen.body) : {};
        const route = `${seen.method} ${seen.path}`;
        if (body.model && !this.models.includes(body.model)) return this.#unknown(seen, response, body.model);
        const words = mode.words ?? ['Hello', ' from', ' the', ' stub', '.'];
        if (route === 'POST /api/chat' || route === 'POST /api/generate') {
            return this.#native(response, body, words, seen.path === '/api/chat');
        }
        if (route === 'POST /v1/chat/completions') return this.#openai(response, body, words, true);
        if (route === 'POST /v1/completions') return this.#openai(response, body, words, false);
        if (route === 'POST /v1/responses') {
            return this.#json(response, { id: 'resp_1', object: 'response', model: body.model, status: 'completed',
                output: [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed',
                    content: [{ type: 'output_text', text: words.join(''), annotations: [] }] }] });
        }
        const inputs = [body.input ?? body.prompt ?? []].flat();
        const vector = (text) => [text.length, 0.5, -1];
        if (route === 'POST /api/embed') {
            return this.#json(response, { model: body.model, embeddings: inputs.map(vector), prompt_eval_count: 1 });
        }
        if (route === 'POST /v1/embeddings') {
            const data = inputs.map((text, index) => ({ object: 'embedding', index, embedding: vector(text) }));
            return this.#json(response, { object: 'list', data, model: body.model, usage: { prompt_tokens: 1, total_tokens: 1 } });
        }
        return this.#other(route, seen, response, body);
    }

    #other(route, seen, response, body) {
        const details = (name) => ({ name, model: name, modified_at: kCreated, size: 1, digest: '0'.repeat(64), details: {} });
        const card = (id) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'library' });
        if (route === 'GET /api/tags') return this.#json(response, { models: this.models.map(details) });
        if (route === 'GET /api/ps') return this.#json(response, { models: [] });
        if (route === 'GET /api/version') return this.#json(response, { version: '0.13.0' });
        if (route === 'POST /api/show') return this.#json(response, { modelfile: 'FROM x', details: {}, model_info: {}, capabilities: ['completion'] });
        if (route === 'DELETE /api/delete') return this.#json(response, {});
        if (route === 'POST /api/copy') return this.#json(response, {});
        if (route === 'POST /api/pull') {
            return this.#lines(response, ['pulling manifest', 'success'].map((status) => JSON.stringify({ status }) + '\n'));
        }
        if (seen.path.startsWith('/api/blobs/')) {
            response.writeHead(seen.method === 'HEAD' ? 200 : 201).end();
            return undefined;
        }
        if (route === 'GET /v1/models') return this.#json(response, { object: 'list', data: this.models.map(card) });
        if (route.startsWith('GET /v1/models/')) {
            const name = decodeURIComponent(seen.path.slice('/v1/models/'.length));
            return this.models.includes(name) ? this.#json(response, card(name)) : this.#unknown(seen, response, name);
        }
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
        return body && undefined;
    }

    #unknown(seen, response, model) {
        const message = `model '${model}' not found`;
        const openai = { message, type: 'not_found_error', param: null, code: null };
        this.#json(response, { error: seen.path.startsWith('/v1/') ? openai : message }, 404);
    }

    #json(response, document, status = 200) {
        const text = JSON.stringify(document);
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) });
        response.end(text);
    }

    #native(response, body, words, chat) {
        const piece = (text, done) => JSON.stringify({
            model: body.model, created_at: kCreated,
            ...(chat ? { message: { role: 'assistant', content: text } } : { response: text }),
            done, ...(done && { done_reason: 'stop', total_duration: 1, eval_count: words.length }),
        });
        if (body.stream === false) return this.#json(response, JSON.parse(piece(words.join(''), true)));
        return this.#lines(response, (function* () {
            for (const word of words) yield piece(word, false) + '\n';
            yield piece('', true) + '\n';
        })());
    }

    #openai(response, body, words, chat) {
        const base = { id: 'chatcmpl-1', created: 1_767_225_600, model: body.model, system_fingerprint: 'fp_ollama' };
        if (!body.stream) {
            const text = words.join('');
            const choice = chat ? { message: { role: 'assistant', content: text } } : { text };
            return this.#json(response, { ...base, object: chat ? 'chat.completion' : 'text_completion',
                choices: [{ index: 0, ...choice, finish_reason: 'stop' }],
                usage: { prompt_tokens: 1, completion_tokens: words.length, total_tokens: words.length + 1 } });
        }
        const event = (word, finish_reason) => {
            const choice = chat ? { delta: { role: 'assistant', content: word } } : { text: word };
            const document = { ...base, object: chat ? 'chat.completion.chunk' : 'text_completion',
                choices: [{ index: 0, ...choice, finish_reason }] };
            return `data: ${JSON.stringify(document)}\n\n`;
        };
        return this.#lines(response, (function* () {
            for (const word of words) yield event(word, null);
            yield event('', 'stop');
            yield 'data: [DONE]\n\n';
        })(), 'text/event-stream');
    }

    /** Streams the pieces, one write each, taken and written only as fast as they are read. */
    async #lines(response, pieces, type = 'application/x-ndjson') {
        const { pace, after, then, gate } = this.mode;
        response.writeHead(200, { 'content-type': type });
        response.flushHeaders();
        const halt = after === 'header' ? 0 : after;
        let index = -1;
        for (const piece of pieces) {
            ++index;
            if (halt !== null && index >= halt) {
                await new Promise(setImmediate); // what was written has left
                if (then === 'break') response.socket?.destroy();
                return;
            }
            await gate?.(index);
            if (response.destroyed) return;
            if (!response.write(piece)) await drained(response);
            if (pace) await new Promise((resolve) => setTimeout(resolve, pace));
        }
        response.end();
    }
}
