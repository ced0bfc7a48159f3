// Whether a run of a suite found what is expected of it: every scenario passes without warnings, but for those in
// misses.mjs and not_yet.mjs, which must not. Used by the conformance tests.

import assert from 'node:assert/strict';

import { kMisses } from './misses.mjs';
import { kScenariosNotYet, listed } from './not_yet.mjs';
import { kSuites } from './suites.mjs';

const kSingle = kScenariosNotYet.filter(({ scenario }) => scenario !== '*');
const kWhole = kScenariosNotYet.filter(({ scenario }) => scenario === '*');

// An extension that no server behind AgentHub declares; the package itself calls it pending.
const is_of_tasks = ({ scenario }) => scenario.startsWith('tasks-');

/** Asserts it for the result of run_suite, whether or not the whole run is listed in not_yet.mjs. */
export function assert_as_expected({ era, suite, endpoint, results }) {
    const wrong = [];
    for (const result of results.filter((each) => !is_of_tasks(each))) {
        const { scenario, status, problems } = result;
        const about = { era, suite, endpoint, scenario };
        const miss = miss_of(about);
        if (listed(kSingle, about)) {
            if (status === 'pass') wrong.push(`${scenario} passes now: strike it from not_yet.mjs`);
        } else if (miss) {
            if (status !== miss.status) wrong.push(`${scenario}: ${status}, while misses.mjs says ${miss.status}`);
        } else if (status !== 'pass') {
            wrong.push(`${scenario}: ${status}\n    ${problems.join('\n    ')}`);
        }
    }
    assert.deepEqual(wrong, [], `${suite}, server ${era}, ${endpoint}:\n  ${wrong.join('\n  ')}`);
    const scored = results.filter((result) => result.scored).length;
    assert.equal(scored, kSuites[suite].scored, 'the suite counts another number of scenarios');
}

/** The reason why a whole run is not expected to pass yet, or undefined. */
export function whole_run_not_yet(about) {
    return listed(kWhole, about)?.reason;
}

/** Why a scenario does not pass, in few words; undefined if neither misses.mjs nor not_yet.mjs has it. */
export function reason_of(about) {
    if (miss_of(about)) return 'out of reach, see below';
    return listed(kSingle, about)?.reason;
}

function miss_of(about) {
    return kMisses.find(({ suite, era, scenario }) => listed([{ suite, era, scenario }], about));
}
