// What AgentHub is to pass and does not pass yet, with the reason: the one list for the conformance suites and for the
// real clients. A test of what stands here fails when it begins to pass, so that the list cannot grow stale.
// What can never pass stands in misses.mjs.

const kServerRequests = 'requests of a server to its client are not passed on';
const kModern = 'revision 2026-07-28 is not served';
const kModernServers = 'servers that know only 2026-07-28 cannot be started';
const kAggregate = 'there is no endpoint /mcp';
const kSse = 'HTTP+SSE is not served';

/**
 * Scenarios of the suites. A field that is left out fits everything; `scenario: '*'` says that of such a run nothing
 * is expected until all of it passes.
 */
export const kScenariosNotYet = [
    { endpoint: 'aggregate', scenario: '*', reason: kAggregate },
    { suite: '2026-07-28', scenario: '*', reason: kModern },
    { era: 'modern', scenario: '*', reason: kModernServers },
    ...[
        'tools-call-sampling',
        'tools-call-elicitation',
        'elicitation-sep1034-defaults',
        'elicitation-sep1330-enums',
    ].map((scenario) => ({ scenario, reason: kServerRequests })),
];

/**
 * Cases of the real clients: {client, endpoint, era, name}, each field a value or several; one that is left out fits
 * everything. The names stand in clients.mjs, client_tests.mjs and inspector_tests.mjs.
 */
export const kClientCasesNotYet = [
    { endpoint: 'aggregate', reason: kAggregate },
    { era: 'modern', reason: kModernServers },
    { client: ['sdk 1.x over SSE', 'mcp-remote over SSE', 'inspector 0.15 over SSE'], reason: kSse },
    { client: 'client 2.x, auto', name: 'connects', reason: kModern },
    { client: 'client 2.x, pinned to 2026-07-28', reason: kModern },
    { client: 'inspector 2.x, modern', reason: kModern },
    ...['elicitation', 'sampling', 'roots'].map((name) => ({ name, reason: kServerRequests })),
];

/** The first entry of `list` whose fields are all those of `thing`; undefined if none is. */
export function listed(list, thing) {
    const fields = (entry) => Object.keys(entry).filter((field) => field !== 'reason');
    return list.find((entry) =>
        fields(entry).every((field) => entry[field] === '*' || [entry[field]].flat().includes(thing[field])),
    );
}
