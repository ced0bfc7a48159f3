// `agenthub stdio --autostart`: a daemon where there was none, one for all who want it, and nothing left behind.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { kOnlyThroughHub, temporary_folder } from './support/daemon.mjs';
import { kMark, marked_processes } from './support/processes.mjs';
import { witness } from './support/servers.mjs';
import { StdioLines } from './support/stdio_lines.mjs';
import { eventually } from './support/wait.mjs';

async function free_port() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

describe('agenthub stdio --autostart', kOnlyThroughHub, () => {
    let folder, env, mark, url, bridges;

    beforeEach(async () => {
        folder = await temporary_folder();
        mark = randomUUID();
        const config = path.join(folder.path, '.config/agenthub');
        await mkdir(config, { recursive: true });
        await writeFile(path.join(config, 'agenthub.json'), JSON.stringify({ mcpServers: { witness: witness() } }));
        env = { HOME: folder.path, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '', AGENTHUB_CONFIG: '', STATE_DIRECTORY: '', [kMark]: mark };
        url = `http://127.0.0.1:${await free_port()}`;
        bridges = [];
    });
    afterEach(async () => {
        for (const bridge of bridges) await bridge.stop();
        for (const { pid } of await marked_processes(mark)) {
            try {
                process.kill(pid, 'SIGKILL');
            } catch (error) {
                if (error.code !== 'ESRCH') throw error; // it has ended by itself meanwhile
            }
        }
        await folder.remove();
    });

    const start = (...args) => {
        bridges.push(StdioLines.start([...args, '--url', url], { env }));
        return bridges.at(-1);
    };
    const daemons = async () => (await marked_processes(mark)).filter(({ command }) => command.includes('agenthubd'));

    test('three at once make one daemon, which outlives them and leaves nothing when it ends', async () => {
        const three = [1, 2, 3].map(() => start('witness', '--autostart'));
        const replies = await Promise.all(three.map((bridge) => bridge.initialize()));
        for (const { result } of replies) assert.equal(result.serverInfo.name, 'witness');
        const [daemon, ...more] = await daemons();
        assert.deepEqual(more, [], 'there is one daemon');
        for (const bridge of three) assert.deepEqual(await bridge.end(), { code: 0, signal: null });
        assert.equal((await fetch(`${url}/livez`)).status, 200, 'it stays');
        const left = await marked_processes(mark);
        assert.ok(left.every(({ command }) => !command.includes(' stdio ')), JSON.stringify(left));
        assert.match(await readFile(path.join(folder.path, '.local/state/agenthub/serve.log'), 'utf8'), /listening on/);
        process.kill(daemon.pid, 'SIGTERM');
        await eventually(10_000, 'everything to be gone', async () => (await marked_processes(mark)).length === 0);
    });

    test('a daemon that cannot start is told with the end of its log', async () => {
        await mkdir(path.join(folder.path, '.local/state/agenthub'), { recursive: true });
        const port = Number(new URL(url).port);
        const taken = net.createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
        await once(taken, 'listening');
        const { error } = await start('--autostart').initialize();
        assert.match(error.message, /ended at once.*serve\.log is: .*in use/s);
        assert.equal(error.data.reason, 'start_exited');
        taken.close();
    });

    const config_file = () => path.join(folder.path, '.config/agenthub/agenthub.json');

    test('a faulty configuration is told to who asks, and is no matter while a daemon runs', async () => {
        await writeFile(config_file(), '{"listen": 5}');
        const { error } = await start('--autostart').initialize();
        assert.equal(error.data.reason, 'start_failed');
        assert.match(error.message, /cannot be started: .*listen/s);
        assert.deepEqual(await daemons(), []);
        await writeFile(config_file(), JSON.stringify({ mcpServers: { witness: witness() } }));
        const bridge = start('witness', '--autostart');
        assert.equal((await bridge.initialize()).result.serverInfo.name, 'witness');
        await writeFile(config_file(), '{"listen": 5}');
        assert.equal((await start('witness', '--autostart').initialize()).result.serverInfo.name, 'witness');
    });

    test('only the daemon asks for secrets', async () => {
        const asked = path.join(folder.path, 'asked');
        const command = ['sh', '-c', `echo once >> '${asked}'; echo the-secret`];
        const env_of_server = { ...witness().env, TOKEN: { source: 'command', command } };
        await writeFile(config_file(), JSON.stringify({ mcpServers: { witness: { ...witness(), env: env_of_server } } }));
        assert.ok((await start('witness', '--autostart').initialize()).result);
        assert.ok((await start('witness', '--autostart').initialize()).result);
        assert.equal(await readFile(asked, 'utf8'), 'once\n');
    });

    test('a daemon stands in the home folder and takes nothing over from the service that started its starter', async () => {
        Object.assign(env, { JOURNAL_STREAM: '1:2', NOTIFY_SOCKET: '@nobody' });
        await start('witness', '--autostart').initialize();
        const [{ pid }] = await daemons();
        assert.equal(await readlink(`/proc/${pid}/cwd`), await realpath(folder.path));
        assert.doesNotMatch(await readFile(`/proc/${pid}/environ`, 'latin1'), /JOURNAL_STREAM|NOTIFY_SOCKET/);
    });

    test('one that would listen elsewhere is not started', async (t) => {
        const taken = await fetch('http://127.0.0.1:9090/livez').then(() => true, () => false);
        if (taken) return t.skip('something listens on 127.0.0.1:9090');
        const port = await free_port();
        await writeFile(config_file(), JSON.stringify({ listen: `127.0.0.1:${port}` }));
        bridges.push(StdioLines.start(['--autostart'], { env: { ...env, AGENTHUB_URL: '', HOST: '', PORT: '' } }));
        const { error } = await bridges.at(-1).initialize();
        assert.equal(error.data.reason, 'start_failed');
        assert.match(error.message, new RegExp(`listens on 127.0.0.1:${port}.*give --url http://127.0.0.1:${port}`));
        assert.deepEqual(await daemons(), []);
    });

    test('without it nothing is started', async () => {
        const bridge = start();
        bridge.send({ id: 1, method: 'initialize', params: {} });
        await eventually(5_000, 'it to run', async () => (await marked_processes(mark)).length === 1);
        assert.deepEqual(await bridge.end(), { code: 0, signal: null });
        assert.deepEqual(await daemons(), []);
    });

    test('a daemon of another machine cannot be started', async () => {
        url = 'http://192.0.2.1:9090';
        const bridge = start('--autostart');
        assert.equal((await bridge.end()).code, 2);
        assert.match(bridge.log, /is another; leave it out/);
    });

    test('a daemon that went away is started again when nobody else does', async () => {
        const bridge = start('witness', '--autostart');
        await bridge.initialize();
        const [{ pid }] = await daemons();
        process.kill(pid, 'SIGTERM');
        // It answers whoever comes before it has ended.
        await eventually(10_000, 'the first to end', async () => / [ZX] |^$/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
        const { result } = await bridge.call(1, 'echo', { label: 'again' });
        assert.equal(result.content[0].text, 'again');
        const [again] = await daemons();
        assert.notEqual(again.pid, pid);
        await assert.rejects(readFile(`/proc/${pid}/stat`), { code: 'ENOENT' }, 'the first has been buried');
        await bridge.end();
        process.kill(again.pid, 'SIGTERM');
        await eventually(10_000, 'everything to be gone', async () => (await marked_processes(mark)).length === 0);
    });
});
