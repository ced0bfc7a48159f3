// The real clients under test, behind one face, so that each can be put through the same cases. Used by client_tests.mjs.
//
// `connect(urls, answers)` resolves when the client is initialized; `urls` are {http, sse}, `answers` what it says to
// {elicitation, sampling, roots}. The face:
//     version()                                the revision it agreed on
//     tools(), call(name, args, onprogress)    a list of names; a tool result
//     watch(uri)                               asks to be told of changes of it and of the tools
//     told(method)                             the last notification of that method, if one has come
//     asked                                    the methods of the requests that reached it
//     stop()                                   ends it as its users would
// Those with `leaves_sessions` end without a DELETE, as they do in real life: the sessions expire by themselves. mcp-remote
// opens one to try the url, and another for the work.

import { createRequire } from 'node:module';
import path from 'node:path';
import * as modern from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdioTransport } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
    CreateMessageRequestSchema,
    ElicitRequestSchema,
    ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

import { kBinary, temporary_folder } from '../support/daemon.mjs';

const kIdentity = { name: 'agenthub-e2e', version: '1.0.0' };
const kCapabilities = { elicitation: {}, sampling: {}, roots: {} };

/** @modelcontextprotocol/sdk, 1.x, over any of its transports. */
export async function connect_first(transport, answers) {
    const client = new Client(kIdentity, { capabilities: kCapabilities });
    const face = { asked: [] };
    const told = new Map();
    const answer = (schema, method) =>
        client.setRequestHandler(schema, async () => {
            face.asked.push(method);
            return answers[method];
        });
    answer(ElicitRequestSchema, 'elicitation/create');
    answer(CreateMessageRequestSchema, 'sampling/createMessage');
    answer(ListRootsRequestSchema, 'roots/list');
    client.fallbackNotificationHandler = async (notification) => told.set(notification.method, notification);
    await client.connect(transport);
    return Object.assign(face, {
        version: () => transport.protocolVersion,
        tools: async () => (await client.listTools()).tools.map(({ name }) => name),
        call: (name, args = {}, onprogress) => client.callTool({ name, arguments: args }, undefined, { onprogress }),
        watch: (uri) => client.subscribeResource({ uri }),
        told: (method) => told.get(method),
        stop: async () => {
            await transport.terminateSession?.();
            await client.close();
        },
    });
}

/** @modelcontextprotocol/client, 2.x, over any of its transports; without `versionNegotiation` as it comes. */
export async function connect_second(transport, versionNegotiation, answers) {
    const options = { capabilities: kCapabilities, ...(versionNegotiation && { versionNegotiation }) };
    const client = new modern.Client(kIdentity, options);
    const face = { asked: [] };
    const told = new Map();
    for (const method of Object.keys(answers))
        client.setRequestHandler(method, async () => {
            face.asked.push(method);
            return answers[method];
        });
    for (const method of ['notifications/resources/updated', 'notifications/tools/list_changed'])
        client.setNotificationHandler(method, (notification) => told.set(method, notification));
    await client.connect(transport);
    let subscription;
    return Object.assign(face, {
        version: () => client.getNegotiatedProtocolVersion(),
        tools: async () => (await client.listTools()).tools.map(({ name }) => name),
        call: (name, args = {}, onprogress) => client.callTool({ name, arguments: args }, { onprogress }),
        watch: async (uri) => {
            if (client.getProtocolEra() === 'legacy') return client.subscribeResource({ uri });
            subscription = await client.listen({ resourceSubscriptions: [uri], toolsListChanged: true });
        },
        told: (method) => told.get(method),
        stop: async () => {
            await subscription?.close();
            await transport.terminateSession?.();
            await client.close();
        },
    });
}

