// An HTTP server in AgentHub's place, which does to a bridge what the real one does only in a bad moment.
// Used by stdio_faults.test.mjs.

import { once } from 'node:events';
import http from 'node:http';

export const kInfo = {
    protocolVersion: '2025-11-25',
    capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
    serverInfo: { name: 'fake', version: '1' },
};

export class FakeDaemon {
    #server;
    #streams = new Set();
    /** Every message that came, as {session, message}. */
    seen = [];
    /** method -> function (message, exchange) that answers; without one the answer is an empty result. */
    answers = {};
    sessions = 0;

    static async start(port = 0) {
        const self = new FakeDaemon();
        self.#server = http.createServer((request, response) => self.#serve(request, response));
        self.#server.listen(port, '127.0.0.1');
        await once(self.#server, 'listening');
        self.port = self.#server.address().port;
        self.url = `http://127.0.0.1:${self.port}`;
        return self;
    }

    /** As a crash: nothing is answered any more. */
    async stop() {
        this.#server.closeAllConnections();
        this.#server.close();
        await once(this.#server, 'close');
    }

    /** How many general streams are open. */
    get streams() {
        return this.#streams.size;
    }

    /** To every general stream. */
    say(message) {
        for (const stream of this.#streams) stream.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
    }

    of_method(method) {
        return this.seen.filter(({ message }) => message.method === method);
    }

    async #serve(request, response) {
        let body = '';
        for await (const piece of request) body += piece;
        const session = request.headers['mcp-session-id'];
        const exchange = { request, response, session };
        if (request.url === '/livez') return response.end('{}');
        if (request.method === 'GET') return this.#stream(exchange);
        if (request.method === 'DELETE') {
            this.ended = session;
            return response.end();
        }
        const message = JSON.parse(body);
        this.seen.push({ session, message, headers: request.headers });
        const known = session === undefined || session === `session-${this.sessions}`;
        if (!known) return reply(response, { error: { code: -32001, message: 'Session not found' }, id: null }, 404);
        if (this.answers[message.method]) return this.answers[message.method](message, exchange);
        if (message.id === undefined || message.method === undefined) return response.writeHead(202).end();
        if (message.method === 'initialize') {
            response.setHeader('Mcp-Session-Id', `session-${++this.sessions}`);
            return reply(response, { id: message.id, result: kInfo });
        }
        reply(response, { id: message.id, result: {} });
    }

    #stream(exchange) {
        const { request, response } = exchange;
        if (this.answers.stream) return this.answers.stream(exchange);
        const from = request.headers['last-event-id'];
        if (from && this.answers.resume) return this.answers.resume(from, exchange);
        if (exchange.session !== `session-${this.sessions}`)
            return reply(response, { error: { code: -32001, message: 'Session not found' }, id: null }, 404);
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
        this.#streams.add(response);
        response.on('close', () => this.#streams.delete(response));
    }
}

export function reply(response, message, status = 200) {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}
