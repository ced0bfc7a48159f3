// Official SDK clients, connected through the daemon, or straight to a server when there is no daemon.
// Used by every test file.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { kBinary, kDirect } from './daemon.mjs';
import { Inbox, within } from './wait.mjs';

/**
 * Connects a client to `server` of `daemon`. Resolves when it is initialized and its stream for what the server sends
 * unasked is open, so that nothing can be missed. `client.inbox` holds the notifications, `client.stop()` ends it.
 */
export async function connect(daemon, server, options = {}) {
    if (process.env.AGENTHUB_E2E_OVER_STDIO === '1') return connect_over_stdio(daemon, server, options);
    const connected = kDirect ? start_directly(daemon.servers[server]) : through(daemon, server, options);
    return initialize(connected, options);
}

/** The same client, but through `agenthub stdio`. `args` come after the server, `env` is added to the environment. */
export async function connect_over_stdio(daemon, server, options = {}) {
    const args = ['stdio', ...(server ? [server] : []), '--url', daemon.url, ...(options.args ?? [])];
    const bridge = start_directly({ command: kBinary, args, env: options.env });
    const client = await initialize(bridge, options);
    client.bridge_pid = bridge.transport.pid;
    return client;
}

/** The same client, but talking to the server's own process: what AgentHub's answers are compared with. */
export async function connect_directly(daemon, server, options = {}) {
    return initialize(start_directly(daemon.servers[server]), options);
}

async function initialize({ transport, ready }, { clientName = 'agenthub-e2e', capabilities = {} }) {
    const client = new Client({ name: clientName, version: '1.0.0' }, { capabilities });
    client.inbox = new Inbox();
    client.fallbackNotificationHandler = async (notification) => client.inbox.push(notification);
    client.stop = async () => {
        // An HTTP session is ended, not left to expire.
        await transport.terminateSession?.();
        await client.close();
    };
    await client.connect(transport);
    client.wire = recorded(transport);
    await within(10_000, 'the stream of notifications to open', ready);
    return client;
}

function start_directly({ command, args, env }) {
    const transport = new StdioClientTransport({
        command,
        args,
        env: { ...getDefaultEnvironment(), ...env },
        stderr: 'ignore',
    });
    return { transport, ready: Promise.resolve() };
}

function through(daemon, server, { clientId }) {
    let opened, refused;
    const ready = new Promise((resolve, reject) => ([opened, refused] = [resolve, reject]));
    ready.catch(() => {}); // reported by whoever waits for it
    const watching = async (url, init) => {
        const response = await fetch(url, init);
        if (init?.method === 'GET') {
            if (response.ok) opened();
            else refused(new Error(`GET ${url} for the stream: ${response.status}`));
        }
        return response;
    };
    const transport = new StreamableHTTPClientTransport(new URL(`${daemon.url}/mcp/${server}`), {
        fetch: watching,
        requestInit: { headers: clientId ? { 'X-Client-ID': clientId } : {} },
        reconnectionOptions: {
            initialReconnectionDelay: 50,
            maxReconnectionDelay: 500,
            reconnectionDelayGrowFactor: 2,
            maxRetries: 20,
        },
    });
    return { transport, ready };
}

// Every message from here on, in order, as {sent} or {received}: what really travelled. The SDK itself may drop a
// progress notification that arrives together with the response, so tests of order look here.
function recorded(transport) {
    const wire = [];
    const [send, handle] = [transport.send.bind(transport), transport.onmessage];
    transport.send = (message, options) => {
        wire.push({ sent: message });
        return send(message, options);
    };
    transport.onmessage = (message, extra) => {
        wire.push({ received: message });
        handle(message, extra);
    };
    return wire;
}

/**
 * What travelled for the call whose arguments fit `condition`: its request, and in their order all that came back for
 * it, notifications of progress as their params and the response as the whole message.
 */
export function traffic_of(client, condition) {
    const isCall = ({ sent }) => sent?.method === 'tools/call' && condition(sent.params.arguments);
    const request = client.wire.find(isCall).sent;
    const token = request.params._meta?.progressToken;
    const back = [];
    for (const { received } of client.wire) {
        if (received?.method === 'notifications/progress' && received.params.progressToken === token)
            back.push(received.params);
        else if (received && received.method === undefined && received.id === request.id) back.push(received);
    }
    return { request, back };
}

/** The text of a tool result that has exactly one piece of content. */
export function text_of(result) {
    if (result.content?.length !== 1 || result.content[0].type !== 'text')
        throw new Error(`not one piece of text: ${JSON.stringify(result)}`);
    return result.content[0].text;
}

/** Calls the tool `name` and returns the text of its result. */
export async function call_text(client, name, args = {}, options = undefined) {
    return text_of(await client.callTool({ name, arguments: args }, undefined, options));
}

/** What the witness server has seen. */
export async function seen_by(client) {
    return JSON.parse(await call_text(client, 'seen'));
}
