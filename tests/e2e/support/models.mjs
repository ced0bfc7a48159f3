// What the tests of models have in common: a daemon in front of a stub, and the official clients.
// Used by the tests of Ollama and of enhancement.

import { Ollama } from 'ollama';
import OpenAI from 'openai';

import { Daemon, kDirect } from './daemon.mjs';
import { eventually } from './wait.mjs';

export const kModel = 'llama3.2:3b';

/** A daemon that talks to `stub`, once it knows that the stub is there. */
export async function daemon_before(stub, { ollama = {}, config = {}, ...rest } = {}) {
    const daemon = await Daemon.start({ config: { ollama: { url: stub.url, ...ollama }, ...config }, ...rest });
    if (!kDirect) await health_says(daemon, 'up');
    return daemon;
}

export async function health_says(daemon, state, limit = 15_000) {
    await eventually(limit, `/health to say that Ollama is ${state}`, async () => {
        const { services } = await daemon.get('/health');
        return services.ollama === state;
    });
}

/** The official client of Ollama's own API. */
export function ollama_client(daemon, stub, options = {}) {
    return new Ollama({ host: kDirect ? stub.url : `${daemon.url}/ollama`, ...options });
}

/** The official client of OpenAI's API. */
export function openai_client(daemon, stub, options = {}) {
    const baseURL = `${kDirect ? stub.url : daemon.url}/v1`;
    return new OpenAI({ baseURL, apiKey: 'none is asked for', maxRetries: 0, ...options });
}

/** Says words only when they are asked for: `await gate.say(n)` lets the first n of them pass. */
export class Gate {
    #allowed = 0;
    #waiting = [];

    /** For `stub.behave({ gate: gate.pass })`. */
    pass = (index) => {
        if (index < this.#allowed) return undefined;
        return new Promise((resolve) => this.#waiting.push({ index, resolve }));
    };

    say(count) {
        this.#allowed = count;
        for (const { index, resolve } of this.#waiting) if (index < count) resolve();
    }
}

/** A POST of JSON. */
export function post(daemon, path, body, options = {}) {
    const headers = { 'content-type': 'application/json', ...options.headers };
    return fetch(daemon.url + path, { method: 'POST', body: JSON.stringify(body), ...options, headers });
}

/** The newest rows of the activity that fit, once there is one. */
export function activity(daemon, query) {
    return eventually(3_000, `activity with ${query}`, async () => {
        const { entries } = await daemon.get(`/audit/activity?${query}`);
        return entries.length > 0 && entries;
    });
}
