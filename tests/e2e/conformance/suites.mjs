// Runs the suites of @modelcontextprotocol/conformance against one URL, as their own command line does, and returns
// what they found. Used by run.mjs and the conformance tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = (alias) => fileURLToPath(new URL(`../node_modules/${alias}/dist/index.js`, import.meta.url));
const kFirst = program('conformance-0.1');
const kSecond = program('conformance-0.2');

/** What the released package calls pending, and what came after a revision, is run and reported, but not counted. */
export const kNotScored = [
    'server-session-lifecycle',
    'server-sse-polling',
    'json-schema-2020-12',
    'http-header-validation',
    'http-custom-header-server-validation',
];

/** The suites by the name that run.mjs takes. `scored` is how many scenarios count. */
export const kSuites = {
    '0.1.16': {
        title: '0.1.16, all scenarios',
        scored: 32,
        command: (scenario) => [kFirst, 'server', ...(scenario ? ['--scenario', scenario] : ['--suite', 'all'])],
        counts: () => true,
    },
    '2025-11-25': {
        title: '0.2.0-alpha.12, what 2025-11-25 requires',
        scored: 30,
        command: (scenario) => second('2025-11-25', scenario),
        counts: (scenario) => !kNotScored.includes(scenario),
    },
    '2026-07-28': {
        title: '0.2.0-alpha.12, what 2026-07-28 requires',
        scored: 37,
        command: (scenario) => second('2026-07-28', scenario),
        counts: (scenario) => !kNotScored.includes(scenario) && !scenario.startsWith('tasks-'),
    },
};

function second(revision, scenario) {
    const what = scenario ? ['--scenario', scenario, '--spec-version', revision] : ['--requirements', revision];
    return [kSecond, 'server', ...what];
}

/**
 * Runs `suite` (a key of kSuites), or of it only `scenario`, against `url`. Resolves with {seconds, results, output},
 * a result for each scenario in the order in which they ran: {scenario, scored, status, problems}. `status` is 'pass',
 * 'warnings' or 'fail'; `problems` are the checks behind the latter two, as text.
 */
export async function run_suite({ url, suite, scenario }) {
    const { command, counts } = kSuites[suite];
    const folder = await mkdtemp(path.join(os.tmpdir(), 'agenthub-conformance-'));
    try {
        const began = performance.now();
        const output = await run([...command(scenario), '--url', url, '--output-dir', folder]);
        const seconds = (performance.now() - began) / 1000;
        const checks = await checks_by_scenario(folder);
        const names = scenario
            ? [scenario]
            : [...output.matchAll(/^=== Running scenario: (\S+) ===$/gm)].map((match) => match[1]);
        if (names.length === 0) throw new Error(`the suite ran no scenario:\n${output}`);
        const results = names.map((name) => judge(name, counts(name), checks.get(name), output));
        return { seconds, results, output };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function run(command) {
    // NODE_TEST_CONTEXT would make a child of `node --test` report as a test file.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const read = (bytes) => (output += bytes);
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    await once(child, 'close');
    return output;
}

// The suites write a folder server-SCENARIO-TIME for each scenario that ended by itself.
async function checks_by_scenario(folder) {
    const found = new Map();
    for (const name of await readdir(folder)) {
        const scenario = name.match(/^server-(.+)-\d{4}-\d{2}-\d{2}T/)?.[1];
        const file = path.join(folder, name, 'checks.json');
        const text = await readFile(file, 'utf8').catch(() => null);
        if (scenario && text) found.set(scenario, JSON.parse(text));
    }
    return found;
}

function judge(scenario, scored, checks, output) {
    if (!checks) {
        const quoted = scenario.replaceAll('.', '\\.');
        const words = output.match(new RegExp(`Failed to run scenario ${quoted}: *(.*)`))?.[1] ?? 'it left no result';
        return { scenario, scored, status: 'fail', problems: [`[FAILURE] ${words}`] };
    }
    const bad = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
    const problems = bad.map(({ id, status, errorMessage }) => `[${status}] ${id}: ${errorMessage ?? ''}`);
    const failed = bad.some(({ status }) => status === 'FAILURE');
    return { scenario, scored, status: failed ? 'fail' : bad.length > 0 ? 'warnings' : 'pass', problems };
}
