// What every real client has to manage, through the daemon or directly with the fixture. Used by client_tests.mjs and
// conformance_fixture.test.mjs.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { eventually } from '../support/wait.mjs';

const kWatched = 'test://watched-resource';

const kAnswers = {
    'elicitation/create': { action: 'accept', content: { response: 'from the user' } },
    'sampling/createMessage': {
        role: 'assistant',
        content: { type: 'text', text: 'from the model' },
        model: 'none',
        stopReason: 'endTurn',
    },
    'roots/list': { roots: [{ uri: 'file:///e2e', name: 'e2e' }] },
};

/**
 * Defines the cases by `define_test(name, run)`. `connect(answers)` resolves with the face of a client as clients.mjs
 * describes it, `sessions()` with the number of open ones; `version` is what the client is to agree on.
 */
export function define_cases({ version, connect, sessions, leaves_sessions = 0 }, define_test) {
    let client;
    let sessions_before;
    let failure = new Error('it was never connected');
    const define = (what, run) =>
        define_test(what, async () => {
            if (!client && what !== 'connects') throw failure;
            await run();
        });
    after(() => client?.stop());

    define('connects', async () => {
        sessions_before = await sessions();
        try {
            client = await connect(kAnswers);
        } catch (error) {
            failure = error;
            throw error;
        }
        assert.equal(client.version(), version);
    });

    define('tools', async () => {
        const names = await client.tools();
        assert.equal(names[0], 'test_simple_text');
        assert.ok(names.includes('test_sampling'), names.join());
        await assert_text('test_simple_text', {}, /This is a simple text response/);
        const failed = await client.call('test_error_handling');
        assert.equal(failed.isError, true);
    });

    define('progress', async () => {
        const steps = [];
        const take = ({ progress, total, message }) => steps.push({ progress, total, message });
        await client.call('test_tool_with_progress', {}, take);
        const expected = [0, 50, 100].map((progress) => {
            return { progress, total: 100, message: `Completed step ${progress} of 100` };
        });
        assert.deepEqual(steps, expected);
    });

    define('elicitation', async () => {
        await assert_text('test_elicitation', { message: 'Well?' }, /action=accept, .*"response":"from the user"/);
        assert_asked(['elicitation/create']);
    });

    define('sampling', async () => {
        await assert_text('test_sampling', { prompt: 'Say it.' }, /^LLM response: from the model$/);
        assert_asked(['sampling/createMessage']);
    });

    define('roots', async () => {
        await assert_text('test_input_required_result_list_roots', {}, /exposed 1 root\(s\): file:\/\/\/e2e$/);
        assert_asked(['roots/list']);
    });

    define('subscription', async () => {
        await client.watch(kWatched);
        const told = await told_by('touch_watched_resource', 'notifications/resources/updated');
        assert.equal(told.params.uri, kWatched);
    });

    define('list changes', async () => {
        await told_by('test_trigger_tool_change', 'notifications/tools/list_changed');
    });

    define('ends', async () => {
        const { pid } = client;
        await client.stop();
        client = undefined;
        const allowed = sessions_before + leaves_sessions;
        await eventually(5_000, 'its sessions to be ended', async () => (await sessions()) <= allowed);
        if (pid) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'its process is still there');
    });

    // The stream on which a client is told is opened by it in its own time, and the SDKs do not say when.
    function told_by(tool, method) {
        return eventually(10_000, `the client to hear ${method}`, async () => {
            await client.call(tool);
            return client.told(method);
        });
    }

    async function assert_text(tool, args, expected) {
        const result = await client.call(tool, args);
        assert.ok(!result.isError, JSON.stringify(result));
        assert.match(result.content[0].text, expected);
    }

    function assert_asked(expected) {
        assert.deepEqual(client.asked.splice(0), expected);
    }
}
