// An MCP server over stdio without any SDK, of either era: it sends the bytes it is told to send and remembers the
// lines that reached it. Started as a child process by the daemon; one process may serve many clients.
//     node peer_server.mjs --era legacy | modern [--name NAME] [--hang] [--bare] [--late-lists] [--ends FILE]
// --hang: it never answers anything. --bare: tools alone, and no word of changes. --late-lists: it says which tools it
// has once `release` names "lists". --ends: where the processes of one server write together which calls were cancelled.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
    options: {
        era: { type: 'string', default: 'legacy' },
        name: { type: 'string', default: 'peer' },
        hang: { type: 'boolean', default: false },
        bare: { type: 'boolean', default: false },
        'late-lists': { type: 'boolean', default: false },
        ends: { type: 'string' },
    },
});
const kModern = options.era === 'modern';
const kInfo = { name: options.name, version: '1.0.0' };
const kPrefix = 'io.modelcontextprotocol/';
const kUpdated = 'notifications/resources/updated';
const kTaskStatus = 'notifications/tasks';

const seen = []; // the lines that arrived
const held = new Map(); // label -> ends that call
const lists_due = options['late-lists'] && new Promise((resolve) => held.set('lists', resolve));
const running = new Map(); // request id -> the call's function that cancels it
const cancelled = []; // labels
function note_end(label) {
    cancelled.push(label);
    if (options.ends) appendFileSync(options.ends, `${label}\n`);
}
function all_cancelled() {
    return options.ends && existsSync(options.ends) ? readFileSync(options.ends, 'utf8').trim().split('\n') : cancelled;
}
const questions = new Map(); // our request id -> function that takes the reply
const nags = []; // what calls do that were cancelled
const listens = new Map(); // id -> what a modern client listens to
const subscribed = new Set();
const added = [];
let last_question = 0;

const send_text = (text) => process.stdout.write(`${text}\n`);
const send = (message) => send_text(JSON.stringify({ jsonrpc: '2.0', ...message }));
const text = (value) => ({
    content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
});
const kSchema = { type: 'object', properties: {} };

// Returned by what has sent its own reply.
const kSent = Symbol('sent');

const tools = {
    echo: ({ label }) => text(label),
    // The result or the error, byte for byte.
    raw: ({ result }, call) => {
        send_text(`{"jsonrpc":"2.0","id":${JSON.stringify(call.id)},"result":${result}}`);
        return kSent;
    },
    fail: ({ error }, call) => {
        send_text(`{"jsonrpc":"2.0","id":${JSON.stringify(call.id)},"error":${error}}`);
        return kSent;
    },
    // One progress notification, then until `release` names it or its client cancels.
    async hold({ label }, call) {
        call.progress(1, 1, label);
        const how = await new Promise((resolve) => {
            held.set(label, resolve);
            running.set(call.id, () => resolve('cancelled'));
        });
        held.delete(label);
        if (how !== 'cancelled') return text(`${label}: ${how}`);
        note_end(label);
        return kSent;
    },
    release({ label }) {
        const end = held.get(label);
        end?.('released');
        return text(end ? 'released' : 'not held');
    },
    steps({ label, count }, call) {
        for (let step = 1; step <= count; ++step) call.progress(step, count, label);
        return text(label);
    },
    // Asks its client: `requests` are {method, params} by key. The text is the answers; with `must` a refusal is an error.
    async ask({ label, requests, must }, call) {
        if (kModern) {
            if (call.params.inputResponses)
                return text({ label, answers: call.params.inputResponses, state: call.params.requestState });
            return { resultType: 'input_required', inputRequests: requests, requestState: `state of ${label}` };
        }
        const answers = {};
        await Promise.all(
            Object.entries(requests).map(async ([key, request]) => {
                answers[key] = await question(call, label, request);
            }),
        );
        if (must && Object.values(answers).some(({ error }) => error)) throw { code: -31000, message: 'not answered' };
        return answers[Object.keys(answers)[0]]?.cancelled ? kSent : text({ label, answers });
    },
    // Asks something of so many arrays within each other.
    ask_deep({ label, depth }, call) {
        const nested = '['.repeat(depth) + ']'.repeat(depth);
        const request = elicit(label);
        request.params.nested = JSON.parse(nested);
        return tools.ask({ label, requests: { q: request } }, call);
    },
    // When it was cancelled it does not end: at the next call it logs and asks, as if nothing had happened.
    nag({ label }, call) {
        call.progress(1, 1, label);
        return new Promise((resolve) => {
            running.set(call.id, () => {
                nags.push(() => {
                    send({ method: 'notifications/message', params: { level: 'error', data: label } });
                    question(call, label, elicit(label));
                });
                note_end(label);
                resolve(kSent);
            });
        });
    },
    async ask_then_hold(args, call) {
        const asked = await tools.ask(args, call);
        if (asked === kSent || asked.resultType === 'input_required') return asked;
        return tools.hold(args, call);
    },
    // The same in several rounds.
    async ask_twice({ label, requests }, call) {
        if (!kModern) {
            const first = await tools.ask({ label, requests }, call);
            return first === kSent ? first : tools.ask({ label, requests }, call);
        }
        const round = Number(call.params.requestState ?? 0);
        if (round === 2) return text({ label, rounds: 2 });
        return { resultType: 'input_required', inputRequests: requests, requestState: String(round + 1) };
    },
    state_only: ({ label }, call) => {
        if (call.params.requestState) return text(`${label}: ${call.params.requestState}`);
        return { resultType: 'input_required', requestState: 'the state alone' };
    },
    log({ level, data }, call) {
        log(level, data, call);
        return text('logged');
    },
    announce({ method, params }) {
        announce(method, params);
        return text('announced');
    },
    add_tool({ name, names = [name] }) {
        added.push(...names);
        announce('notifications/tools/list_changed');
        return text('added');
    },
    // A task of the extension.
    task: () => ({ resultType: 'task', ...kTask }),
    seen: ({ about = '' }) => text(seen.filter((line) => line.includes(about) && !line.includes('"seen"'))),
    state: () => text({ cancelled: all_cancelled(), held: [...held.keys()], subscribed: [...subscribed], listens: [...listens.values()], pid: process.pid }),
    exit: () => process.exit(1),
};
const kTask = {
    taskId: 'task-1',
    status: 'working',
    createdAt: '2026-07-28T00:00:00Z',
    lastUpdatedAt: '2026-07-28T00:00:00Z',
    ttlMs: 60_000,
};

