// Pipelines: over HTTP, as tools of the hub, from the command line, and the prototype's documentation pipeline.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { connect, text_of as said } from './support/client.mjs';
import { Daemon, finish, kBinary, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { many, rows, seen, until_seen } from './support/many.mjs';
import { ModelStub } from './support/model_stub.mjs';
import { Requests } from './support/predecessor.mjs';
import { within } from './support/wait.mjs';

const call = (tool, args = {}) => ({ server: 'many', tool, arguments: args });
const kExample = fileURLToPath(new URL('../../config/documentation-pipeline.json', import.meta.url));

/** The pipeline of the example, which has comments; without its server, which is not there. */
async function documentation_pipeline() {
    const text = (await readFile(kExample, 'utf8')).replace(/^\s*\/\/.*$/gm, '');
    return JSON.parse(text).pipelines.documentation;
}

function agenthub(...args) {
    return new Promise((resolve) =>
        execFile(kBinary, args, { timeout: 30_000 }, (error, out, err) => resolve({ code: error ? error.code : 0, out, err })));
}

/** The data of each event of a stream that has ended. */
const events_of = (text) => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));

describe('pipelines', kOnlyThroughHub, () => {
    let daemon, hub, folder, root, second, outside, ollama;
    const config = () => ({
        ollama: { url: ollama.url },
        pipeline_roots: [root, second],
        pipeline_runs: 2,
        limits: { body_bytes: 20_000_000 },
        rights: { rules: [{ client: 'guest', server: 'hub', tool: 'pipeline_all_*', allow: false }, { client: 'guest', server: 'many', tool: 'echo', allow: false }] },
        pipelines: {
            all_kinds: {
                description: 'One of each.',
                input_schema: { type: 'object', properties: { who: { type: 'string' }, n: { type: 'integer', default: 7 } }, required: ['who'] },
                steps: [
                    { name: 'greet', text: ['Hello ${input.who},', 'number ${input.n}'] },
                    { name: 'said', call: call('echo', { text: '${steps.greet.text}' }) },
                    { name: 'list', call: call('structured') },
                    {
                        name: 'both',
                        parallel: {
                            max_concurrent: 2,
                            steps: [
                                { name: 'left', call: call('echo', { text: 'l ${steps.list.structuredContent.list.1.deep}' }) },
                                { name: 'right', text: 'r ${input.n}' },
                            ],
                        },
                    },
                    { name: 'file', write_file: { path: 'notes/${input.who}.md', content: '${steps.left.text} ${steps.right.text}' } },
                ],
                output: { said: '${steps.said.text}', n: '${input.n}', list: '${steps.list.structuredContent.list}', file: '${steps.file.path}', id: '${run.id}', on: 'the ${run.date}' },
            },
            fails: { steps: [{ name: 'a', text: 'x' }, { name: 'b', call: call('error') }, { name: 'c', call: call('echo', { text: 'never' }) }] },
            goes_on: {
                steps: [{ name: 'a', on_error: 'continue', call: call('flaky', { key: 'goes on', times: 99 }) }, { name: 'b', text: '[${steps.a.text}]' }],
                output: { nothing: '${steps.a}', text: '${steps.b.text}' },
            },
            falls_back: {
                steps: [
                    { name: 'a', text: 'before' },
                    { name: 'b', call: { server: 'nobody', tool: 'x' }, fallback: { text: 'instead of ${steps.a.text}' } },
                    { name: 'c', text: '${steps.b.text}!' },
                ],
            },
            bad_fallback: { steps: [{ name: 'a', call: call('error'), fallback: { text: '${input.none.deep}' } }, { name: 'b', text: '${steps.a.other}' }] },
            inside: {
                steps: [{ name: 'p', on_error: 'continue', parallel: { steps: [{ name: 'x', call: call('error') }, { name: 'y', text: 'y' }, { name: 'z', on_error: 'continue', call: call('error') }] } }],
            },
            nowhere: { steps: [{ name: 'a', call: call('structured') }, { name: 'b', text: '${steps.a.structuredContent.no.such}' }] },
            slow_step: { steps: [{ name: 'a', timeout: 0.2, call: call('hold', { label: 'slow step' }) }] },
            slow_run: { timeout: 0.2, steps: [{ name: 'a', on_error: 'continue', call: call('hold', { label: 'slow run' }) }, { name: 'b', text: 'x' }] },
            slow_inside: { steps: [{ name: 'p', timeout: 0.2, parallel: { steps: [{ name: 'a', call: call('hold', { label: 'slow inside' }) }] } }] },
            holds: {
                input_schema: { properties: { label: { type: 'string' } } },
                steps: [{ name: 'first', text: 'x' }, { name: 'held', call: call('hold', { label: '${input.label}' }) }, { name: 'last', call: call('echo', { text: 'after ${input.label}' }) }],
            },
            writes: {
                input_schema: { properties: { path: { type: 'string' }, content: {} } },
                steps: [{ name: 'w', write_file: { path: '${input.path}', content: '${input.content}' } }],
            },
            writes_late: {
                input_schema: { properties: { content: { type: 'string' } } },
                steps: [{
                    name: 'all', on_error: 'continue',
                    parallel: {
                        max_concurrent: 40,
                        steps: Array.from({ length: 40 }, (_, n) => ({ name: `f${n}`, timeout: 0.01, on_error: 'continue', write_file: { path: `late/f${n}`, content: '${input.content}' } })),
                    },
                }],
            },
            outer: { steps: [{ name: 'in', call: { server: 'hub', tool: 'pipeline_falls_back' } }], output: '${steps.in.structuredContent.output}' },
            better: {
                steps: [
                    { name: 'e', enhance: { prompt: 'make ${input.what}', client: 'writer' } },
                ],
                output: '${steps.e.text}',
            },
            whole_input: { steps: [{ name: 'a', call: { server: 'many', tool: 'echo', arguments: '${input}' } }], output: '${steps.a.text}' },
        },
    });

    before(async () => {
        folder = await temporary_folder();
        [root, second, outside] = ['root', 'second', 'outside'].map((name) => path.join(folder.path, name));
        for (const one of [root, second, outside]) await mkdir(one);
        ollama = await ModelStub.start();
        daemon = await Daemon.start({ servers: { many: many({ breaker_threshold: 0 }) }, config: config() });
        hub = new Requests(daemon);
        await daemon.server_pid('many');
    });
    after(() => finish(daemon, ollama, folder));

    const run = async (name, input = {}) => {
        const { status, body, text } = await hub.post(`/pipelines/${name}`, input);
        assert.equal(status, 200, text);
        assert.equal(body.pipeline, name);
        return body;
    };
    const statuses = ({ steps }) => Object.fromEntries(steps.map(({ name, status }) => [name, status]));

    test('are listed with what they take', async () => {
        const { pipelines, max_running } = await daemon.get('/pipelines');
        assert.equal(max_running, 2);
        const one = pipelines.find(({ name }) => name === 'all_kinds');
        assert.equal(one.description, 'One of each.');
        assert.equal(one.tool, 'pipeline_all_kinds');
        assert.deepEqual(one.input_schema.required, ['who']);
        assert.deepEqual(one.steps.map(({ name, kind }) => `${name} ${kind}`), ['greet text', 'said call', 'list call', 'both parallel', 'left call', 'right text', 'file write_file']);
    });

    test('run step by step; references keep the type of what they stand for', async () => {
        const report = await run('all_kinds', { who: 'Ada' });
        assert.equal(report.status, 'complete');
        assert.equal(report.error, null);
        assert.deepEqual(statuses(report), { greet: 'ok', said: 'ok', list: 'ok', both: 'ok', left: 'ok', right: 'ok', file: 'ok' });
        const { said: text, n, list, file, id, on } = report.output;
        assert.equal(text, 'Hello Ada,\nnumber 7');
        assert.strictEqual(n, 7, 'the default, as a number');
        assert.deepEqual(list, [1, { deep: 'found' }]);
        assert.equal(file, path.join(root, 'notes', 'Ada.md'));
        assert.equal(await readFile(file, 'utf8'), 'l found r 7');
        assert.equal(id, report.run_id);
        assert.match(on, /^the \d{4}-\d\d-\d\d$/);
        assert.ok(report.steps.every(({ duration_ms }) => Number.isInteger(duration_ms)));
    });

    test('the whole input may be the arguments of a call', async () => {
        assert.equal((await run('whole_input', { text: 'as it is' })).output, 'as it is');
    });

    test('on_error fail ends the run', async () => {
        const report = await run('fails');
        assert.equal(report.status, 'failed');
        assert.deepEqual(statuses(report), { a: 'ok', b: 'failed', c: 'not_run' });
        assert.deepEqual([report.error.code, report.error.message], [-32050, 'not today']);
        assert.deepEqual(report.steps[1].error, report.error);
        assert.equal(report.output, null);
        assert.equal((await seen(hub)).counts.never, undefined);
    });

    test('on_error continue goes on without the result', async () => {
        const report = await run('goes_on');
        assert.equal(report.status, 'partial');
        assert.deepEqual(statuses(report), { a: 'continued', b: 'ok' });
        assert.deepEqual(report.output, { nothing: null, text: '[]' });
        assert.match(report.error.message, /^failed \d/, 'what the tool said');
    });

    test('on_error fallback goes on with something else', async () => {
        const report = await run('falls_back');
        assert.equal(report.status, 'partial');
        assert.deepEqual(statuses(report), { a: 'ok', b: 'fallback', c: 'ok' });
        assert.equal(report.output.text, 'instead of before!', 'the result of the last step, where no output is described');
        assert.equal(report.steps[1].error.data.reason, 'server_unknown');
    });

    test('a fallback that cannot be made, and a reference that leads nowhere, are failures', async () => {
        const report = await run('bad_fallback');
        assert.deepEqual(statuses(report), { a: 'fallback', b: 'failed' }, 'an input that was not given is nothing');
        const nowhere = await run('nowhere');
        assert.deepEqual(statuses(nowhere), { a: 'ok', b: 'failed' });
        assert.match(nowhere.error.message, /\$\{steps\.a\.structuredContent\.no\.such\} leads nowhere: there is no 'no'/);
    });

    test('in parallel, one that fails fails its step when all have ended', async () => {
        const report = await run('inside');
        assert.equal(report.status, 'partial');
        assert.deepEqual(statuses(report), { p: 'continued', x: 'failed', y: 'ok', z: 'continued' });
        assert.equal(report.output.y.text, 'y');
        assert.equal(report.output.x, null);
    });

    test('a step has its limit of time, and so have a pipeline and what stands in a step', async () => {
        const step = await run('slow_step');
        assert.equal(step.status, 'failed');
        assert.equal(step.error.data.reason, 'call_timeout');
        const whole = await run('slow_run');
        assert.deepEqual(statuses(whole), { a: 'continued', b: 'failed' });
        assert.match(whole.error.message, /no time is left/);
        const inside = await run('slow_inside');
        assert.deepEqual(statuses(inside), { p: 'failed', a: 'failed' });
        await until_seen(hub, 'the cancellations', ({ cancelled }) => ['slow step', 'slow run', 'slow inside'].every((label) => cancelled.includes(label)));
    });

    test('one may call another, through the hub', async () => {
        const { status, output } = await run('outer');
        assert.equal(status, 'complete');
        assert.equal(output.text, 'instead of before!');
    });

    test('prompts are made better by the rule that the step names; without a model the step fails', async () => {
        ollama.answer = () => 'a better prompt';
        const made = await run('better', { what: 'it so' });
        assert.deepEqual([made.status, made.output], ['complete', 'a better prompt']);
        ollama.missing.add('llama3.2:3b');
        const failed = await run('better', { what: 'it otherwise' });
        assert.equal(failed.status, 'failed');
        assert.match(failed.error.message, /^the prompt stays as it was: ./);
        ollama.missing.clear();
    });

    describe('files', () => {
        const write = async (file, content = 'x') => {
            const report = await run('writes', { path: file, content });
            return report.status === 'complete' ? report.output : report.error;
        };

        test('are written below the allowed directories, and replaced', async () => {
            assert.deepEqual(await write('a/b/c.txt', 'first'), { path: path.join(root, 'a/b/c.txt'), bytes: 5 });
            await write('a/b/c.txt', { second: true });
            assert.equal(await readFile(path.join(root, 'a/b/c.txt'), 'utf8'), '{"second":true}');
            assert.deepEqual(await readdir(path.join(root, 'a/b')), ['c.txt'], 'nothing is left beside it');
            assert.equal((await write(path.join(second, 'd.txt'))).path, path.join(second, 'd.txt'));
        });

        test('are written nowhere else, whatever the path is', async () => {
            await symlink(outside, path.join(root, 'link'));
            await symlink(path.join(outside, 'new'), path.join(root, 'dangling'));
            await writeFile(path.join(outside, 'target'), 'old');
            await symlink(path.join(outside, 'target'), path.join(root, 'to_file'));
            for (const attempt of [
                '../outside/f', 'a/../../outside/f', `${root}/../outside/f`, path.join(outside, 'f'), '/etc/agenthub-test', `${root}-2/f`,
                'link/f', 'dangling', 'to_file', '', '.', '..', 'dir/', root,
            ]) {
                const { data, message } = await write(attempt);
                assert.equal(data?.reason, 'forbidden', `${attempt}: ${message}`);
                assert.match(message, /pipeline_roots/);
            }
            assert.deepEqual(await readdir(outside), ['target']);
            assert.equal(await readFile(path.join(outside, 'target'), 'utf8'), 'old');
        });

        test('that are given up in time never come later, and those that come are told of', async () => {
            const report = await run('writes_late', { content: 'x'.repeat(4_000_000) });
            const written = Object.fromEntries(report.steps.filter(({ kind }) => kind === 'write_file').map(({ name, status }) => [name, status === 'ok']));
            assert.equal(Object.keys(written).length, 40);
            assert.ok(Object.values(written).includes(false), 'all were written in time');
            // One thread writes them in order: when this one is there, it is done with the others.
            await write('late/behind', 'x');
            const there = new Set(await readdir(path.join(root, 'late')));
            for (const [name, is_ok] of Object.entries(written)) assert.equal(there.has(name), is_ok, name);
            assert.deepEqual([...there].filter((name) => name.startsWith('.')), [], 'something is left beside them');
        });

        test('with a name that the system does not take are a failure like any other', async () => {
            assert.equal((await write('n'.repeat(300))).data.reason, 'io_error');
        });
    });

    describe('over HTTP', () => {
        test('a name that is not there is 404, an input that is not as the schema says 422', async () => {
            const unknown = await hub.post('/pipelines/none', {});
            assert.deepEqual([unknown.status, unknown.body.detail], [404, 'Pipeline none not found']);
            const missing = await hub.post('/pipelines/all_kinds', { n: 'x' });
            assert.equal(missing.status, 422);
            assert.deepEqual(missing.body.detail.map(({ loc, type }) => `${loc.join('.')} ${type}`), ['body.who missing', 'body.n integer_type']);
            assert.equal((await hub.post('/pipelines/all_kinds', '[1]')).status, 422);
            assert.equal((await hub.post('/pipelines/all_kinds', '{"who"')).status, 422);
            assert.equal((await hub.get('/pipelines/all_kinds')).status, 405);
            assert.equal((await hub.post('/pipelines/fails', {}, { Origin: 'http://evil.example' })).status, 403);
        });

        test('an input of more than a run keeps is refused before anything is done', async () => {
            const { status, body } = await hub.post('/pipelines/writes', { path: 'too/long', content: 'x'.repeat(16_777_216) });
            assert.equal(status, 422);
            assert.match(body.detail, /the input of the pipeline 'writes' has 167772\d\d bytes, and a run takes at most 16777216/);
            await assert.rejects(readdir(path.join(root, 'too')));
            assert.equal((await daemon.get('/pipelines')).running, 0);
        });

        test('whoever runs one needs the right to it, and to each call in it', async () => {
            const guest = { 'X-Client-ID': 'guest' };
            const refused = await hub.post('/pipelines/all_kinds', { who: 'guest' }, guest);
            assert.equal(refused.status, 403);
            assert.equal(typeof refused.body.detail, 'string');
            const { status, body } = await hub.post('/pipelines/whole_input', { text: 'x' }, guest);
            assert.deepEqual([status, body.status, body.error.data.reason], [200, 'failed', 'forbidden']);
        });

        test('no body is an empty object', async () => {
            const { status, body } = await hub.post('/pipelines/falls_back');
            assert.deepEqual([status, body.status], [200, 'partial']);
        });

        test('each step is an event for who wants a stream', async () => {
            const reply = await hub.post('/pipelines/falls_back', {}, { Accept: 'application/json, text/event-stream' });
            assert.match(reply.headers.get('content-type'), /^text\/event-stream/);
            const events = events_of(reply.text);
            assert.deepEqual(events.map(({ type, name, status }) => [type, name, status].filter(Boolean).join(' ')),
                ['step a ok', 'step b fallback', 'step c ok', 'result partial']);
            assert.equal(events.at(-1).output.text, 'instead of before!');
            const refused = await hub.post('/pipelines/all_kinds', {}, { Accept: 'text/event-stream' });
            assert.equal(refused.status, 422, 'what is refused before it begins has its status');
        });

        for (const accept of ['application/json', 'text/event-stream'])
            test(`a client that leaves ends the run (${accept})`, async () => {
                const label = `left ${accept}`;
                const request = http.request(`${daemon.url}/pipelines/holds`, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: accept } });
                request.on('error', () => {});
                request.end(JSON.stringify({ label }));
                await until_seen(hub, 'the step that holds', ({ held }) => held.includes(label));
                request.destroy();
                await until_seen(hub, 'its cancellation', ({ cancelled }) => cancelled.includes(label));
                await within(5_000, 'no run', (async () => {
                    while ((await daemon.get('/pipelines')).running > 0);
                })());
                assert.equal((await seen(hub)).counts[`after ${label}`], undefined);
            });

        test('as many run at a time as pipeline_runs says, and not one more', async () => {
            const labels = ['run 1', 'run 2'];
            const running = labels.map((label) => run('holds', { label }));
            await until_seen(hub, 'both', ({ held }) => labels.every((label) => held.includes(label)));
            assert.equal((await daemon.get('/pipelines')).running, 2);
            const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
            assert.match(metrics, /^agenthub_pipelines_running 2$/m);
            assert.match(metrics, /^agenthub_batches_running 0$/m);
            const refused = await hub.post('/pipelines/falls_back', {});
            assert.equal(refused.status, 503);
            assert.match(refused.body.detail, /pipeline_runs/);
            assert.equal(refused.headers.get('retry-after'), '1');
            for (const label of labels) await hub.tool('many', 'release', { label });
            for (const { status } of await Promise.all(running)) assert.equal(status, 'complete');
            assert.equal((await run('falls_back')).status, 'partial');
        });

        test('a run is a row of the activity, and so is each call in it, all with one id', async () => {
            const { headers } = await hub.post('/pipelines/all_kinds', { who: 'Row' }, { 'X-Client-ID': 'runner' });
            const entries = await rows(daemon, `request_id=${headers.get('x-request-id')}`, 4);
            assert.deepEqual(entries.map(({ server, tool }) => `${server}/${tool}`).sort(), ['hub/pipeline_all_kinds', 'many/echo', 'many/echo', 'many/structured']);
            assert.ok(entries.every(({ client_id }) => client_id === 'runner'));
        });
    });

    describe('as tools', () => {
        let client;
        before(async () => (client = await connect(daemon, 'hub', { clientName: 'tool user' })));
        after(() => client.stop());

        test('are offered with their input schema', async () => {
            const { tools } = await client.listTools();
            const tool = tools.find(({ name }) => name === 'pipeline_all_kinds');
            assert.equal(tool.description, 'One of each.');
            assert.deepEqual(tool.inputSchema.required, ['who']);
            assert.ok(tool.outputSchema);
        });

        test('give their report, and tell of each step', async () => {
            const heard = [];
            const onprogress = ({ progress, total, message }) => heard.push([progress, total, message]);
            const result = await client.callTool({ name: 'pipeline_falls_back', arguments: {} }, undefined, { onprogress });
            assert.equal(result.isError, false);
            assert.equal(result.structuredContent.output.text, 'instead of before!');
            assert.deepEqual(JSON.parse(said(result)), result.structuredContent);
            assert.deepEqual(heard, [[1, 3, 'step a: ok'], [2, 3, 'step b: fallback'], [3, 3, 'step c: ok']]);
        });

        test('a run that failed is an error of the tool', async () => {
            const result = await client.callTool({ name: 'pipeline_fails', arguments: {} });
            assert.equal(result.isError, true);
            assert.equal(result.structuredContent.status, 'failed');
        });

        test('a faulty input is refused', async () => {
            await assert.rejects(client.callTool({ name: 'pipeline_all_kinds', arguments: {} }), /who: Field required/);
        });

        test('cancelled by its client, a run ends', async () => {
            const abort = new AbortController();
            const running = client.callTool({ name: 'pipeline_holds', arguments: { label: 'tool left' } }, undefined, { signal: abort.signal });
            await until_seen(hub, 'the step that holds', ({ held }) => held.includes('tool left'));
            abort.abort();
            await assert.rejects(running);
            await until_seen(hub, 'its cancellation', ({ cancelled }) => cancelled.includes('tool left'));
        });

        test('may be called in a batch', async () => {
            const { body } = await hub.post('/batch', { calls: [{ server: 'hub', tool: 'pipeline_falls_back', arguments: {} }] });
            assert.equal(body.results[0].result.structuredContent.status, 'partial');
        });

        test('a reload that changes them is told to who has listed them', async () => {
            const { pipelines, ...rest } = config();
            await daemon.reload({ config: { ...rest, pipelines: { ...pipelines, new_one: { steps: [{ name: 'a', text: 'new' }] } } } });
            await client.inbox.next(({ method }) => method === 'notifications/tools/list_changed');
            const { tools } = await client.listTools();
            assert.ok(tools.some(({ name }) => name === 'pipeline_new_one'));
            assert.equal((await run('new_one')).output.text, 'new');
            await daemon.reload({ config: config() });
            assert.equal((await hub.post('/pipelines/new_one', {})).status, 404);
        });
    });

    describe('from the command line', () => {
        const url = () => ['--url', daemon.url];

        test('list', async () => {
            const { code, out } = await agenthub('pipeline', 'list', ...url());
            assert.equal(code, 0);
            assert.match(out, /^all_kinds {2}One of each\.$/m);
            assert.match(out, /^fails$/m);
            assert.equal(JSON.parse((await agenthub('pipeline', 'list', '--json', ...url())).out).max_running, 2);
        });

        test('run tells of each step and prints the output', async () => {
            const { code, out, err } = await agenthub('pipeline', 'run', 'falls_back', ...url());
            assert.equal(code, 0, err);
            assert.equal(JSON.parse(out).text, 'instead of before!');
            assert.match(err, /^step a: ok \(\d+ ms\)\nstep b: fallback \(\d+ ms\): .*nobody.*\nstep c: ok/);
            assert.match(err, /not all of it was done/);
        });

        test('run takes its input from an argument or a file', async () => {
            const file = path.join(folder.path, 'input.json');
            await writeFile(file, '{"who": "file"}');
            for (const [input, who] of [[['{"who": "argument"}'], 'argument'], [['--input', file], 'file']]) {
                const { code, out, err } = await agenthub('pipeline', 'run', 'all_kinds', ...input, ...url());
                assert.equal(code, 0, err);
                assert.match(JSON.parse(out).said, new RegExp(`^Hello ${who},`));
            }
            const whole = JSON.parse((await agenthub('pipeline', 'run', 'all_kinds', '{"who": "json"}', '--json', ...url())).out);
            assert.deepEqual([whole.status, whole.steps.length, whole.type], ['complete', 7, undefined]);
        });

        test('run says what went wrong, with exit codes for scripts', async () => {
            const failed = await agenthub('pipeline', 'run', 'fails', ...url());
            assert.equal(failed.code, 1);
            assert.match(failed.err, /agenthub pipeline: the pipeline 'fails' has failed: not today/);
            const unknown = await agenthub('pipeline', 'run', 'none', ...url());
            assert.deepEqual([unknown.code, /Pipeline none not found/.test(unknown.err)], [1, true]);
            const faulty = await agenthub('pipeline', 'run', 'all_kinds', ...url());
            assert.deepEqual([faulty.code, /who: Field required/.test(faulty.err)], [1, true]);
            assert.equal((await agenthub('pipeline', 'run', 'all_kinds', '{', ...url())).code, 2);
            assert.equal((await agenthub('pipeline', 'run', '../x', ...url())).code, 2);
            assert.equal((await agenthub('pipeline', 'run', 'fails', '--timeout', '0', ...url())).code, 2);
        });

        test('run gives up in time, and ends the run', async () => {
            const late = await agenthub('pipeline', 'run', 'holds', '{"label": "cli"}', '--timeout', '0.5', ...url());
            assert.equal(late.code, 1);
            assert.match(late.err, /did not end in time/);
            await until_seen(hub, 'the cancellation', ({ cancelled }) => cancelled.includes('cli'));
        });
    });
});

