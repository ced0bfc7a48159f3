// Prompts and the completion of arguments, through AgentHub to the reference server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { connect, connect_directly } from './support/client.mjs';
import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { everything } from './support/servers.mjs';

let daemon, client;

before(async () => {
    daemon = await Daemon.start({ servers: { everything: everything() } });
    client = await connect(daemon, 'everything');
});
after(() => finish(client, daemon));

test('the list of prompts arrives as the server sends it', kOnlyThroughHub, async () => {
    const direct = await connect_directly(daemon, 'everything');
    assert.deepEqual(await client.listPrompts(), await direct.listPrompts());
    await direct.stop();
});

test('a prompt is filled in with its arguments', async () => {
    const { messages } = await client.getPrompt({ name: 'args-prompt', arguments: { city: 'Köln', state: 'NRW' } });
    assert.deepEqual(messages, [{ role: 'user', content: { type: 'text', text: "What's weather in Köln, NRW?" } }]);
});

test('a prompt brings a resource along', async () => {
    const given = { resourceType: 'Text', resourceId: '3' };
    const { messages } = await client.getPrompt({ name: 'resource-prompt', arguments: given });
    assert.equal(messages[1].content.type, 'resource');
    assert.match(messages[1].content.resource.text, /^Resource 3: /);
});

test('a missing argument and an unknown prompt are refused with the words of the server', async () => {
    await assert.rejects(client.getPrompt({ name: 'args-prompt', arguments: {} }), {
        code: -32602,
        message: /Invalid arguments for prompt args-prompt/,
    });
    await assert.rejects(client.getPrompt({ name: 'no-such-prompt' }), { code: -32602, message: /no-such-prompt not found/ });
});

test('an argument of a prompt is completed, also by what is already filled in', async () => {
    const ref = { type: 'ref/prompt', name: 'completable-prompt' };
    const department = await client.complete({ ref, argument: { name: 'department', value: 'S' } });
    assert.deepEqual(department.completion.values, ['Sales', 'Support']);
    const person = await client.complete({
        ref,
        argument: { name: 'name', value: 'E' },
        context: { arguments: { department: 'Sales' } },
    });
    assert.deepEqual(person.completion.values, ['Eve']);
});

test('a variable of a resource template is completed', async () => {
    const ref = { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' };
    const good = await client.complete({ ref, argument: { name: 'resourceId', value: '12' } });
    assert.deepEqual(good.completion.values, ['12']);
    const bad = await client.complete({ ref, argument: { name: 'resourceId', value: 'x' } });
    assert.deepEqual(bad.completion.values, []);
});