function log(level, data, call) {
    if (kModern) {
        const order = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
        const wanted = call?.params._meta?.[`${kPrefix}logLevel`];
        if (!wanted || order.indexOf(level) < order.indexOf(wanted)) return;
    }
    send({ method: 'notifications/message', params: { level, logger: options.name, data } });
}

function question(call, label, { method, params }) {
    const id = `${options.name}-${++last_question}`;
    return new Promise((resolve) => {
        running.set(call.id, () => {
            note_end(label);
            resolve({ cancelled: true });
        });
        questions.set(id, (reply) => resolve(reply.error ? { error: reply.error } : reply.result));
        send({ id, method, params });
    });
}

const kListenKey = {
    'notifications/tools/list_changed': 'toolsListChanged',
    'notifications/prompts/list_changed': 'promptsListChanged',
    'notifications/resources/list_changed': 'resourcesListChanged',
};

function announce(method, params) {
    if (!kModern) {
        if (method !== kUpdated || subscribed.has(params.uri)) send({ method, params });
        return;
    }
    for (const { id, wanted } of listens.values())
        if (wanted[kListenKey[method]] || (method === kUpdated && wanted.resourceSubscriptions?.includes(params.uri)) ||
            (method === kTaskStatus && wanted.taskIds?.includes(params.taskId)))
            send({ method, params: { ...params, _meta: { [`${kPrefix}subscriptionId`]: id } } });
}

const capabilities = options.bare
    ? { tools: {} }
    : {
          tools: { listChanged: true },
          prompts: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
          logging: {},
          completions: {},
          ...(kModern ? { extensions: { [`${kPrefix}tasks`]: {} } } : { tasks: { list: {} } }),
      };
const listed = (more) => ({ ...more, ...(kModern && { resultType: 'complete', ttlMs: 5000, cacheScope: 'public' }) });

