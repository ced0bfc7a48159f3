// The daemon with the conformance fixture behind it. Used by run.mjs, the conformance tests and those of real clients.

import { fileURLToPath } from 'node:url';

import { Daemon } from '../support/daemon.mjs';

const kFixture = fileURLToPath(new URL('fixture/server.mjs', import.meta.url));

/** The name of the fixture in the configuration. */
export const kName = 'conformance';

export const kEras = ['both', 'legacy', 'modern'];
export const kEndpoints = ['per-server', 'aggregate'];

/**
 * The fixture of `era` as an entry of the configuration, and as a command. Its tools ask their clients, and some scenarios
 * leave calls behind that wait for an answer for ever: one process for all could not tell whom the next question is for. A spare
 * process is kept ready: one scenario gives a call 600 ms.
 */
export function fixture(era, options = {}) {
    return { command: process.execPath, args: [kFixture, '--era', era], isolation: 'auto', max_instances: 0, warm: 1, ...options };
}

/** Starts the daemon for `endpoint`; the aggregate has only the one server, so that no name needs a prefix. */
export async function start_hub({ era, endpoint = 'per-server', ...options }) {
    // The suites do not end their sessions.
    const config = { limits: { session_idle: 15 }, ...options.config, ...(endpoint === 'aggregate' && { aggregate: { prefix: 'on_collision' } }) };
    return Daemon.start({ servers: { [kName]: fixture(era, options.server) }, config });
}

/** Where clients of `endpoint` connect: {http, sse}. */
export function urls_of(daemon, endpoint) {
    if (endpoint === 'aggregate') return { http: `${daemon.url}/mcp`, sse: `${daemon.url}/sse` };
    const http = `${daemon.url}/mcp/${kName}`;
    return { http, sse: `${http}/sse` };
}
