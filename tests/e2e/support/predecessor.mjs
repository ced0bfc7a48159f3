// What the tests of the predecessor's HTTP interface have in common: its server, and requests as its clients send them.

import { fileURLToPath } from 'node:url';

const kFake = fileURLToPath(new URL('fake_server.mjs', import.meta.url));

/** An entry for the fake server; `flags`: see fake_server.mjs. */
export function fake({ flags = [], ...options } = {}) {
    return { command: process.execPath, args: [kFake, ...flags], transport: 'stdio', package: 'fake', ...options };
}

export const kBreakerKeys = [
    'state', 'failure_count', 'success_count', 'last_failure_time', 'last_success_time', 'total_failures',
    'total_successes', 'times_opened',
];

/** Requests to one daemon. Replies are {status, headers, text, body, ms}; `body` is undefined for what is no JSON. */
export class Requests {
    #daemon;
    constructor(daemon) {
        this.#daemon = daemon;
    }

    async send(method, route, body, headers = {}) {
        const began = performance.now();
        const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
        const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
        const response = await fetch(this.#daemon.url + route, { method, headers: { ...type, ...headers }, body: text, redirect: 'manual' });
        const reply = { status: response.status, headers: response.headers, text: await response.text() };
        reply.ms = performance.now() - began;
        try {
            reply.body = JSON.parse(reply.text);
        } catch {
            // It is no JSON.
        }
        return reply;
    }

    get = (route, headers) => this.send('GET', route, undefined, headers);
    post = (route, body, headers) => this.send('POST', route, body, headers);
    remove = (route) => this.send('DELETE', route);

    /** One JSON-RPC message to the compatibility route, always at the same path, as most clients do. */
    rpc = (server, message, path = 'tools/call', headers = {}) => this.post(`/mcp/${server}/${path}`, message, headers);
    tool = (server, name, args = {}, id = 1) =>
        this.rpc(server, { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
}