const methods = {
    'tools/list': async () => {
        await lists_due;
        const header = { region: { type: 'string', 'x-mcp-header': 'Region' }, level: { type: 'integer', 'x-mcp-header': 'Level' } };
        const all = [...Object.keys(tools), ...added].map((name) => ({ name, inputSchema: kSchema }));
        all.push({ name: 'with_header', inputSchema: { type: 'object', properties: header } });
        return listed({ tools: all });
    },
    'prompts/list': () => listed({ prompts: [{ name: 'greet', arguments: [{ name: 'who' }] }] }),
    'resources/list': () => listed({ resources: [`${options.name}://one`, 'shared://both'].map((uri) => ({ uri, name: uri })) }),
    'resources/templates/list': () => listed({ resourceTemplates: [{ uriTemplate: `${options.name}://t/{id}`, name: 't' }] }),
    'tools/call': (params, call) => {
        for (const nag of nags.splice(0)) nag();
        const run = tools[params.name] ?? (({ region }) => text(`${options.name} ${params.name} ${region}`));
        return run(params.arguments ?? {}, call);
    },
    'prompts/get': async (params, call) => {
        if (params.name !== 'greet') throw { code: -32602, message: 'no such prompt' };
        if (params.arguments?.who === 'ask') {
            const asked = { who: elicit('who?') };
            if (kModern && !params.inputResponses) return { resultType: 'input_required', inputRequests: asked };
            const answer = kModern ? params.inputResponses.who : await question(call, 'prompt', asked.who);
            return { messages: [{ role: 'user', content: { type: 'text', text: JSON.stringify(answer) } }] };
        }
        return { messages: [{ role: 'user', content: { type: 'text', text: `${options.name} greets ${params.arguments?.who}` } }] };
    },
    'resources/read': async (params, call) => {
        if (params.uri.endsWith('/ask') && !kModern) {
            const answer = await question(call, 'read', elicit('which?'));
            return { contents: [{ uri: params.uri, text: JSON.stringify(answer) }] };
        }
        if (params.uri.includes('missing'))
            throw kModern ? { code: -32602, message: 'gone', data: { uri: params.uri } } : { code: -32002, message: 'gone' };
        return listed({ contents: [{ uri: params.uri, text: `${options.name} has it` }] });
    },
    'completion/complete': async (params, call) => {
        if (params.argument.value !== 'ask') return { completion: { values: [options.name] } };
        const answer = await question(call, 'completion', elicit('now?'));
        return { completion: { values: [JSON.stringify(answer)] } };
    },
};
const elicit = (message) => ({
    method: 'elicitation/create',
    params: { message, requestedSchema: { type: 'object', properties: {} } },
});

const of_legacy = {
    initialize: ({ protocolVersion }) => ({
        protocolVersion,
        capabilities,
        serverInfo: kInfo,
        instructions: `I am ${options.name}.`,
    }),
    ping: () => ({}),
    'logging/setLevel': () => ({}),
    'resources/subscribe': ({ uri }) => (subscribed.add(uri), {}),
    'resources/unsubscribe': ({ uri }) => (subscribed.delete(uri), {}),
};
const of_modern = {
    'server/discover': () => listed({
        supportedVersions: ['2026-07-28'],
        capabilities,
        instructions: `I am ${options.name}.`,
        _meta: { [`${kPrefix}serverInfo`]: kInfo },
    }),
    'subscriptions/listen': ({ notifications }, call) => {
        listens.set(call.id, { id: call.id, wanted: notifications });
        send({
            method: 'notifications/subscriptions/acknowledged',
            params: { notifications, _meta: { [`${kPrefix}subscriptionId`]: call.id } },
        });
        return kSent;
    },
    'tasks/get': ({ taskId }) => ({ resultType: 'complete', ...kTask, status: 'completed', taskId, result: text('done') }),
    'tasks/cancel': () => ({ resultType: 'complete' }),
};
Object.assign(methods, kModern ? of_modern : of_legacy);

async function serve({ id, method, params = {} }) {
    const token = params._meta?.progressToken;
    const call = {
        id,
        params,
        progress(progress, total, message) {
            if (token !== undefined)
                send({ method: 'notifications/progress', params: { progressToken: token, progress, total, message } });
        },
    };
    try {
        if (!methods[method]) throw { code: -32601, message: `Method not found: ${method}` };
        const result = await methods[method](params, call);
        if (result === kSent) return;
        send({ id, result: kModern ? { resultType: 'complete', ...result } : result });
    } catch (error) {
        send({ id, error: { code: error.code ?? -32603, message: error.message, ...(error.data && { data: error.data }) } });
    } finally {
        running.delete(id);
    }
}

function take(line) {
    if (options.hang) return;
    seen.push(line);
    const message = JSON.parse(line);
    if (message.method === undefined) {
        questions.get(message.id)?.(message);
        questions.delete(message.id);
    } else if (message.id !== undefined) {
        serve(message);
    } else if (message.method === 'notifications/cancelled') {
        running.get(message.params.requestId)?.();
        listens.delete(message.params.requestId);
    }
}

// Not by node:readline, for which U+2028 ends a line, too.
let rest = '';
process.stdin.setEncoding('utf8').on('data', (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    lines.forEach(take);
});
process.stdin.on('end', () => process.exit(0));
