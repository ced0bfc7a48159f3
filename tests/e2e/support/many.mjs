// What the tests of batches and pipelines have in common: their server, and questions to it.

import { fileURLToPath } from 'node:url';

import { eventually } from './wait.mjs';

const kMany = fileURLToPath(new URL('many_server.mjs', import.meta.url));

/** An entry for many_server.mjs. */
export function many(options = {}) {
    return { command: process.execPath, args: [kMany], auto_start: true, ...options };
}

/** What the server `name` has seen, asked through the compatibility route of `hub` (see Requests). */
export async function seen(hub, name = 'many') {
    const { body } = await hub.tool(name, 'seen');
    return JSON.parse(body.result.content[0].text);
}

/** Resolves when `condition` holds of what the server has seen. */
export function until_seen(hub, what, condition, name = 'many') {
    return eventually(10_000, what, async () => condition(await seen(hub, name)));
}

/** The rows of the activity with these conditions, as soon as there are `count`. */
export function rows(daemon, query, count) {
    return eventually(5_000, `${count} rows with ${query}`, async () => {
        const { entries } = await daemon.get(`/audit/activity?${query}`);
        return entries.length >= count && entries;
    });
}

export const text_of = ({ result }) => result.content[0].text;
