// Runs the conformance suites against the daemon with the conformance fixture behind it, and prints what they found.
//     node run.mjs --era both --suite 2025-11-25 --endpoint per-server [--scenario NAME] [--verbose]
//         --isolation session gives the server's entry that isolation
//     node run.mjs --era both --suite 2025-11-25 --direct     the fixture itself, served over HTTP by its SDK
//     node run.mjs --all [--markdown | --into FILE]           every combination; as Markdown, or that put into a file
// Needs Node 22 or newer and a built daemon ($AGENTHUB_BIN, else build/release/agenthub). Ends with 1 if a scored
// scenario fails.

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { kEndpoints, kEras, start_hub, urls_of } from './fixture_hub.mjs';
import { serve_directly } from './fixture/serve_http.mjs';
import { markdown, table, with_results } from './report.mjs';
import { kSuites, run_suite } from './suites.mjs';

const { values } = parseArgs({
    options: {
        era: { type: 'string', default: 'both' },
        suite: { type: 'string', default: '2025-11-25' },
        endpoint: { type: 'string', default: 'per-server' },
        scenario: { type: 'string' },
        isolation: { type: 'string' },
        direct: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        into: { type: 'string' },
        verbose: { type: 'boolean', default: false },
    },
});

function one_of(name, allowed) {
    if (allowed.includes(values[name])) return values[name];
    console.error(`--${name} ${values[name]}: not one of ${allowed.join(', ')}`);
    process.exit(2);
}

const server = values.isolation ? { isolation: values.isolation } : {};

async function run_one({ era, suite, endpoint }) {
    const direct = values.direct ? await serve_directly(era) : null;
    const daemon = direct ? null : await start_hub({ era, endpoint, server });
    try {
        const url = (direct?.urls ?? urls_of(daemon, endpoint)).http;
        return { era, suite, endpoint, ...(await run_suite({ url, suite, scenario: values.scenario })) };
    } finally {
        await (direct ?? daemon).stop();
    }
}

const combinations = values.all
    ? kEndpoints.flatMap((endpoint) =>
          kEras.flatMap((era) => Object.keys(kSuites).map((suite) => ({ era, suite, endpoint }))),
      )
    : [
          {
              era: one_of('era', kEras),
              suite: one_of('suite', Object.keys(kSuites)),
              endpoint: one_of('endpoint', kEndpoints),
          },
      ];

const runs = [];
for (const combination of combinations) {
    const run = await run_one(combination);
    runs.push(run);
    if (!values.markdown) console.log(table(run, { problems: !values.all || values.verbose }));
    if (values.verbose) console.log(run.output);
}
if (values.markdown) console.log(markdown(runs));
if (values.into) await writeFile(values.into, with_results(await readFile(values.into, 'utf8'), markdown(runs)));
process.exitCode = runs.some(({ results }) => results.some((r) => r.scored && r.status === 'fail')) ? 1 : 0;