// mcp-remote, which is started by clients that know only stdio: here by the SDK's. It keeps tokens in a folder.
async function connect_remote(url, options, answers) {
    const folder = await temporary_folder();
    const program = path.join(
        path.dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json')),
        'dist/proxy.js',
    );
    const transport = new StdioClientTransport({
        command: process.execPath,
        args: [program, url, ...options],
        env: { ...getDefaultEnvironment(), MCP_REMOTE_CONFIG_DIR: folder.path },
        stderr: 'ignore',
    });
    try {
        const face = await connect_first(transport, answers);
        const { stop } = face;
        const pid = transport.pid;
        return Object.assign(face, { pid, stop: () => stop().finally(folder.remove) });
    } catch (error) {
        await transport.close();
        await folder.remove();
        throw error;
    }
}

// `agenthub stdio`, as clients that know only stdio start it.
function bridge_to(http) {
    const { origin, pathname } = new URL(http);
    const server = pathname === '/mcp' ? [] : [decodeURIComponent(pathname.slice('/mcp/'.length))];
    return { command: kBinary, args: ['stdio', ...server, '--url', origin], stderr: 'ignore' };
}

async function connect_bridged(transport, connected) {
    const face = await connected;
    const { pid } = transport;
    return Object.assign(face, { pid });
}

function connect_first_bridged({ http }, answers) {
    const transport = new StdioClientTransport({ ...bridge_to(http), env: getDefaultEnvironment() });
    return connect_bridged(transport, connect_first(transport, answers));
}

function connect_second_bridged({ http }, versionNegotiation, answers) {
    const transport = new ModernStdioTransport(bridge_to(http));
    return connect_bridged(transport, connect_second(transport, versionNegotiation, answers));
}

const modern_http = (url) => new modern.StreamableHTTPClientTransport(new URL(url));

/** Every client, with the revision that it is to agree on. */
export const kClients = [
    {
        client: 'sdk 1.x over Streamable HTTP',
        version: '2025-11-25',
        connect: ({ http }, answers) => connect_first(new StreamableHTTPClientTransport(new URL(http)), answers),
    },
    {
        client: 'sdk 1.x over SSE',
        // This transport does not tell; it has no version header.
        version: undefined,
        connect: ({ sse }, answers) => connect_first(new SSEClientTransport(new URL(sse)), answers),
    },
    {
        client: 'client 2.x as it comes',
        version: '2025-11-25',
        connect: ({ http }, answers) => connect_second(modern_http(http), undefined, answers),
    },
    {
        client: 'client 2.x, auto',
        version: '2026-07-28',
        connect: ({ http }, answers) => connect_second(modern_http(http), { mode: 'auto' }, answers),
    },
    {
        client: 'client 2.x, pinned to 2026-07-28',
        version: '2026-07-28',
        connect: ({ http }, answers) => connect_second(modern_http(http), { mode: { pin: '2026-07-28' } }, answers),
    },
    {
        client: 'sdk 1.x through agenthub stdio',
        version: undefined,
        connect: connect_first_bridged,
    },
    {
        client: 'client 2.x through agenthub stdio',
        version: '2025-11-25',
        connect: (urls, answers) => connect_second_bridged(urls, undefined, answers),
    },
    {
        client: 'client 2.x, auto, through agenthub stdio',
        version: '2026-07-28',
        connect: (urls, answers) => connect_second_bridged(urls, { mode: 'auto' }, answers),
    },
    {
        client: 'client 2.x, pinned to 2026-07-28, through agenthub stdio',
        version: '2026-07-28',
        connect: (urls, answers) => connect_second_bridged(urls, { mode: { pin: '2026-07-28' } }, answers),
    },
    {
        client: 'mcp-remote',
        version: undefined,
        leaves_sessions: 2,
        connect: ({ http }, answers) => connect_remote(http, ['--transport', 'http-only'], answers),
    },
    {
        client: 'mcp-remote over SSE',
        version: undefined,
        connect: ({ sse }, answers) => connect_remote(sse, ['--transport', 'sse-only'], answers),
    },
    {
        client: 'mcp-remote, auto',
        version: undefined,
        leaves_sessions: 2,
        connect: ({ http }, answers) => connect_remote(http, ['--protocol', 'auto'], answers),
    },
];
