// Hooks around calls on the real daemon: their order, what they may do, their failures, and what they leave behind.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { Daemon, finish, kBinary, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { HookStub, node_hook, says, shell_hook } from './support/hook_stub.mjs';
import { fake, Requests } from './support/predecessor.mjs';
import { LegacyClient, ModernClient, text_in } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';
import { eventually, within } from './support/wait.mjs';

const kText = (text) => ({ content: [{ type: 'text', text }] });
const answer = (text) => says({ action: 'answer', result: kText(text) });

let daemon, hub, stub;

async function start(hooks, config = {}, servers = { fake: fake({ auto_start: true }) }) {
    daemon = await Daemon.start({ servers, config: { hooks, ...config } });
    hub = new Requests(daemon);
    for (const [name, entry] of Object.entries(servers))
        if (entry.auto_start && !entry.args.includes('--exit')) await daemon.server_pid(name);
}

const echo = (text, server = 'fake') => hub.tool(server, 'echo', { text });
const text_of = ({ body }) => body.result.content[0].text;
const counts = async (name) => (await daemon.get('/hooks')).hooks.find((hook) => hook.name === name);

/** The processes whose command line holds this. */
async function processes_with(mark) {
    const found = [];
    for (const pid of await readdir('/proc')) {
        if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
        const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
        if (command.includes(mark)) found.push(`${pid} ${command}`);
    }
    return found;
}

