// A stdio server spoken to line by line, for what no client would send. Used by conformance_fixture.test.mjs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { Inbox, within } from '../support/wait.mjs';

export class RawServer {
    #child;
    #exited;
    #inbox = new Inbox();
    #id = 0;

    /** Starts `command args`, hands it to `use`, closes its input; resolves with its exit code. */
    static async with({ command, args }, use) {
        const server = new RawServer();
        server.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
        server.#exited = once(server.#child, 'exit');
        createInterface({ input: server.#child.stdout }).on('line', (line) => server.#inbox.push(JSON.parse(line)));
        try {
            await use(server);
            server.#child.stdin.end();
            const [code] = await within(5_000, 'the server to end with its input', server.#exited);
            return code;
        } finally {
            server.#child.kill('SIGKILL');
        }
    }

    /** Resolves with the whole response. */
    async request(method, params) {
        const id = ++this.#id;
        this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
        return this.#inbox.next(`the answer to ${method}`, (message) => message.id === id);
    }
}
