// The MCP servers under the tests: as entries of the daemon's configuration, and as commands to start directly.
// Used by daemon.mjs and client.mjs.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

function program(packageName) {
    return path.join(path.dirname(require.resolve(`${packageName}/package.json`)), 'dist/index.js');
}

/** The reference server with one of everything. */
export function everything(options = {}) {
    return entry([program('@modelcontextprotocol/server-everything')], options);
}

/** File access below `folder`. */
export function filesystem(folder, options = {}) {
    return entry([program('@modelcontextprotocol/server-filesystem'), folder], options);
}

/** A knowledge graph kept in `file`. */
export function memory(file, options = {}) {
    const env = { ...options.env, MEMORY_FILE_PATH: file };
    return entry([program('@modelcontextprotocol/server-memory')], { ...options, env });
}

/** Our own: tells what really reached a server. */
export function witness(options = {}) {
    return entry([fileURLToPath(new URL('witness_server.mjs', import.meta.url))], options);
}

/** Our own, of one era and without an SDK: says exactly what it is told to say. `flags`: see peer_server.mjs. */
export function peer(era, { name = 'peer', flags = [], ...options } = {}) {
    const program = fileURLToPath(new URL('peer_server.mjs', import.meta.url));
    return entry([program, '--era', era, '--name', name, ...flags], options);
}

function entry(args, options) {
    return { command: process.execPath, args, ...options };
}