describe('hooks', kOnlyThroughHub, () => {
    afterEach(async () => {
        await finish(daemon, stub);
        daemon = stub = undefined;
    });

    test('exact names come first, in the order of the file, then patterns; the first answer wins', async () => {
        await start([
            { name: 'star', on: 'before', tool: '*', run: answer('star') },
            { name: 'pattern', on: 'before', tool: 'ec*', run: answer('pattern') },
            { name: 'silent', on: 'before', tool: 'echo', run: says({ action: 'continue' }) },
            { name: 'first', on: 'before', tool: 'echo', run: answer('first') },
            { name: 'second', on: 'before', tool: 'echo', run: answer('second') },
        ]);
        assert.equal(text_of(await echo('x')), 'first');
        assert.equal(text_of(await hub.tool('fake', 'seen')), 'star');
        const calls = Object.fromEntries((await daemon.get('/hooks')).hooks.map(({ name, calls }) => [name, calls]));
        assert.deepEqual(calls, { star: 1, pattern: 0, silent: 1, first: 1, second: 0 });
    });

    test('a hook that fails is named, and the next one is asked', async () => {
        await start([
            { name: 'broken', on: 'before', tool: 'echo', run: shell_hook('echo "no licence" >&2; exit 3') },
            { name: 'sound', on: 'before', run: answer('from the next') },
        ]);
        assert.equal(text_of(await echo('x')), 'from the next');
        const broken = await counts('broken');
        assert.equal(broken.failed, 1);
        assert.match(broken.last_error, /exited with code 3, and wrote: no licence/);
        assert.ok(Date.parse(broken.last_error_at) > 0);
        await eventually(5_000, 'the failure in the log', () => /hook 'broken' failed/.test(daemon.log));
    });

    test('when all fail the error is -32603, never "method not found"', async () => {
        await start([
            { name: 'one', on: 'before', run: shell_hook('exit 1') },
            { name: 'two', on: 'before', run: shell_hook('echo this is no JSON') },
            { name: 'three', on: 'before', run: { command: ['/no/such/program'] } },
        ]);
        const { status, body } = await echo('x');
        assert.equal(status, 200);
        assert.equal(body.error.code, -32603);
        assert.equal(body.error.data.code, 'AH-506');
        assert.match(body.error.message, /every hook that applied to the call failed/);
        for (const name of ['one', 'two', 'three']) assert.equal((await counts(name)).failed, 1, name);
        assert.doesNotMatch(await hub.tool('fake', 'seen').then(({ text }) => text), /"name":"echo"/);
    });

    test('arguments that a hook changes are what the server, and the next hook, get', async () => {
        await start([
            { name: 'a', on: 'before', tool: 'echo', run: says({ arguments: { text: 'changed' } }) },
            {
                name: 'b',
                on: 'before',
                run: node_hook(`console.log(JSON.stringify({ arguments: { text: document.arguments.text + ' twice' } }))`),
            },
        ]);
        assert.equal(text_of(await echo('x')), 'changed twice');
        const bare = await hub.rpc('fake', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } });
        assert.equal(text_of(bare), 'changed twice');
        assert.equal((await counts('a')).changed, 2);
    });

    test('arguments that stand twice are refused, because a server may read those that no hook has seen', async () => {
        await start([{ name: 'a', on: 'before', run: says({}) }]);
        const text = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"a"},"\\u0061rguments":{"text":"b"}}}';
        assert.equal((await hub.post('/mcp/fake/x', text)).body.error.code, -32602);
        assert.equal((await counts('a')).calls, 0);
    });

    test('a refusal is the hook\'s own sentence, with 403 where HTTP says it', async () => {
        await start([{ name: 'guard', on: 'before', run: says({ action: 'refuse', message: 'not on Fridays' }) }]);
        const { status, body } = await echo('x');
        assert.equal(status, 403);
        assert.equal(body.error.message, 'not on Fridays');
        assert.equal(body.error.data.code, 'AH-108');
        assert.equal((await counts('guard')).refused, 1);
        const row = await eventually(5_000, 'the row of the call', async () => {
            const { entries } = await daemon.get('/audit/activity?server=fake&limit=10');
            return entries.find(({ tool }) => tool === 'echo');
        });
        assert.equal(row.outcome, 'refused');
    });

    test('results are changed after the call, errors on their way back', async () => {
        stub = await HookStub.start(({ on, result, error }) => {
            if (on === 'after') return { result: { content: [{ type: 'text', text: `${result.content[0].text}!` }] } };
            return { error: { code: error.code, message: `explained: ${error.message}` } };
        });
        await start([
            { name: 'after', on: 'after', run: { http: `${stub.url}/a/path` } },
            { name: 'error', on: 'error', method: '*', run: { http: stub.url } },
        ]);
        assert.equal(text_of(await echo('hi')), 'hi!');
        assert.equal(stub.asked[0].path, '/a/path');
        const { body } = await hub.rpc('fake', { jsonrpc: '2.0', id: 5, method: 'no/such' });
        assert.equal(body.error.code, -32601);
        assert.equal(body.error.message, 'explained: there is no no/such');
        assert.equal(body.id, 5);
    });

    test('a hook on errors may answer in place of a server that has none', async () => {
        await start([{ name: 'fallback', on: 'error', run: answer('instead') }], {}, {
            fake: fake({ auto_start: true }),
            broken: fake({ auto_start: true, flags: ['--exit', '7'] }),
        });
        assert.equal(text_of(await echo('x', 'broken')), 'instead');
        assert.equal(text_of(await echo('x')), 'x');
    });

    test('a failing hook on errors leaves the error as it is', async () => {
        await start([{ name: 'broken', on: 'error', method: '*', run: shell_hook('exit 1') }]);
        const { body } = await hub.rpc('fake', { jsonrpc: '2.0', id: 5, method: 'no/such' });
        assert.equal(body.error.code, -32601);
    });

    test('a failing hook after the call holds the result back', async () => {
        await start([{ name: 'redactor', on: 'after', run: shell_hook('exit 1') }]);
        const { body } = await echo('secret');
        assert.equal(body.error.data.code, 'AH-506');
        assert.match(body.error.message, /may have acted/);
        assert.doesNotMatch(JSON.stringify(body), /secret/);
    });

    test('the request id goes with them: in the document, the environment and the header', async () => {
        stub = await HookStub.start();
        await start([
            { name: 'http', on: 'before', run: { http: stub.url, headers: { 'X-Own': '5' } } },
            { name: 'env', on: 'before', run: shell_hook(`cat > /dev/null; printf '{"action":"refuse","message":"%s"}' "$AGENTHUB_REQUEST_ID"`) },
        ]);
        const { body, headers } = await echo('x');
        const id = headers.get('x-request-id');
        assert.equal(body.error.message, id);
        assert.equal(stub.asked[0].document.request_id, id);
        assert.equal(stub.asked[0].headers['x-request-id'], id);
        assert.equal(stub.asked[0].headers['x-own'], '5');
        assert.equal(stub.asked[0].document.hook, 'http');
    });

    test('both eras, the aggregate, views and the hub pass them under the server\'s own names', async () => {
        stub = await HookStub.start();
        await start([{ name: 'all', on: 'before', method: '*', run: { http: stub.url } }], { views: { v: { tools: ['fake__echo'], rename: { fake__echo: 'say' } } } }, {
            fake: fake({ auto_start: true }),
            modern: peer('modern', { auto_start: true }),
        });
        const asked = async (call) => {
            stub.asked.length = 0;
            await call();
            return stub.asked.map(({ document: { server, method, tool } }) => ({ server, method, tool })).at(-1);
        };
        const echo_of = (server) => ({ server, method: 'tools/call', tool: 'echo' });
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/fake`);
        assert.deepEqual(await asked(() => legacy.call('echo', { text: 'a' })), echo_of('fake'));
        const modern = new ModernClient(`${daemon.url}/mcp/fake`);
        assert.deepEqual(await asked(() => modern.call('echo', { text: 'a' })), echo_of('fake'));
        const all = await LegacyClient.open(`${daemon.url}/mcp`);
        assert.deepEqual(await asked(() => all.call('fake__echo', { text: 'a' })), echo_of('fake'));
        const view = new ModernClient(`${daemon.url}/mcp/view/v`);
        assert.deepEqual(await asked(() => view.call('say', { text: 'a' })), echo_of('fake'));
        assert.deepEqual(await asked(() => hub.tool('modern', 'echo', { text: 'a' })), echo_of('modern'));
        assert.deepEqual(await asked(() => hub.tool('hub', 'list_servers')), { server: 'hub', method: 'tools/call', tool: 'list_servers' });
        await finish(legacy, all);
    });

    test('a hook\'s answer is what a client of either era understands, whatever its server speaks', async () => {
        await start([{ name: 'a', on: 'before', run: answer('from the hook') }], {}, {
            fake: fake({ auto_start: true }),
            modern: peer('modern', { auto_start: true }),
        });
        for (const server of ['fake', 'modern']) {
            const legacy = await LegacyClient.open(`${daemon.url}/mcp/${server}`);
            assert.equal(text_in(await legacy.call('echo', {})), 'from the hook');
            const modern = await new ModernClient(`${daemon.url}/mcp/${server}`).call('echo', {});
            assert.equal(text_in(modern), 'from the hook');
            assert.equal(modern.reply.result.resultType, 'complete');
            await finish(legacy);
        }
    });

    test('while a hook takes a second, health and other calls are answered', async () => {
        stub = await HookStub.start();
        await start([{ name: 'slow', on: 'before', tool: 'sleep', timeout: '20s', run: shell_hook('read line; sleep 1') }]);
        const slow = hub.tool('fake', 'sleep', { ms: 0 });
        let over = false;
        slow.then(() => (over = true));
        await daemon.get('/health');
        assert.equal(text_of(await echo('meanwhile')), 'meanwhile');
        assert.equal(over, false);
        assert.equal(text_of(await slow), 'slept 0');
    });

    test('a hook that takes its time takes none from a call\'s own limit, nor from its server\'s', async () => {
        const servers = { fake: fake({ auto_start: true, call_timeout: '1s' }) };
        await start([{ name: 'slow', on: 'before', timeout: '20s', run: shell_hook('read line; sleep 0.7') }], {}, servers);
        const own = await hub.post('/batch', { calls: [{ server: 'fake', tool: 'sleep', arguments: { ms: 1500 }, timeout: 60 }] });
        assert.equal(own.body.results[0].status, 'ok', own.text);
        assert.equal(text_of(await hub.tool('fake', 'sleep', { ms: 400 })), 'slept 400');
    });

    test('hooks of calls that come together run together', async () => {
        let waiting = 0, most = 0;
        stub = await HookStub.start(async () => {
            most = Math.max(most, ++waiting);
            await eventually(10_000, 'all five calls to be at their hooks', () => most === 5);
            --waiting;
            return {};
        });
        await start([{ name: 'together', on: 'before', timeout: '20s', run: { http: stub.url } }]);
        const all = await Promise.all([1, 2, 3, 4, 5].map((n) => echo(`${n}`)));
        assert.deepEqual(all.map(text_of), ['1', '2', '3', '4', '5']);
        assert.equal(most, 5);
    });

    test('one that runs past its time is killed with all that it started', async () => {
        const mark = `4242.${process.pid}`;
        await start([{ name: 'late', on: 'before', timeout: '300ms', run: shell_hook(`sleep ${mark} & setsid sleep ${mark} & sleep ${mark}`) }]);
        const { body } = await echo('x');
        assert.equal(body.error.data.code, 'AH-506');
        assert.match((await counts('late')).last_error, /300 ms/);
        await eventually(5_000, 'no process of the hook to be left', async () => (await processes_with(mark)).length === 0);
        await eventually(5_000, 'no process to be counted', async () => (await daemon.get('/hooks')).processes === 0);
        const { details } = await daemon.get('/health');
        assert.equal(details.processes.found, details.processes.expected);
    });

    test('whoever leaves ends the hooks of its call', async () => {
        stub = await HookStub.start(() => undefined);
        const mark = `4343.${process.pid}`;
        await start([
            { name: 'http', on: 'before', tool: 'echo', timeout: '60s', run: { http: stub.url } },
            { name: 'command', on: 'before', tool: 'sleep', timeout: '60s', run: shell_hook(`sleep ${mark}`) },
        ]);
        const abort = new AbortController();
        const body = (name) => JSON.stringify({ id: 1, method: 'tools/call', params: { name } });
        const call = (name) => fetch(`${daemon.url}/mcp/fake/x`, { method: 'POST', body: body(name), signal: abort.signal }).catch(() => {});
        const both = [call('echo'), call('sleep')];
        await stub.inbox.next('the request to the hook');
        await eventually(10_000, 'the command to run', async () => (await processes_with(mark)).length > 0);
        abort.abort();
        await Promise.all(both);
        await stub.left.next('the connection to the hook to be closed');
        await eventually(10_000, 'the command to be gone', async () => (await processes_with(mark)).length === 0);
        const legacy = await LegacyClient.open(`${daemon.url}/mcp/fake`);
        const cancelled = legacy.open_call('tools/call', { name: 'sleep' }, { id: 77 });
        await eventually(10_000, 'the command to run', async () => (await processes_with(mark)).length > 0);
        await legacy.notify('notifications/cancelled', { requestId: 77 });
        await eventually(10_000, 'the command to be gone', async () => (await processes_with(mark)).length === 0);
        assert.equal((await cancelled).status, 202);
        await legacy.stop();
    });

    test('so many commands at a time, and the others wait their turn', async () => {
        const folder = await temporary_folder();
        try {
            const script = `cat > /dev/null; mkdir ${folder.path}/one || exit 9; sleep 0.05; rmdir ${folder.path}/one`;
            await start([{ name: 'alone', on: 'before', timeout: '30s', run: shell_hook(script) }], { limits: { hook_processes: 1 } });
            const all = await Promise.all([1, 2, 3, 4].map((n) => echo(`${n}`)));
            assert.deepEqual(all.map(text_of), ['1', '2', '3', '4']);
            assert.equal((await counts('alone')).failed, 0);
        } finally {
            await folder.remove();
        }
    });

    test('who finds no place within its time has failed', async () => {
        stub = await HookStub.start();
        const mark = `4444.${process.pid}`;
        await start([
            { name: 'holds', on: 'before', tool: 'sleep', timeout: '60s', run: shell_hook(`sleep ${mark}`) },
            { name: 'waits', on: 'before', tool: 'echo', timeout: '200ms', run: shell_hook('exit 0') },
        ], { limits: { hook_processes: 1 } });
        const abort = new AbortController();
        const holder = fetch(`${daemon.url}/mcp/fake/x`, { method: 'POST', body: '{"id":1,"method":"tools/call","params":{"name":"sleep"}}', signal: abort.signal }).catch(() => {});
        await eventually(10_000, 'the first to run', async () => (await processes_with(mark)).length > 0);
        assert.equal((await echo('x')).body.error.data.code, 'AH-506');
        abort.abort();
        await holder;
        await eventually(10_000, 'the place to be free', async () => text_of(await echo('x')) === 'x');
    });

    test('an answer of 1 MiB is read, a longer one is a failure', async () => {
        const long = (n) => node_hook(`process.stdout.write(JSON.stringify({ action: 'refuse', message: 'x'.repeat(${n}) }))`);
        const frame = JSON.stringify({ action: 'refuse', message: '' }).length;
        await start([
            { name: 'fits', on: 'before', tool: 'echo', timeout: '20s', run: long(1048576 - frame) },
            { name: 'over', on: 'before', tool: 'sleep', timeout: '20s', run: long(1048577 - frame) },
        ]);
        assert.equal((await echo('x')).status, 403);
        assert.equal((await hub.tool('fake', 'sleep')).body.error.data.code, 'AH-506');
        assert.match((await counts('over')).last_error, /1048576 bytes/);
    });

    test('endpoints that are away, refuse, talk nonsense or hang have failed', async () => {
        stub = await HookStub.start(({ tool }, headers, response) => {
            if (tool === 'echo') return void response.writeHead(500).end('out of order');
            if (tool === 'sleep') return 'nonsense';
            if (tool === 'big') return void response.writeHead(204).end();
            return undefined;
        });
        await start([
            { name: 'stub', on: 'before', server: 'fake', timeout: '300ms', run: { http: stub.url } },
            { name: 'away', on: 'before', server: 'hub', run: { http: 'http://127.0.0.1:1' } },
        ]);
        for (const [tool, why] of [['echo', /status 500: out of order/], ['sleep', /one object of JSON, found nonsense/], ['seen', /300 ms/]]) {
            assert.equal((await hub.tool('fake', tool)).body.error.data.code, 'AH-506', tool);
            assert.match((await counts('stub')).last_error, why);
        }
        assert.equal(text_of(await hub.tool('fake', 'big', { n: 3 })), 'xxx');
        assert.equal((await hub.tool('hub', 'list_servers')).body.error.data.code, 'AH-506');
        assert.equal((await counts('away')).failed, 1);
    });

    test('as many requests to one endpoint run at a time as fit, and the one over fails at once', async () => {
        const kMost = 256;
        let open;
        const gate = new Promise((resolve) => (open = resolve));
        stub = await HookStub.start(() => gate.then(() => ({ action: 'answer', result: kText('from the endpoint') })));
        await start([{ name: 'crowded', on: 'before', timeout: '60s', run: { http: stub.url } }]);
        const all = Array.from({ length: kMost }, () => echo('x'));
        await eventually(30_000, 'all requests that fit to be there', () => stub.asked.length === kMost);
        const over = await echo('one over');
        assert.equal(over.body.error.data.code, 'AH-506');
        assert.equal(stub.asked.length, kMost);
        open();
        for (const reply of await Promise.all(all)) assert.equal(text_of(reply), 'from the endpoint');
    });

    test('a reload replaces them; counts of those that stay are kept', async () => {
        const kept = { name: 'kept', on: 'before', run: says({}) };
        await start([kept, { name: 'gone', on: 'before', run: answer('old') }]);
        assert.equal(text_of(await echo('x')), 'old');
        await daemon.reload({ config: { hooks: [kept, { name: 'new', on: 'before', run: answer('new') }] } });
        assert.equal(text_of(await echo('x')), 'new');
        const { hooks } = await daemon.get('/hooks');
        assert.deepEqual(hooks.map(({ name, calls }) => [name, calls]), [['kept', 2], ['new', 1]]);
        await daemon.reload({ config: {} });
        assert.equal(text_of(await echo('x')), 'x');
        assert.deepEqual((await daemon.get('/hooks')).hooks, []);
    });

    test('a fault in them refuses the reload and says where', async () => {
        await start([{ name: 'kept', on: 'before', run: says({}) }]);
        await assert.rejects(daemon.reload({ config: { hooks: [{ on: 'before', run: { builtin: 'magic' } }] } }), /hooks\[0\]\.run\.builtin/);
        assert.equal((await daemon.get('/hooks')).hooks[0].name, 'kept');
    });

    test('values of variables and headers are shown nowhere', async () => {
        stub = await HookStub.start();
        await start([
            { name: 'a', on: 'before', run: shell_hook('echo "$TOKEN" >&2; exit 1', { env: { TOKEN: 'hunter2hunter2' } }) },
            { name: 'b', on: 'before', run: { http: stub.url, headers: { Authorization: 'Bearer hunter3hunter3' } } },
        ]);
        await echo('x');
        assert.equal(stub.asked[0].headers.authorization, 'Bearer hunter3hunter3');
        assert.doesNotMatch(JSON.stringify(await daemon.get('/hooks')) + daemon.log, /hunter/);
        assert.match((await counts('a')).last_error, /\[redacted\]/);
    });

    test('the list tells of each hook what it is and what has become of it', async () => {
        await start([{ name: 'n', on: 'before', server: 'fake', tool: 'ec*', timeout: '500ms', run: says({ arguments: { text: 'y' } }) }]);
        await echo('x');
        const [hook] = (await daemon.get('/hooks')).hooks;
        const { mean_ms, run, ...rest } = hook;
        assert.ok(mean_ms > 0);
        assert.equal(run.command[0], '/bin/sh');
        assert.deepEqual(rest, {
            name: 'n', on: 'before', server: 'fake', method: 'tools/call', tool: 'ec*', kind: 'command', timeout: 0.5, calls: 1,
            changed: 1, answered: 0, refused: 0, failed: 0, last_error: null, last_error_at: null,
        });
        const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
        for (const [name, count] of [['runs_total', 1], ['failures_total', 0]])
            assert.match(metrics, new RegExp(`^agenthub_hook_${name}\\{hook="n",on="before"\\} ${count}$`, 'm'));
        assert.match(metrics, /^agenthub_hook_decisions_total\{hook="n",on="before",decision="changed"\} 1$/m);
        const page = await hub.get('/hooks', { Origin: 'http://evil.example' });
        assert.equal(page.status, 403);
    });

    test('a daemon that is told to end does not wait for a hook', async () => {
        const mark = `4545.${process.pid}`;
        await start([{ name: 'long', on: 'before', timeout: '600s', run: shell_hook(`sleep ${mark}`) }], { limits: { drain_timeout: '100ms' } });
        const call = echo('x').catch(() => {});
        await eventually(10_000, 'the hook to run', async () => (await processes_with(mark)).length > 0);
        const ended = daemon;
        daemon = undefined;
        await within(15_000, 'the daemon to end', ended.stop());
        assert.deepEqual(await processes_with(mark), []);
        await call;
    });
});

describe('agenthub hooks', kOnlyThroughHub, () => {
    let folder;
    const run = async (...args) => {
        const options = { env: { ...process.env, AGENTHUB_URL: daemon.url } };
        return promisify(execFile)(kBinary, ['hooks', ...args], options).then(
            ({ stdout }) => ({ code: 0, stdout }),
            ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
        );
    };
    after(async () => finish(daemon, folder));

    test('lists them, and tries them out without side effects', async () => {
        folder = await temporary_folder();
        const trace = path.join(folder.path, 'trace');
        await start([
            { name: 'limit', on: 'before', tool: 'echo', run: { builtin: 'rate_limit', calls: 1, per: '1h' } },
            { name: 'rewrite', on: 'before', tool: 'echo', run: says({ arguments: { text: 'other' } }) },
            { name: 'careful', on: 'before', run: shell_hook(`[ -n "$AGENTHUB_DRY_RUN" ] || touch ${trace}`) },
            { name: 'guard', on: 'before', tool: 'die', run: says({ action: 'refuse', message: 'too dangerous' }) },
            { name: 'later', on: 'after', run: shell_hook('exit 1') },
        ], { rights: { rules: [{ client: 'nobody', allow: false }] } });
        for (let i = 0; i < 3; ++i) {
            const { code, stdout } = await run('test', 'fake', 'echo', '{"text":"x"}');
            assert.equal(code, 0, stdout);
            assert.deepEqual(stdout.trim().split('\n'), [
                'rights: allowed by default',
                'hook limit: continue',
                'hook rewrite: change: {"text":"other"}',
                'hook careful: continue',
                'outcome: call',
                'arguments: {"text":"other"}',
            ]);
        }
        const refused = await run('test', 'fake', 'die');
        assert.equal(refused.code, 1);
        assert.match(refused.stdout, /hook guard: refuse: too dangerous\noutcome: refuse\n/);
        const forbidden = await run('test', 'fake', 'echo', '{}', '--client', 'nobody');
        assert.equal(forbidden.code, 1);
        assert.match(forbidden.stdout, /^rights: forbidden by rules\[0\]\noutcome: forbidden\n/);
        assert.equal((await run('test', 'nowhere', 'echo')).code, 1);
        assert.equal((await run('test', 'fake', 'echo', '[]')).code, 2);
        for (const { name, calls } of (await daemon.get('/hooks')).hooks) assert.equal(calls, 0, name);
        await assert.rejects(stat(trace), { code: 'ENOENT' });
        const { text } = await hub.tool('fake', 'seen');
        assert.doesNotMatch(text, /"name":"echo"|"name":"die"/);

        const list = await run('list');
        assert.equal(list.code, 0);
        const lines = list.stdout.trim().split('\n');
        assert.match(lines[0], /^NAME +ON +SERVER +METHOD +TOOL +RUN +CALLS/);
        assert.deepEqual(lines.slice(1).map((line) => line.split(' ')[0]), ['limit', 'rewrite', 'careful', 'guard', 'later']);
        assert.equal(JSON.parse((await run('list', '--json')).stdout).hooks.length, 5);
        assert.equal((await run()).code, 2);
    });

    test('POST /hooks/test refuses bodies that say nothing', async () => {
        for (const body of ['{', '[]', '{}', '{"server":"fake"}', '{"server":"fake","tool":"echo","arguments":5}'])
            assert.equal((await hub.post('/hooks/test', body)).status, 422, body);
        assert.equal((await hub.post('/hooks/test', { server: 'none', tool: 'x' })).status, 404);
    });
});
