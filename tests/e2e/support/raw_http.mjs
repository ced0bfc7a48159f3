// MCP over HTTP without any SDK, so that every byte and every header is the test's own. Used by the tests of the eras.

import { eventually, Inbox, within } from './wait.mjs';

const kAccept = 'application/json, text/event-stream';
const kPrefix = 'io.modelcontextprotocol/';

export const kModernVersion = '2026-07-28';
export const key = (name) => kPrefix + name;

/** The reply to one POST or GET: a JSON object, or a stream of events that is read as it comes. */
export class Exchange {
    #abort = new AbortController();
    #ended = false;
    #done;

    status;
    headers;
    /** The body of a reply that is no stream. */
    text = '';
    /** The messages that came, in their order, and as they were written. */
    messages = [];
    texts = [];
    comments = 0;
    inbox = new Inbox();

    static async open(url, { method = 'POST', headers = {}, body, onmessage } = {}) {
        const self = new Exchange();
        const response = await within(
            30_000,
            `${method} ${url} to be answered`,
            fetch(url, { method, headers, body, signal: self.#abort.signal }),
        );
        self.status = response.status;
        self.headers = response.headers;
        const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
        if (isStream) self.#done = self.#read(response, onmessage).catch(() => {}).then(() => (self.#ended = true));
        else {
            self.text = await response.text();
            self.#ended = true;
            if (self.text.startsWith('{')) self.#take(self.text, onmessage);
        }
        return self;
    }

    async #read(response, onmessage) {
        let rest = '';
        for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
            rest += piece;
            for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) this.#event(rest.slice(0, end), onmessage);
        }
    }

    #event(block, onmessage) {
        let data = '';
        for (const line of block.split('\n')) {
            if (line.startsWith(':')) ++this.comments;
            if (line.startsWith('data:')) data += line.slice(5).replace(/^ /, '');
        }
        if (data) this.#take(data, onmessage);
    }

    #take(data, onmessage) {
        const message = JSON.parse(data);
        this.texts.push(data);
        this.messages.push(message);
        this.inbox.push(message);
        onmessage?.(message);
    }

    /** The response on it, as the whole message, once it has come. */
    async reply(limit = 20_000) {
        const found = () => this.messages.find(({ method }) => method === undefined);
        if (!this.#ended && !found()) await within(limit, 'the response on the stream', this.inbox.next('a response', ({ method }) => method === undefined, limit));
        return found();
    }

    /** Resolves when the other side has ended it. */
    ended(limit = 10_000) {
        return eventually(limit, 'the stream to end', () => this.#ended);
    }

    /** Closes the connection. */
    close() {
        this.#abort.abort();
        return this.#done;
    }
}

/** A client of revision 2026-07-28. */
export class ModernClient {
    #last = 0;

    constructor(url, { name = 'raw', capabilities = {}, level, headers = {} } = {}) {
        Object.assign(this, { url, name, capabilities, level, headers });
    }

    meta() {
        return {
            [key('protocolVersion')]: kModernVersion,
            [key('clientCapabilities')]: this.capabilities,
            [key('clientInfo')]: { name: this.name, version: '1' },
            ...(this.level && { [key('logLevel')]: this.level }),
        };
    }

    /** The headers that go with a request. */
    headers_of({ method, params }) {
        const named = params?.name ?? params?.uri ?? params?.taskId;
        return {
            'content-type': 'application/json',
            accept: kAccept,
            'mcp-protocol-version': kModernVersion,
            'mcp-method': method,
            ...(named !== undefined && /^(tools\/call|prompts\/get|resources\/read|tasks\/)/.test(method) && { 'mcp-name': named }),
            ...this.headers,
        };
    }

    /** Sends `method`; `meta` is merged into _meta, `headers` into the headers (undefined: left out). */
    open(method, params = {}, { id = ++this.#last, meta = {}, headers = {}, onmessage } = {}) {
        const message = { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...this.meta(), ...meta } } };
        const all = Object.entries({ ...this.headers_of(message), ...headers }).filter(([, value]) => value !== undefined);
        return Exchange.open(this.url, { headers: Object.fromEntries(all), body: JSON.stringify(message), onmessage });
    }

    /** The same, and waits for the response: {status, reply, before: the messages that came first, headers}. */
    async send(method, params, options) {
        const exchange = await this.open(method, params, options);
        const reply = await exchange.reply();
        return { status: exchange.status, headers: exchange.headers, reply, text: exchange.text || exchange.texts.at(-1), before: exchange.messages.filter((one) => one !== reply) };
    }

    call(name, args = {}, options = {}) {
        return this.send('tools/call', { name, arguments: args, ...options.params }, options);
    }
}

/** A session of the legacy era. `answer` is called with each request of the server and returns the result. */
export class LegacyClient {
    #last = 0;
    /** Everything that the server sent unasked on the stream of the GET. */
    stream;

    static async open(url, { capabilities = {}, version = '2025-11-25', name = 'raw', answer, headers = {} } = {}) {
        const self = new LegacyClient();
        Object.assign(self, { url, answer, version, asked: [], extra: headers });
        const { reply, headers: got, status } = await self.send('initialize', {
            protocolVersion: version,
            capabilities,
            clientInfo: { name, version: '1' },
        });
        self.session = got.get('mcp-session-id');
        self.initialized = reply?.result ?? { status, reply };
        await self.notify('notifications/initialized');
        self.stream = await Exchange.open(url, {
            method: 'GET',
            headers: self.#headers('text/event-stream'),
            onmessage: (message) => self.#take(message),
        });
        return self;
    }

    #headers(accept = kAccept) {
        return {
            'content-type': 'application/json',
            accept,
            ...(this.session && { 'mcp-session-id': this.session, 'mcp-protocol-version': this.version }),
            ...this.extra,
        };
    }

    async #take(message) {
        if (message.method === undefined || message.id === undefined) return;
        this.asked.push(message);
        const result = await this.answer?.(message);
        if (result === undefined) return;
        const body = result.error ? { error: result.error } : { result };
        await this.post({ jsonrpc: '2.0', id: message.id, ...body });
    }

    post(message) {
        const body = typeof message === 'string' ? message : JSON.stringify(message);
        return Exchange.open(this.url, { headers: this.#headers(), body, onmessage: (one) => this.#take(one) });
    }

    notify(method, params = {}) {
        return this.post({ jsonrpc: '2.0', method, params });
    }

    open_call(method, params = {}, { id = ++this.#last } = {}) {
        return this.post({ jsonrpc: '2.0', id, method, params });
    }

    async send(method, params, options) {
        const exchange = await this.open_call(method, params, options);
        const reply = await exchange.reply();
        return { status: exchange.status, headers: exchange.headers, reply, text: exchange.text || exchange.texts.at(-1), before: exchange.messages.filter((one) => one !== reply) };
    }

    call(name, args = {}, options = {}) {
        return this.send('tools/call', { name, arguments: args, ...options.params }, options);
    }

    async stop() {
        await this.stream?.close();
        await Exchange.open(this.url, { method: 'DELETE', headers: this.#headers() });
    }
}

/** The text of the tool result in `sent`. */
export const text_in = ({ reply }) => {
    if (reply?.result?.content?.length !== 1) throw new Error(`not one piece of text: ${JSON.stringify(reply)}`);
    return reply.result.content[0].text;
};
export const json_in = (sent) => JSON.parse(text_in(sent));
