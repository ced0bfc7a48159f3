// The dashboard, its parts and its buttons, and the document that describes all of the HTTP interface.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { eventually } from './support/wait.mjs';

let daemon, hub;
before(async () => {
    if (kOnlyThroughHub.skip) return;
    daemon = await Daemon.start({
        servers: { fake: fake({ auto_start: true, description: '<script>alert(1)</script>' }), idle: fake() },
        config: { ollama: { url: 'http://127.0.0.1:9' }, views: { v: { servers: ['fake'] } }, pipelines: { small: { steps: [{ name: 'a', text: 'x' }] } } },
    });
    hub = new Requests(daemon);
    await daemon.server_pid('fake');
});
after(() => finish(daemon));

describe('the dashboard', kOnlyThroughHub, () => {
    test('stands where / leads to, and needs nothing from elsewhere', async () => {
        const home = await hub.get('/');
        assert.deepEqual([home.status, home.headers.get('location')], [307, '/dashboard']);
        const { status, headers, text } = await hub.get('/dashboard');
        assert.equal(status, 200);
        assert.match(headers.get('content-type'), /^text\/html; charset=utf-8$/);
        assert.match(headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
        assert.ok(!headers.get('content-security-policy').includes('unsafe'));
        assert.doesNotMatch(text, /(src|href|action)="(https?:)?\/\//);
        assert.doesNotMatch(text, / on[a-z]+=| style=|<script>/);
        for (const [, route] of text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)) {
            const part = await hub.get(route);
            assert.equal(part.status, 200, route);
            assert.match(part.headers.get('content-type'), route.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
        }
        assert.equal((await hub.get('/static/css/none.css')).status, 404);
        assert.equal((await hub.get('/static/css/../../etc/passwd')).status, 404);
    });

    test('has parts that are fragments and leave no row of the activity', async () => {
        await hub.remove('/audit/activity');
        for (const [part, says] of [['health', 'fake'], ['stats', 'Uptime'], ['activity', '<'], ['guides', 'configuration.md']]) {
            const { status, headers, text } = await hub.get(`/dashboard/${part}-partial`);
            assert.equal(status, 200);
            assert.match(headers.get('content-type'), /^text\/html/);
            assert.ok(text.includes(says), text);
            assert.ok(!text.includes('<html'));
            assert.ok(!text.includes('<script>'), 'what a configuration says is text');
        }
        await hub.get('/static/css/dashboard.css');
        assert.equal((await hub.get('/dashboard/other-partial')).status, 404);
        const { headers } = await hub.get('/dashboard');
        // Rows are written in their order: when that of the page is there, those before it would be.
        const id = headers.get('x-request-id');
        await eventually(10_000, 'the row of the page', async () => (await daemon.get(`/audit/activity?request_id=${id}`)).total === 1);
        const { entries } = await daemon.get('/audit/activity?limit=1000');
        assert.deepEqual(entries.filter(({ path, status }) => status === 200 && /-partial$|^\/static/.test(path)), []);
    });

    test('shows the last calls', async () => {
        await hub.tool('fake', 'echo', { text: 'x' });
        await eventually(10_000, 'the call', async () => (await hub.get('/dashboard/activity-partial')).text.includes('tools/call echo'));
    });

    test('has guides whose links lead on', async () => {
        const { text } = await hub.get('/dashboard/guides-partial');
        const guides = [...text.matchAll(/href="([^"]+)"/g)].map(([, route]) => route);
        assert.ok(guides.length > 5);
        for (const route of guides) {
            const guide = await hub.get(route);
            assert.equal(guide.status, 200);
            assert.match(guide.text, /<h1 id="/);
            for (const [, other] of guide.text.matchAll(/href="([A-Za-z0-9_-]+\.md)/g))
                assert.equal((await hub.get(`/dashboard/guides/view/${other}`)).status, 200, `${route} -> ${other}`);
        }
        for (const [name, status] of [['none.md', 404], ['a.txt', 400], ['.md', 400], ['..%2Fsecret.md', 400], ['a.b.md', 400]]) {
            const reply = await hub.get(`/dashboard/guides/view/${name}`);
            assert.deepEqual([reply.status, typeof reply.body.error], [status, 'string'], name);
        }
        assert.match((await hub.get('/docs')).headers.get('location'), /^\/dashboard\/guides\/view\/http-api\.md$/);
    });

    test('has actions with their codes and words', async () => {
        const act = async (what, headers) => {
            const { status, body } = await hub.post(`/dashboard/actions/${what}`, undefined, headers);
            return [status, body.status, typeof body.message];
        };
        const fine = [200, 'success', 'string'];
        const wrong = [400, 'error', 'string'];
        assert.deepEqual(await act('start/idle'), fine);
        assert.deepEqual(await act('start/idle'), wrong);
        assert.deepEqual(await act('restart/idle'), fine);
        assert.deepEqual(await act('stop/idle'), fine);
        assert.deepEqual(await act('clear-cache'), fine);
        for (const name of ['BAD!', 'none', '%3Cb%3E']) assert.deepEqual(await act(`restart/${name}`), wrong, name);
        // As a browser sends them from the page itself.
        const own = { Origin: daemon.url, 'Sec-Fetch-Site': 'same-origin' };
        assert.deepEqual(await act('start/idle', own), fine);
        assert.equal((await hub.get('/dashboard/actions/start/idle')).status, 405);
    });
});

// What an operation answers, and how to ask for it here; without one it is asked as it stands.
const kArguments = { server: 'fake', view: 'v', client: 'cursor', part: 'health', file: 'http-api.md', path: 'tools/list', pipeline: 'small' };
const kBodies = {
    'post /servers/install': { package: 'p' },
    'post /batch': { calls: [{ server: 'fake', tool: 'echo', arguments: {} }] },
    'post /ollama/enhance': { prompt: 'p' },
    'post /llm/enhance': { prompt: 'p' },
};
// Those that change what the others need come last, in this order.
const kLast = ['delete /servers/{server}', 'post /servers/{server}/stop', 'post /servers/{server}/start', 'post /dashboard/actions/stop/{server}', 'post /dashboard/actions/start/{server}'];

describe('the document of the interface', kOnlyThroughHub, () => {
    let document;
    before(async () => (document = (await hub.get('/openapi.json')).body));

    const resolved = (schema) => (schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema);

    /** Whether a value is as a schema says, as far as our schemas say anything. */
    function check(value, schema, where) {
        const { type, required = [], properties = {}, items, additionalProperties } = resolved(schema);
        const types = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' };
        if (Array.isArray(type) && value === null) return;
        const name = Array.isArray(type) ? type[0] : type;
        if (name === 'array') assert.ok(Array.isArray(value), where);
        else if (name === 'object') assert.ok(value !== null && typeof value === 'object' && !Array.isArray(value), where);
        else assert.equal(typeof value, types[name], where);
        if (name === 'integer') assert.ok(Number.isInteger(value), where);
        for (const key of required) assert.ok(key in value, `${where}.${key} is required`);
        for (const [key, inner] of Object.entries(properties)) if (key in value) check(value[key], inner, `${where}.${key}`);
        if (items) value.forEach((item, i) => check(item, items, `${where}[${i}]`));
        if (additionalProperties) for (const [key, item] of Object.entries(value)) check(item, additionalProperties, `${where}.${key}`);
    }

    function check_reply(operation, reply, where) {
        const said = operation.responses[reply.status];
        assert.ok(said, `${where} answered ${reply.status}, which is not among ${Object.keys(operation.responses)}: ${reply.text.slice(0, 200)}`);
        if (!said.content) return;
        const [type, { schema }] = Object.entries(said.content)[0];
        if (where.includes('/static/') || where.includes('raycast')) return;
        assert.ok(reply.headers.get('content-type')?.startsWith(type), `${where}: ${reply.headers.get('content-type')}, not ${type}`);
        if (type === 'application/json') check(reply.body, schema, where);
    }

    test('is one of OpenAPI 3.1', () => {
        assert.equal(document.openapi, '3.1.0');
        assert.ok(document.info.title && document.info.version);
        for (const [route, methods] of Object.entries(document.paths))
            for (const [method, { parameters = [], responses, operationId }] of Object.entries(methods)) {
                assert.ok(operationId && Object.keys(responses).length > 0);
                const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
                assert.deepEqual(parameters.filter((one) => one.in === 'path').map(({ name }) => name), named, `${method} ${route}`);
            }
    });

    test('tells of every operation what the daemon really answers', async () => {
        const all = Object.entries(document.paths).flatMap(([route, methods]) =>
            Object.entries(methods).map(([method, operation]) => ({ key: `${method} ${route}`, method, route, operation })));
        assert.ok(all.length > 50);
        const place = ({ key }) => kLast.indexOf(key);
        all.sort((a, b) => place(a) - place(b));
        for (const { key, method, route, operation } of all) {
            // A stream has no end to wait for: its header is looked at below.
            if (operation.responses[200]?.content?.['text/event-stream']) continue;
            const at = key === 'delete /servers/{server}' ? '/servers/p' : route.replace(/\{(\w+)\}/g, (_, name) => kArguments[name]);
            const body = kBodies[key] ?? (operation.requestBody ? {} : undefined);
            check_reply(operation, await hub.send(method.toUpperCase(), at, body), key);
        }
    });

    test('tells what it answers to what it has not, to other sites, and to other verbs', async () => {
        for (const [route, methods] of Object.entries(document.paths))
            for (const [method, operation] of Object.entries(methods)) {
                const [tag] = operation.tags;
                const at = route.replace(/\{(\w+)\}/g, 'none');
                if (operation.responses[404] && route.includes('{') && !route.startsWith('/v1/')) {
                    const body = operation.requestBody ? {} : undefined;
                    const reply = await hub.send(method.toUpperCase(), at, body, { Accept: 'application/json, text/event-stream' });
                    check_reply(operation, reply, `${method} ${at}`);
                }
                if (!operation.responses[403]) continue;
                const foreign = await hub.send(method.toUpperCase(), at, undefined, { Origin: 'http://evil.example' });
                assert.equal(foreign.status, 403, `${method} ${at}`);
                if (tag !== 'models' && tag !== 'pages') check_reply(operation, foreign, `${method} ${at}`);
            }
        for (const route of Object.keys(document.paths).filter((one) => !/^\/(ollama|llm)\/api\//.test(one)))
            assert.equal((await hub.send('PATCH', route.replace(/\{(\w+)\}/g, (_, name) => kArguments[name]))).status, 405, route);
    });

    test('tells of the streams', async () => {
        for (const [route, { get }] of Object.entries(document.paths)) {
            if (!get?.responses[200]?.content?.['text/event-stream']) continue;
            const abort = new AbortController();
            const headers = { Accept: 'text/event-stream' };
            const response = await fetch(daemon.url + route.replace(/\{(\w+)\}/g, (_, name) => kArguments[name]), { headers, signal: abort.signal });
            assert.ok(get.responses[response.status], `${route}: ${response.status}`);
            if (response.status === 200) assert.match(response.headers.get('content-type'), /^text\/event-stream/);
            abort.abort();
        }
    });
});
