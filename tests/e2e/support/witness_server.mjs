// An MCP server over stdio that remembers what reached it, so that tests can ask what the gateway really sent.
// Started as a child process, by the daemon or directly; one process may serve many clients.

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
    CallToolRequestSchema,
    ListToolsRequestSchema,
    SetLevelRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

const server = new Server(
    { name: 'witness', version: '1.0.0' },
    { capabilities: { tools: {}, logging: {} }, instructions: 'Ask me what I saw.' },
);

const requests = []; // {id, tool, label, progressToken}, in the order of arrival
const cancelled = []; // the labels of the calls whose cancellation arrived
const held = new Map(); // label -> function that lets the call of `hold` end
let level = null;

const text = (value) => ({ content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] });

const tools = {
    // Ends when `release` names its label, or when it is cancelled. Tells that it began by one progress notification.
    async hold({ label }, extra) {
        const released = new Promise((resolve) => held.set(label, resolve));
        const aborted = new Promise((resolve) => extra.signal.addEventListener('abort', () => resolve('cancelled')));
        await progress(extra, 1);
        const how = await Promise.race([released, aborted]);
        held.delete(label);
        if (how === 'cancelled') cancelled.push(label);
        return text(`${label}: ${how}`);
    },
    async release({ label }) {
        const release = held.get(label);
        release?.('released');
        return text(release ? 'released' : 'not held');
    },
    // `count` progress notifications, then the label.
    async steps({ label, count }, extra) {
        for (let step = 1; step <= count; ++step) await progress(extra, step, count, `${label} ${step}`);
        return text(label);
    },
    // One log message of each level, as a server without any idea of log levels sends them: during the call, or
    // when it has been answered.
    async shout({ label }) {
        await log_everything(label);
        return text(label);
    },
    async shout_afterwards({ label }) {
        setImmediate(() => log_everything(label));
        return text(label);
    },
    async echo({ label }) {
        return text(label);
    },
    async seen() {
        return text({ pid: process.pid, level, requests, cancelled, held: [...held.keys()] });
    },
    async exit({ code }) {
        process.exit(code ?? 0);
    },
};

async function log_everything(data) {
    for (const each of ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'])
        await server.notification({ method: 'notifications/message', params: { level: each, logger: 'witness', data } });
}

async function progress(extra, done, total, message) {
    const progressToken = extra._meta?.progressToken;
    if (progressToken === undefined) return;
    await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress: done, total, message } });
}

server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object', properties: {} } })),
}));
server.setRequestHandler(SetLevelRequestSchema, async (request) => {
    level = request.params.level;
    return {};
});
server.setRequestHandler(CallToolRequestSchema, async (request, extra) => {
    const { name, arguments: given = {} } = request.params;
    if (name !== 'seen')
        requests.push({ id: extra.requestId, tool: name, label: given.label, progressToken: extra._meta?.progressToken });
    return tools[name](given, extra);
});

await server.connect(new StdioServerTransport());
