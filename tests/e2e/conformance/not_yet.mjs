// What AgentHub is to pass and does not pass yet, with the reason: the one list for the conformance suites and for the
// real clients. A test of what stands here fails when it begins to pass, so that the list cannot grow stale.
// What can never pass stands in misses.mjs.

/**
 * Scenarios of the suites. A field that is left out fits everything; `scenario: '*'` says that of such a run nothing
 * is expected until all of it passes.
 */
export const kScenariosNotYet = [];

/**
 * Cases of the real clients: {client, endpoint, era, name}, each field a value or several; one that is left out fits
 * everything. The names stand in clients.mjs, client_tests.mjs and inspector_tests.mjs.
 */
export const kClientCasesNotYet = [];

/** The first entry of `list` whose fields are all those of `thing`; undefined if none is. */
export function listed(list, thing) {
    const fields = (entry) => Object.keys(entry).filter((field) => field !== 'reason');
    return list.find((entry) =>
        fields(entry).every((field) => entry[field] === '*' || [entry[field]].flat().includes(thing[field])),
    );
}
