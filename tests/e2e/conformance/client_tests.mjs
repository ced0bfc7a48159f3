// Puts every real client through its cases, at both endpoints in front of one kind of server. Used by
// clients_legacy_server.test.mjs and clients_modern_server.test.mjs.

import { after, before, describe } from 'node:test';

import { define_cases } from './client_cases.mjs';
import { kClients } from './clients.mjs';
import { kEndpoints, start_hub, urls_of } from './fixture_hub.mjs';
import { not_yet_test } from './not_yet_test.mjs';
import { finish, kOnlyThroughHub } from '../support/daemon.mjs';

/** For a server of `era`. */
export function define_client_tests(era) {
    for (const endpoint of kEndpoints)
        describe(`${endpoint}, server ${era}`, kOnlyThroughHub, () => {
            let daemon;
            before(async () => (daemon = await start_hub({ era, endpoint })));
            after(() => finish(daemon));

            for (const { client, connect, ...rest } of kClients)
                describe(client, () => {
                    const through = {
                        ...rest,
                        connect: (answers) => connect(urls_of(daemon, endpoint), answers),
                        sessions: async () => (await daemon.get('/health')).sessions,
                    };
                    define_cases(through, (name, run) => not_yet_test({ client, endpoint, era, name }, run));
                });
        });
}
