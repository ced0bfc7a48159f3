// `agenthub stdio` as a client that writes lines sees it: every byte is the test's own. Used by the tests of the bridge.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { kBinary } from './daemon.mjs';
import { Inbox, within } from './wait.mjs';

export class StdioLines {
    #child;
    #exited;
    #rest = '';
    /** The lines that came, in their order, as they were written. */
    lines = [];
    /** The same as messages. */
    inbox = new Inbox();
    /** What it wrote to stderr. */
    log = '';

    static start(args, { env = {} } = {}) {
        const self = new StdioLines();
        self.#child = spawn(kBinary, ['stdio', ...args], { env: { ...process.env, ...env } });
        self.#exited = once(self.#child, 'exit').then(([code, signal]) => ({ code, signal }));
        self.#child.stderr.setEncoding('utf8').on('data', (text) => (self.log += text));
        self.#child.stdin.on('error', () => {}); // it may have gone: the test will see
        self.#child.stdout.setEncoding('utf8').on('data', (text) => {
            const lines = (self.#rest + text).split('\n');
            self.#rest = lines.pop();
            for (const line of lines) {
                self.lines.push(line);
                self.inbox.push(JSON.parse(line));
            }
        });
        return self;
    }

    get pid() {
        return this.#child.pid;
    }

    /** Writes a message, or a text as it is. */
    send(message) {
        this.#child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    }

    /** The reply to the request of this id. */
    reply(id, limit = 20_000) {
        return this.inbox.next(`the reply to ${id}`, (message) => message.id === id && !message.method, limit);
    }

    /** Sends a request and resolves with its reply. */
    ask(id, method, params) {
        this.send({ id, method, params });
        return this.reply(id);
    }

    async initialize({ version = '2025-11-25', capabilities = {} } = {}) {
        const params = { protocolVersion: version, capabilities, clientInfo: { name: 'lines', version: '1' } };
        const reply = await this.ask('init', 'initialize', params);
        this.send({ method: 'notifications/initialized' });
        return reply;
    }

    call(id, name, args = {}, meta = undefined) {
        return this.ask(id, 'tools/call', { name, arguments: args, ...(meta && { _meta: meta }) });
    }

    /** Closes its input; resolves with {code, signal}. */
    async end() {
        this.#child.stdin.end();
        return within(10_000, 'the bridge to end', this.#exited);
    }

    kill(signal) {
        this.#child.kill(signal);
        return within(10_000, 'the bridge to end', this.#exited);
    }

    /** For `after`: ends it as its users would, or else by force. */
    async stop() {
        this.#child.stdin.end();
        await within(5_000, 'the bridge to end', this.#exited).catch(() => this.#child.kill('SIGKILL'));
        await this.#exited;
    }
}
