// Defines what the command line of the MCP inspector has to do, of the version that knows only the old revisions and of
// the newest. Each run is a client that connects, does one thing and ends. Used by clients_*_server.test.mjs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { text } from 'node:stream/consumers';

import { kEndpoints, start_hub, urls_of } from './fixture_hub.mjs';
import { not_yet_test } from './not_yet_test.mjs';
import { finish, kOnlyThroughHub, temporary_folder } from '../support/daemon.mjs';

const require = createRequire(import.meta.url);
const package_folder = (name) => path.dirname(require.resolve(`${name}/package.json`));
const kOld = path.join(package_folder('@modelcontextprotocol/inspector-cli'), 'build/index.js');
const kNew = path.join(package_folder('@modelcontextprotocol/inspector'), 'clients/launcher/build/index.js');

// Every one takes the options --method, --tool-name, ...; `result_of` finds the result in what it prints.
const newest = (era) => ({
    client: `inspector 2.x, ${era}`,
    command: ({ http }) => [kNew, '--cli', '--server-url', http, '--transport', 'http', '--protocol-era', era],
    options: ['--format', 'json', '--quiet'],
    result_of: ({ result }) => result,
});
const kInspectors = [
    {
        // It replaces any path that does not end with /mcp by /mcp, so that it can reach nothing but the aggregate.
        client: 'inspector 0.15',
        endpoints: ['aggregate'],
        command: ({ http }) => [kOld, http, '--transport', 'http'],
        options: [],
        result_of: (result) => result,
    },
    {
        client: 'inspector 0.15 over SSE',
        command: ({ sse }) => [kOld, sse, '--transport', 'sse'],
        options: [],
        result_of: (result) => result,
    },
    newest('legacy'),
    newest('auto'),
    newest('modern'),
];

/** For a server of `era`, at both endpoints. */
export function define_inspector_tests(era) {
    for (const endpoint of kEndpoints)
        describe(`${endpoint}, server ${era}, inspector`, kOnlyThroughHub, () => {
            let daemon;
            let home;
            before(async () => {
                daemon = await start_hub({ era, endpoint });
                home = await temporary_folder();
            });
            after(() => finish(daemon, home));

            for (const { client, endpoints = kEndpoints, command, options, result_of } of kInspectors) {
                if (!endpoints.includes(endpoint)) continue;
                const run = async (...what) => {
                    const line = [...command(urls_of(daemon, endpoint)), ...what, ...options];
                    return result_of(await run_inspector(line, home.path));
                };
                describe(client, () => define_cases({ client, endpoint, era }, run));
            }
        });
}

function define_cases(about, run) {
    not_yet_test({ ...about, name: 'lists' }, async () => {
        const { tools } = await run('--method', 'tools/list');
        assert.equal(tools[0].name, 'test_simple_text');
        assert.ok(tools.some(({ name }) => name === 'test_sampling'));
    });
    not_yet_test({ ...about, name: 'calls' }, async () => {
        const { content } = await run('--method', 'tools/call', '--tool-name', 'test_simple_text');
        assert.deepEqual(content, [{ type: 'text', text: 'This is a simple text response for testing.' }]);
    });
}

// It keeps its settings below `home`.
async function run_inspector(command, home) {
    const env = { ...process.env, HOME: home };
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = once(child, 'close');
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await closed;
    assert.equal(code, 0, `the inspector ended with ${code}: ${errors}`);
    return JSON.parse(output);
}
