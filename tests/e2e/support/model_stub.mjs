// What enhancement needs of Ollama's documented API (generate, embed, tags, chats), and nothing that nobody told it to do.
// Started by a test, which says how it answers.

import { once } from 'node:events';
import http from 'node:http';

import { within } from './wait.mjs';

export class ModelStub {
    #server;
    #held = [];
    #arrived = [];

    url;
    /** The bodies of POST /api/generate and of /api/embed, in the order of their arrival. */
    generated = [];
    embedded = [];
    /** The bodies of chats, as they came. */
    chats = [];
    /** Requests whose connection the daemon has closed before they were answered. */
    given_up = 0;
    /** How many of the next requests lose their connection instead of being answered. */
    drops = 0;
    /** True: requests are held until `release()`. */
    holds = false;
    /** Models that are not installed. */
    missing = new Set();
    /** What a model answers to a request; the meaning of a text as a vector. */
    answer = ({ model, prompt }) => `better by ${model}: ${prompt}`;
    meaning = () => [1, 0, 0];

    static async start() {
        const stub = new ModelStub();
        await stub.listen(0);
        return stub;
    }

    /** On this port; after `stop()` once more on the one it had. */
    async listen(port = Number(new URL(this.url).port)) {
        this.#server = http.createServer((request, response) => this.#serve(request, response));
        this.#server.listen(port, '127.0.0.1');
        await once(this.#server, 'listening');
        this.url = `http://127.0.0.1:${this.#server.address().port}`;
    }

    /** Whoever connects is refused from now on. */
    async stop() {
        this.#server.closeAllConnections();
        this.#server.close();
        await once(this.#server, 'close');
    }

    /** Answers what is held, and holds nothing any more. */
    release() {
        this.holds = false;
        for (const answer of this.#held.splice(0)) answer();
    }

    /** Resolves when `count` requests to generate have come in all. */
    async came(count) {
        const enough = new Promise((resolve) => this.#arrived.push({ count, resolve }));
        this.#tell();
        await within(20_000, `${count} requests to the model`, enough);
    }

    #tell() {
        for (const { count, resolve } of this.#arrived) if (this.generated.length >= count) resolve();
    }

    async #serve(request, response) {
        response.on('close', () => (this.given_up += response.writableEnded ? 0 : 1));
        let text = '';
        for await (const piece of request) text += piece;
        if (request.url === '/api/tags') return reply(response, 200, { models: [] });
        const path = request.url.split('?')[0];
        if (path.endsWith('/chat') || path.endsWith('/chat/completions')) {
            this.chats.push(text);
            return reply(response, 200, { message: { role: 'assistant', content: 'ok' }, done: true });
        }
        const body = JSON.parse(text);
        if (request.url === '/api/embed') {
            this.embedded.push(body);
            return reply(response, 200, { model: body.model, embeddings: [this.meaning(body.input)] });
        }
        this.generated.push({ ...body, url: request.url });
        this.#tell();
        if (this.drops > 0) {
            --this.drops;
            return request.socket.destroy();
        }
        if (this.holds) await new Promise((resolve) => this.#held.push(resolve));
        if (this.missing.has(body.model))
            return reply(response, 404, { error: `model '${body.model}' not found` });
        reply(response, 200, { model: body.model, response: this.answer(body), done: true });
    }
}

function reply(response, status, body) {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
