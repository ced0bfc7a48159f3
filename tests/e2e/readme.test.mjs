// Every command of README.md works as it stands there: its blocks are run, in their order, against a real daemon.
// support/marked_blocks.mjs says how a block is marked. In a block, 127.0.0.1:9090 becomes the address of the test's
// own daemon, and scripts/run.sh listens on a free port; in an output the address may be any.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Daemon, finish, kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { marked_blocks, missing_line } from './support/marked_blocks.mjs';
import { everything } from './support/servers.mjs';
import { within } from './support/wait.mjs';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kBlockLimit = 60_000; // ms
// Not awaited: with an `await` outside of the tests, node's --test-force-exit ends before it knows all of them.
const kReadme = existsSync(path.join(kRoot, 'README.md')) ? readFileSync(path.join(kRoot, 'README.md'), 'utf8') : '';

describe('the finder of blocks', () => {
    test('takes each block with the comment before it', () => {
        const found = marked_blocks(
            ['text', '<!-- test: call -->', '', '```sh', 'echo "a', '  b"', '```', '', '```sh', 'plain', '```'].join('\n'),
        );
        assert.deepEqual(found, [
            { language: 'sh', code: 'echo "a\n  b"\n', line: 4, kind: 'test', name: 'call' },
            { language: 'sh', code: 'plain\n', line: 9, kind: null },
        ]);
    });

    test('knows servers, outputs, reasons and indented blocks', () => {
        const found = marked_blocks(
            ['<!-- test: run until: listening on -->', '```sh', 'x', '```', '- <b>', '  <!-- output: run -->', '  ```text',
                '  y', '  ```', '<!-- untested: it needs a desktop -->', '```json', '{}', '```'].join('\n'),
        );
        const marks = found.map(({ kind, name, until, reason, code }) => [kind, name ?? reason, until, code]);
        assert.deepEqual(marks, [
            ['test', 'run', 'listening on', 'x\n'],
            ['output', 'run', undefined, 'y\n'],
            ['untested', 'it needs a desktop', undefined, '{}\n'],
        ]);
    });

    test('refuses a comment without a block, a block without an end, and a comment that names nothing', () => {
        assert.throws(() => marked_blocks('<!-- test: a -->\ntext\n```sh\nx\n```'), /no block follows/);
        assert.throws(() => marked_blocks('<!-- test: a -->\n'), /has no block/);
        assert.throws(() => marked_blocks('```sh\nx\n'), /never closed/);
        assert.throws(() => marked_blocks('<!-- test: -->\n```sh\nx\n```'), /names nothing/);
    });

    test('compares outputs line by line, in order, with gaps', () => {
        assert.equal(missing_line('a ... c\n...\nd\n', 'x\na b c\ny\nd\n'), null);
        assert.equal(missing_line('d\na', 'a\nd\n'), 'a');
        assert.equal(missing_line('1.5', '1x5'), '1.5');
    });
});

describe('README.md', kOnlyThroughHub, () => {
    const blocks = marked_blocks(kReadme);
    const outputs = new Map(); // name of a block -> what it printed
    let daemon, folder;

    before(async () => {
        folder = await temporary_folder();
        daemon = await Daemon.start({ servers: { everything: everything() } });
    });
    after(() => finish(daemon, folder));

    test('says of every block with commands whether it is run, or why not', () => {
        const unmarked = blocks.filter(({ kind, language }) => kind === null && ['sh', 'js', 'jsonc'].includes(language));
        assert.deepEqual(unmarked.map(({ line }) => `line ${line}`), []);
        assert.ok(blocks.some(({ kind }) => kind === 'test'), 'there is no block to run, or no README.md');
    });

    for (const block of blocks.filter(({ kind }) => kind === 'test' || kind === 'output')) {
        const subject = block.kind === 'test' ? `runs` : `prints what is said of`;
        test(`line ${block.line} ${subject} '${block.name}'`, async () => {
            if (block.kind === 'test') outputs.set(block.name, await run_block(block));
            else {
                assert.ok(outputs.has(block.name), `no block '${block.name}' was run before`);
                const expected = block.code.replaceAll('127.0.0.1:9090', '...');
                const missing = missing_line(expected, outputs.get(block.name));
                assert.equal(missing, null, `'${missing}' is not, in this order, in:\n${outputs.get(block.name)}`);
            }
        });
    }

    async function run_block({ language, code, until }) {
        const here = code
            .replaceAll('127.0.0.1:9090', daemon.url.replace('http://', ''))
            .replaceAll('scripts/run.sh', `scripts/run.sh --listen 127.0.0.1:0 --state-dir ${folder.path}`);
        switch (language) {
            case 'sh':
                return run('bash', ['-euo', 'pipefail', '-c', here], until);
            case 'json':
                return JSON.stringify(JSON.parse(here));
            case 'jsonc': {
                const file = path.join(folder.path, 'example.json');
                await writeFile(file, here);
                return run(process.env.AGENTHUB_BIN ?? 'build/release/agenthub', ['check-config', file]);
            }
            case 'js': {
                // Beside the other tests, where the SDK is found.
                const file = fileURLToPath(new URL(`readme-example-${process.pid}.mjs`, import.meta.url));
                await writeFile(file, here);
                return run(process.execPath, [file]).finally(() => rm(file));
            }
            default:
                throw new Error(`a block of '${language}' cannot be run`);
        }
    }

    async function run(command, args, until) {
        const child = spawn(command, args, {
            cwd: kRoot,
            detached: true, // a group of its own, so that all of it can be stopped
            env: { ...process.env, PATH: `${path.join(kRoot, 'build/release')}:${process.env.PATH}` },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        let output = '';
        const { promise: seen, resolve: see } = Promise.withResolvers();
        const read = (bytes) => {
            output += bytes;
            if (until && output.includes(until)) see();
        };
        child.stdout.setEncoding('utf8').on('data', read);
        child.stderr.setEncoding('utf8').on('data', read);
        const { promise: ended, resolve: end, reject } = Promise.withResolvers();
        child.on('error', reject).on('close', end);
        try {
            if (until) {
                await within(kBlockLimit, `'${until}' in the output`, Promise.race([seen, ended]));
                assert.ok(output.includes(until), `it ended without '${until}':\n${output}`);
                process.kill(-child.pid, 'SIGTERM');
            }
            const code = await within(kBlockLimit, 'the block to end', ended);
            assert.equal(code, 0, `it ended with code ${code}:\n${output}`);
        } catch (error) {
            if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
            if (!error.message.includes(output)) error.message += `; its output:\n${output}`;
            throw error;
        }
        return output;
    }
});
