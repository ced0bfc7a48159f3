// An HTTP endpoint for hooks that answers as it is told, and remembers what it was asked.
// Used by the tests of hooks.

import { once } from 'node:events';
import { createServer } from 'node:http';

import { Inbox } from './wait.mjs';

export class HookStub {
    #server;
    /** Gets the document, the headers and the response; returns what to answer with, undefined to have answered itself. */
    answer = () => ({});
    /** {document, headers} of every request. */
    asked = [];
    /** The same, to be waited for; and {left} when a caller closed its connection before it was answered. */
    inbox = new Inbox();
    left = new Inbox();
    url;

    static async start(answer) {
        const self = new HookStub();
        if (answer) self.answer = answer;
        self.#server = createServer((request, response) => self.#serve(request, response));
        self.#server.listen(0, '127.0.0.1');
        await once(self.#server, 'listening');
        self.url = `http://127.0.0.1:${self.#server.address().port}`;
        return self;
    }

    async #serve(request, response) {
        let body = '';
        for await (const piece of request.setEncoding('utf8')) body += piece;
        const asked = { document: JSON.parse(body), headers: request.headers, path: request.url };
        this.asked.push(asked);
        this.inbox.push(asked);
        response.on('close', () => response.writableFinished || this.left.push(asked));
        const answer = await this.answer(asked.document, asked.headers, response);
        if (answer === undefined || response.destroyed) return;
        response.setHeader('Content-Type', 'application/json');
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    }

    async stop() {
        this.#server.closeAllConnections();
        this.#server.close();
        await once(this.#server, 'close');
    }
}

/** A command hook made of a program text for node; `document` is what it was given. */
export function node_hook(body, extra = {}) {
    const program = `let text = ''; process.stdin.on('data', (d) => (text += d)).on('end', () => { const document = JSON.parse(text); ${body} });`;
    return { command: [process.execPath, '-e', program], ...extra };
}

/** One that is a line of shell. */
export const shell_hook = (script, extra = {}) => ({ command: ['/bin/sh', '-c', script], ...extra });

/** A line of shell that answers with this decision. */
export const says = (decision) => shell_hook(`cat > /dev/null; echo '${JSON.stringify(decision).replaceAll("'", "'\\''")}'`);
