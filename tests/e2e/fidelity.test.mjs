// What AgentHub does not have to change, it does not change: the bytes of arguments and of results are the same at both
// ends, however they are spelled, for clients and servers of either era, and at the endpoint for all servers.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Daemon, finish, kOnlyThroughHub } from './support/daemon.mjs';
import { Exchange, json_in, LegacyClient, ModernClient } from './support/raw_http.mjs';
import { peer } from './support/servers.mjs';

const kEras = ['legacy', 'modern'];

/** JSON texts that a parser and a printer between the ends would change, or lose a part of. */
const kTexts = {
    'numbers as they are spelled': '[1.0,1.10,-0,-0.0,0e0,1E2,1e+2,1e-07,9007199254740993,123456789012345678901234567890,0.1000000000000000055511151231257827,1e400]',
    'members in their order': '{"z":1,"a":2,"10":3,"2":4,"":5,"__proto__":6}',
    'members that stand twice': '{"a":1,"a":2,"b":{"c":1,"c":{}}}',
    'escapes as they are': String.raw`"\u0041\/\u00e9\ud83d\ude00\u2028\u2029\b\f\n\r\t\\\"\u0000\u007f"`,
    'what needs none': '"é😀\u2028\u2029\u007f\u00a0\ufeff"',
    'half of a pair': String.raw`"\ud800"`,
    'blanks': '{ "a" :\t[ 1 ,  2 ] ,\t"b" : { } }',
    'words': '[true,false,null,{},[],""]',
    'what looks like the protocol': '{"id":7,"method":"x","params":{"_meta":{"progressToken":1}},"jsonrpc":"1.0","result":{},"error":{},"resultType":"input_required","ttlMs":1,"cacheScope":"public","requestState":"x"}',
    'depth': `${'['.repeat(100)}${']'.repeat(100)}`,
};

let daemon;
let ends; // {what, client, prefix}

before(async () => {
    if (kOnlyThroughHub.skip) return;
    daemon = await Daemon.start({ servers: { legacy: peer('legacy'), modern: peer('modern') } });
    ends = [];
    for (const of of kEras)
        for (const to of kEras)
            for (const many of [false, true]) {
                const url = `${daemon.url}/mcp${many ? '' : `/${to}`}`;
                const client = of === 'legacy' ? await LegacyClient.open(url) : new ModernClient(url);
                ends.push({ what: `${of} client, ${to} server${many ? ', endpoint for all' : ''}`, era: of, client, prefix: many ? `${to}__` : '' });
            }
});
after(() => finish(...(ends ?? []).map(({ client }) => client), daemon));

let last = 0;

/** POSTs `text`, the params of tools/call without their braces, as it is. */
function post({ client, era, prefix }, name, text) {
    const shown = prefix + name;
    const head = `{"jsonrpc":"2.0","id":${JSON.stringify(`fidelity ${++last}`)},"method":"tools/call","params":{"name":"${shown}",${text}`;
    if (era === 'legacy') return client.post(`${head}}}`);
    const headers = client.headers_of({ method: 'tools/call', params: { name: shown } });
    return Exchange.open(client.url, { headers, body: `${head},"_meta":${JSON.stringify(client.meta())}}}` });
}

/** Asserts that `json` is the same at the server, and back at the client in a result and in an error. */
async function assert_same(end, json) {
    const label = `same ${++last}`;
    const there = await post(end, 'echo', `"arguments":{"label":"${label}","value":${json},"end":0},"own":${json}`);
    await there.reply();
    const [line] = json_in(await end.client.call(`${end.prefix}seen`, { about: label }));
    assert.ok(line.includes(`"arguments":{"label":"${label}","value":${json},"end":0},"own":${json}`), `${end.what}: at the server ${line}`);

    const content = `"content":[],"structuredContent":{"value":${json}},"own":${json}`;
    const back = await post(end, 'raw', `"arguments":{"result":${JSON.stringify(`{${content}}`)}}`);
    await back.reply();
    const text = back.text || back.texts.at(-1);
    assert.ok(text.includes(content), `${end.what}: at the client ${text}`);

    const error = `"code":-7,"message":"m","data":${json}`;
    const failed = await post(end, 'fail', `"arguments":{"error":${JSON.stringify(`{${error}}`)}}`);
    await failed.reply();
    assert.ok((failed.text || failed.texts.at(-1)).includes(error), `${end.what}: in an error ${failed.text}`);
}

describe('the bytes at both ends', kOnlyThroughHub, () => {
    for (const [what, json] of Object.entries(kTexts))
        test(what, async () => {
            for (const end of ends) await assert_same(end, json);
        });

    test('generated JSON', async () => {
        const seed = Number(process.env.AGENTHUB_E2E_SEED ?? 20260728);
        const random = random_from(seed);
        for (let n = 0; n < 40; ++n) {
            const json = generate(random, 0);
            const end = ends[n % ends.length];
            await assert_same(end, json).catch((error) => {
                throw new Error(`seed ${seed}, number ${n}: ${error.message}`);
            });
        }
    });

    test('several at a time', async () => {
        const random = random_from(7);
        await Promise.all(ends.map(async (end) => {
            for (let n = 0; n < 5; ++n) await assert_same(end, generate(random, 0));
        }));
    });
});

describe('members that stand twice, where the protocol reads them', kOnlyThroughHub, () => {
    // What AgentHub checked must be what the server does: most parsers take the last.
    for (const era of kEras)
        for (const text of ['"name":"echo"', String.raw`"n\u0061me":"echo"`])
            test(`the name of a tool, ${era} client: ${text}`, async () => {
                for (const end of ends.filter((one) => one.era === era)) {
                    const label = `twice ${++last}`;
                    const sent = await post(end, 'echo', `"arguments":{"label":"${label}"},${text.replace('echo', 'seen')}`);
                    const reply = await sent.reply();
                    const answered = reply?.result?.content?.[0].text;
                    assert.ok(reply?.error || answered === label || sent.status >= 400, `${end.what}: ${JSON.stringify(reply)}`);
                }
            });
});

function random_from(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

/** Some JSON text: every kind of value, in spellings that no printer would choose. */
function generate(random, depth) {
    const pick = (...all) => all[Math.floor(random() * all.length)];
    const blank = () => pick('', '', '', ' ', '\t', '  ');
    const digits = (most) => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(...'0123456789')).join('');
    const number = () => pick('', '-') + pick('0', pick(...'123456789') + digits(25)) + pick('', `.${digits(20)}`) + pick('', pick('e', 'E') + pick('', '+', '-') + digits(2));
    const character = () => pick('a', 'Z', ' ', '{', '}', '[', ']', ':', ',', '<', "'", 'é', '\u2028', '\ufeff', '漢', '😀', '\\"', '\\\\', '\\/', '\\b', '\\n', '\\u0000', '\\u00E9', '\\u2028', '\\uD83D\\uDE00', '\\udfff');
    const string = () => `"${Array.from({ length: Math.floor(random() * 12) }, character).join('')}"`;
    const many = (make) => Array.from({ length: Math.floor(random() * 5) }, () => blank() + make() + blank()).join(',');
    const member = () => `${pick(string, () => pick('"id"', '"a"', '"_meta"', '"method"', '"params"', '"result"'))()}${blank()}:${blank()}${generate(random, depth + 1)}`;
    const kinds = [number, number, string, string, () => pick('true', 'false', 'null')];
    if (depth < 6) kinds.push(() => `[${many(() => generate(random, depth + 1))}]`, () => `{${many(member)}}`, () => `{${many(member)}}`);
    return pick(...kinds)();
}
