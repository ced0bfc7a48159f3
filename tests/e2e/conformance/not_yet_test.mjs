// A test that may be listed in not_yet.mjs: then it has to fail. Used by client_tests.mjs and inspector_tests.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kClientCasesNotYet, listed } from './not_yet.mjs';

/** Defines the test `about.name`; `about` is {client, endpoint, era, name}. */
export function not_yet_test(about, run) {
    const due = listed(kClientCasesNotYet, about);
    if (!due) return test(about.name, run);
    test(`${about.name}: not yet, ${due.reason}`, async (context) => {
        await assert.rejects(run(context), undefined, 'this passes now: strike it from not_yet.mjs');
    });
}