test('pipelines call each other four deep, and not one deeper', kOnlyThroughHub, async () => {
    const next = (n) => [{ name: 'in', call: { server: 'hub', tool: `pipeline_level${n + 1}` } }];
    const levels = [1, 2, 3, 4].map((n) => [`level${n}`, { steps: next(n), output: '${steps.in.structuredContent.output}' }]);
    const pipelines = { ...Object.fromEntries(levels), level5: { steps: [{ name: 'end', text: 'the end' }], output: '${steps.end.text}' } };
    const daemon = await Daemon.start({ config: { pipelines } });
    try {
        const hub = new Requests(daemon);
        const fits = await hub.post('/pipelines/level2', {});
        assert.deepEqual([fits.body.status, fits.body.output], ['complete', 'the end'], fits.text);
        const over = await hub.post('/pipelines/level1', {});
        assert.equal(over.body.status, 'failed');
        assert.match(over.text, /more than 4 deep/);
    } finally {
        await daemon.stop();
    }
});

describe("the prototype's documentation pipeline", kOnlyThroughHub, () => {
    let daemon, hub, folder, vault, ollama;
    before(async () => {
        folder = await temporary_folder();
        vault = path.join(folder.path, 'my vault');
        await mkdir(vault);
        ollama = await ModelStub.start();
        ollama.answer = () => 'What it is about.';
        daemon = await Daemon.start({
            servers: { 'sequential-thinking': many() },
            config: { ollama: { url: ollama.url }, pipeline_roots: [vault], pipelines: { documentation: await documentation_pipeline() } },
        });
        hub = new Requests(daemon);
    });
    after(() => finish(daemon, ollama, folder));

    const document = (body, headers) => hub.post('/pipelines/documentation', body, headers);
    const kKeys = ['status', 'output_path', 'obsidian_url', 'content_length', 'error'];

    test('writes a note and tells where, in the shape that its clients know', async () => {
        const { status, body } = await document({ repo_path: '/src/app', project_name: 'My App' });
        assert.equal(status, 200);
        assert.deepEqual(Object.keys(body), kKeys);
        const file = path.join(vault, 'My App.md');
        assert.equal(body.output_path, file);
        assert.equal(body.obsidian_url, `obsidian://open?path=${encodeURIComponent(file)}`);
        const note = await readFile(file, 'utf8');
        assert.equal(body.content_length, Buffer.byteLength(note));
        assert.match(note, /^---\ntitle: "My App"\ncreated: \d{4}-\d\d-\d\d\nsource: "\/src\/app"\n/);
        assert.match(note, /What it is about\./);
        // The tool that is to think is not there: the note is written all the same.
        assert.equal(body.status, 'partial');
        assert.equal(typeof body.error, 'string');
    });

    test('asks the model as the client documentation-pipeline, with or without the structure', async () => {
        const asked = () => ollama.generated.at(-1).prompt;
        await document({ repo_path: '/src/s', project_name: 'with' });
        assert.match(asked(), /structure of its directories as well: true/);
        await document({ repo_path: '/src/s', project_name: 'without', include_structure: false });
        assert.match(asked(), /structure of its directories as well: false/);
    });

    test('takes a directory of the vault, and none outside of it', async () => {
        const inside = await document({ repo_path: '/src', project_name: 'deep', vault_path: 'Projects/2026' });
        assert.equal(inside.body.output_path, path.join(vault, 'Projects/2026/deep.md'));
        const absolute = await document({ repo_path: '/src', project_name: 'abs', vault_path: path.join(vault, 'abs') });
        assert.equal(absolute.body.output_path, path.join(vault, 'abs/abs.md'));
        for (const [vault_path, project_name] of [[folder.path, 'x'], ['..', 'x'], ['.', '../x'], ['/etc', 'x']]) {
            const { status, body } = await document({ repo_path: '/src', project_name, vault_path });
            assert.deepEqual([status, body.status, body.output_path, body.obsidian_url], [200, 'partial', null, null]);
            assert.ok(body.content_length > 0);
        }
        assert.deepEqual(await readdir(folder.path), ['my vault']);
    });

    test('degrades instead of failing: without a model the note has the request itself', async () => {
        ollama.missing.add('llama3.2:3b');
        const { body } = await document({ repo_path: '/src/d', project_name: 'degraded' });
        assert.equal(body.status, 'partial');
        assert.match(body.error, /the prompt stays as it was/);
        assert.match(await readFile(body.output_path, 'utf8'), /Write documentation for the project 'degraded'/);
        ollama.missing.clear();
    });

    test('a body that is not as it should be is 422', async () => {
        const faults = async (body) => {
            const reply = await document(body);
            assert.equal(reply.status, 422);
            return reply.body.detail.map(({ loc, type }) => `${loc.slice(1).join('.')} ${type}`);
        };
        assert.deepEqual(await faults({}), ['repo_path missing', 'project_name missing']);
        assert.deepEqual(await faults({ repo_path: 1, project_name: null, vault_path: 2, include_structure: 'perhaps' }),
            ['repo_path string_type', 'project_name string_type', 'vault_path string_type', 'include_structure bool_parsing']);
        assert.deepEqual(await faults('[]'), [' model_attributes_type']);
        assert.equal((await document({ repo_path: '/s', project_name: 'null vault', vault_path: null })).status, 200);
    });

    test('without such a pipeline it is 503, with detail', async () => {
        await daemon.reload({ config: {} });
        const { status, body } = await document({ repo_path: '/src', project_name: 'x' });
        assert.equal(status, 503);
        assert.match(body.detail, /not initialized/);
        assert.equal((await document({})).status, 422, 'the body is looked at first');
    });
});
