// How runs of the conformance suites are judged and reported: conformance/verdict.mjs, report.mjs and run.mjs.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { kMisses } from './conformance/misses.mjs';
import { listed } from './conformance/not_yet.mjs';
import { with_results } from './conformance/report.mjs';
import { run_suite } from './conformance/suites.mjs';
import { assert_as_expected } from './conformance/verdict.mjs';

const kRunner = fileURLToPath(new URL('conformance/run.mjs', import.meta.url));

// A run with a legacy server, of which all passes but what is said.
function run_with(changes = {}) {
    const names = [...Array(37).keys()].map((i) => `scenario-${i}`);
    kMisses.forEach(({ scenario }, i) => (names[i] = scenario));
    const results = names.map((scenario) => {
        const status = changes[scenario] ?? kMisses.find((miss) => miss.scenario === scenario)?.status ?? 'pass';
        return { scenario, scored: true, status, problems: [`[FAILURE] of ${scenario}`] };
    });
    return { era: 'legacy', suite: '2026-07-28', endpoint: 'per-server', results };
}

test('a run is as expected when only what is out of reach does not pass', () => {
    assert_as_expected(run_with());
});

test('a failure, and also a warning, of any other scenario is told with its words', () => {
    for (const status of ['fail', 'warnings'])
        assert.throws(
            () => assert_as_expected(run_with({ 'scenario-20': status })),
            /scenario-20: .*\n.*of scenario-20/,
        );
});

test('what is out of reach must not pass', () => {
    const { scenario } = kMisses[0];
    assert.throws(() => assert_as_expected(run_with({ [scenario]: 'pass' })), /pass, while misses\.mjs says fail/);
});

test('what is out of reach with one kind of server is expected of the others', () => {
    const run = { ...run_with(), era: 'modern' };
    assert.throws(() => assert_as_expected(run), new RegExp(`${kMisses[0].scenario}: fail`));
});

test('a suite that has lost a scenario is noticed', () => {
    const run = run_with();
    run.results.pop();
    assert.throws(() => assert_as_expected(run), /another number of scenarios/);
});

test('an entry of not_yet.mjs fits by the fields that it has', () => {
    const list = [
        { client: ['a', 'b'], name: 'calls', reason: 'first' },
        { era: 'modern', reason: 'second' },
    ];
    assert.equal(listed(list, { client: 'b', name: 'calls', era: 'modern' }).reason, 'first');
    assert.equal(listed(list, { client: 'c', name: 'calls', era: 'modern' }).reason, 'second');
    assert.equal(listed(list, { client: 'a', name: 'lists', era: 'legacy' }), undefined);
});

test('results replace what stood between their comments', () => {
    const file = 'before\n<!-- results: written by run.mjs -->\nold\n<!-- end of results -->\nafter\n';
    const expected = 'before\n<!-- results: written by run.mjs -->\n\nnew\n<!-- end of results -->\nafter\n';
    assert.equal(with_results(file, 'new'), expected);
    assert.throws(() => with_results('nothing', 'new'), /has no/);
});

test('a server that is not there fails, with what the suite says of it', async () => {
    const { results } = await run_suite({ url: 'http://127.0.0.1:1/mcp', suite: '2025-11-25', scenario: 'ping' });
    assert.deepEqual([results.length, results[0].scenario, results[0].status], [1, 'ping', 'fail']);
    assert.match(results[0].problems[0], /FAILURE/);
});

test('the runner prints a line for each scenario, and its exit code is 1 when a scored one fails', async () => {
    const good = await run_runner('--direct', '--era', 'legacy', '--suite', '2025-11-25', '--scenario', 'ping');
    assert.equal(good.code, 0, good.errors);
    assert.match(good.output, /^ {2}pass {5}ping$/m);
    assert.match(good.output, /1 of 1 scored passed/);
    // A modern server knows no ping.
    const bad = await run_runner('--direct', '--era', 'modern', '--suite', '2025-11-25', '--scenario', 'ping');
    assert.equal(bad.code, 1, bad.errors);
    assert.match(bad.output, /^ {2}fail {5}ping\n +\[FAILURE\]/m);
});

test('the runner refuses what it does not know', async () => {
    const { code, errors } = await run_runner('--era', 'future');
    assert.deepEqual([code, errors], [2, '--era future: not one of both, legacy, modern\n']);
});

function run_runner(...args) {
    return new Promise((resolve) => {
        execFile(process.execPath, [kRunner, ...args], (error, output, errors) => {
            resolve({ code: error?.code ?? 0, output, errors });
        });
    });
}
