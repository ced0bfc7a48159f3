// Defines a test for each suite and era of one endpoint. Used by conformance_per_server.test.mjs and
// conformance_aggregate.test.mjs, which are two files so that they run at the same time.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { kEras, start_hub, urls_of } from './fixture_hub.mjs';
import { kSuites, run_suite } from './suites.mjs';
import { assert_as_expected, whole_run_not_yet } from './verdict.mjs';
import { finish, kOnlyThroughHub } from '../support/daemon.mjs';

export function define_suite_tests(endpoint) {
    for (const era of kEras) describe(`${endpoint}, server ${era}`, kOnlyThroughHub, () => define_for(endpoint, era));
}

function define_for(endpoint, era) {
    let daemon;
    let failure;
    // A daemon that cannot start is for the tests to judge.
    before(async () => {
        daemon = await start_hub({ era, endpoint }).catch((error) => void (failure = error));
    });
    after(() => finish(daemon));

    for (const suite of Object.keys(kSuites)) {
        const about = { era, suite, endpoint };
        const run = async () => {
            if (failure) throw failure;
            const { results } = await run_suite({ url: urls_of(daemon, endpoint).http, suite });
            assert_as_expected({ ...about, results });
        };
        const reason = whole_run_not_yet(about);
        test(`${kSuites[suite].title}${reason ? `: not yet, ${reason}` : ''}`, { timeout: 100_000 }, async () => {
            if (!reason) return run();
            await assert.rejects(run, undefined, 'all of it passes now: strike it from not_yet.mjs');
        });
    }
}
