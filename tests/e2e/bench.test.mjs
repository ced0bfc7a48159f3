// `agenthub bench` against a real daemon: over each transport and in both eras it gets its answers, and tells a wrong one.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { Daemon, finish, kBinary, kOnlyThroughHub } from './support/daemon.mjs';
import { everything } from './support/servers.mjs';

const run = promisify(execFile);

let daemon;

before(async () => {
    if (!kOnlyThroughHub.skip) daemon = await Daemon.start({ servers: { everything: everything() } });
});
after(() => finish(daemon));

const kEcho = ['--tool', 'echo', '--arguments', '{"message": "hello"}', '--calls', '200'];
const kSlow = ['--tool', 'trigger-long-running-operation', '--arguments', '{"duration": 0.05, "steps": 1}', '--sse', '--calls', '16'];

/** The report of `agenthub bench` with these arguments; an exit code other than 0 is its `code`. */
async function bench(path, ...args) {
    const words = ['bench', '--url', `${daemon.url}${path}`, '--sessions', '8', '--json', ...args];
    const { stdout, code } = await run(kBinary, words).catch((error) => error);
    return { code: 0, ...JSON.parse(stdout), ...(code && { code }) };
}

describe('agenthub bench', kOnlyThroughHub, () => {
    const kWays = { 'Streamable HTTP': ['/mcp/everything'], 'revision 2026-07-28': ['/mcp/everything', '--modern'], 'HTTP+SSE': ['/mcp/everything/sse', '--http-sse'] };

    for (const [name, [path, ...way]] of Object.entries(kWays)) {
        test(`gets all its answers over ${name}`, async () => {
            const { code, right, wrong, broken, faults } = await bench(path, ...way, ...kEcho);
            assert.deepEqual({ code, right, wrong, broken, faults }, { code: 0, right: 200, wrong: 0, broken: 0, faults: [] });
        });
        test(`sees the progress of each call over ${name}`, async () => {
            const { code, right, faults } = await bench(path, ...way, ...kSlow);
            assert.deepEqual({ code, right, faults }, { code: 0, right: 16, faults: [] });
        });
        test(`counts answers that are no success over ${name}`, async () => {
            const { code, right, wrong, faults } = await bench(path, ...way, ...kEcho, '--tool', 'none');
            assert.deepEqual({ code, right, wrong }, { code: 1, right: 0, wrong: 200 });
            assert.match(faults[0], /^result: wanted one without an error/);
        });
    }

    test('says that there is no stream where none is', async () => {
        const { code, faults } = await bench('/mcp/everything', '--http-sse', ...kEcho);
        assert.equal(code, 1);
        assert.match(faults[0], /no event stream: HTTP\/1.1 4/);
    });

    test('opens a connection for each call', async () => {
        const { right, broken } = await bench('/mcp/everything/sse', '--http-sse', '--reconnect', ...kEcho);
        assert.deepEqual({ right, broken }, { right: 200, broken: 0 });
    });
});
