// What the tests of the activity share: calls that leave rows, and reading them back.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { eventually, within } from './wait.mjs';

const kProgram = fileURLToPath(new URL('fake_server.mjs', import.meta.url));

/** The small server of the prototype's tests, as an entry of the configuration. */
export function fake(options = {}) {
    return { command: process.execPath, args: [kProgram], auto_start: true, ...options };
}

/** A call without a session, as the prototype's clients make it; resolves with status, headers and body. */
export async function call(daemon, { server = 'fake', tool = 'echo', args = { text: 'x' }, client = 'tester', id = 1 } = {}) {
    const response = await fetch(`${daemon.url}/mcp/${server}/tools/call`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Client-ID': client },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: tool, arguments: args } }),
    });
    return { status: response.status, request_id: response.headers.get('x-request-id'), body: await response.json() };
}

/** A page of the activity; `query` is an object of parameters. */
export async function page(daemon, query = {}) {
    return daemon.get(`/audit/activity?${new URLSearchParams(query)}`);
}

/** The same when it has `total` rows. */
export async function page_of(daemon, total, query) {
    return eventually(10_000, `${JSON.stringify(query)} to have ${total} rows`, async () => {
        const got = await page(daemon, query);
        return got.total === total ? got : null;
    });
}

/** One event stream, read as it comes. */
export class Events {
    #reader;
    #rest = '';
    #abort = new AbortController();
    comments = 0;

    static async open(daemon, query = {}, headers = {}) {
        const self = new Events();
        const url = `${daemon.url}/audit/activity/stream?${new URLSearchParams(query)}`;
        self.response = await fetch(url, { headers, signal: self.#abort.signal });
        if (self.response.status === 200) self.#reader = self.response.body.pipeThrough(new TextDecoderStream()).getReader();
        return self;
    }

    /** The next event: {id, event, data}; null at the end. */
    async next(limit = 10_000) {
        for (;;) {
            const end = this.#rest.indexOf('\n\n');
            if (end >= 0) {
                const block = this.#rest.slice(0, end);
                this.#rest = this.#rest.slice(end + 2);
                const out = {};
                for (const line of block.split('\n')) {
                    if (line.startsWith(':')) ++this.comments;
                    const colon = line.indexOf(': ');
                    if (colon > 0) out[line.slice(0, colon)] = line.slice(colon + 2);
                }
                if (!out.event) continue;
                return { ...out, data: JSON.parse(out.data) };
            }
            const { done, value } = await within(limit, 'the next event', this.#reader.read());
            if (done) return null;
            this.#rest += value;
        }
    }

    stop() {
        this.#abort.abort();
    }
}

/** Lines of RFC 4180 as lists of fields. */
export function parse_csv(text) {
    const rows = [];
    let row = [];
    let at = 0;
    while (at < text.length) {
        let field = '';
        if (text[at] === '"') {
            for (++at; ; ++at) {
                assert.ok(at < text.length, 'a quoted field has no end');
                if (text[at] !== '"') field += text[at];
                else if (text[at + 1] === '"') field += text[++at];
                else break;
            }
            ++at;
        } else {
            while (at < text.length && text[at] !== ',' && text[at] !== '\r') field += text[at++];
        }
        row.push(field);
        if (text[at] === ',') {
            ++at;
        } else {
            assert.equal(text.slice(at, at + 2), '\r\n', 'a line ends otherwise');
            at += 2;
            rows.push(row);
            row = [];
        }
    }
    return rows;
}
