// Starts the real daemon for a test file, with its own configuration, state and port, and proves that it ends well.
// With AGENTHUB_E2E_DIRECT=1 there is no daemon: the clients talk to the servers themselves, which shows that the
// tests expect of AgentHub only what the servers really do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { kMark, marked_processes } from './processes.mjs';
import { eventually, within } from './wait.mjs';

export const kDirect = process.env.AGENTHUB_E2E_DIRECT === '1';
/** For tests of what only AgentHub does: `test(name, kOnlyThroughHub, ...)`. */
export const kOnlyThroughHub = { skip: kDirect && 'there is no daemon with AGENTHUB_E2E_DIRECT=1' };

export const kBinary =
    process.env.AGENTHUB_BIN ?? fileURLToPath(new URL('../../../build/release/agenthub', import.meta.url));

/** A folder for one test file; `remove()` deletes it. */
export async function temporary_folder() {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'agenthub-e2e-'));
    return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * For `after`: ends what a test file used, in this order (clients, then the daemon, then folders), all of it also when
 * one fails; undefined ones were never begun. Throws what failed last: a daemon tells more than its clients.
 */
export async function finish(...parts) {
    let failure;
    for (const part of parts) {
        try {
            await (part?.stop ?? part?.remove)?.call(part);
        } catch (error) {
            failure = error;
        }
    }
    if (failure) throw failure;
}

export class Daemon {
    #child;
    #exited;
    #mark;
    #folder;
    #log = '';
    #file;
    #command;
    #env;

    /** Where it listens, such as http://127.0.0.1:40123, without a slash at the end. */
    url;
    /** The entries of its configuration by name. */
    servers;
    /** Where its databases are. */
    state_dir;

    /**
     * Starts `agenthub serve` with these `servers`; resolves when it is ready. `config` is merged into the rest. `file`
     * is a configuration file to be used as it is, null for none; `env` is added to the environment.
     */
    static async start({ servers = {}, config = {}, args = [], env = {}, file } = {}) {
        const daemon = new Daemon();
        daemon.servers = servers;
        if (!kDirect) await daemon.#start(config, args, env, file);
        return daemon;
    }

    async #start(config, args, env, own_file) {
        this.#mark = randomUUID();
        this.#folder = await temporary_folder();
        const file = (this.#file = own_file ?? path.join(this.#folder.path, 'agenthub.json'));
        this.state_dir = path.join(this.#folder.path, 'state');
        if (own_file === undefined)
            await writeFile(file, JSON.stringify({ mcpServers: this.servers, ...config }, null, 2));

        const named = own_file === null ? [] : ['--config', file];
        this.#command = ['serve', ...named, '--state-dir', this.state_dir, ...args];
        this.#env = env;
        await this.#spawn('127.0.0.1:0');
    }

    async #spawn(listen) {
        const begin = this.#log.length;
        this.#child = spawn(kBinary, [...this.#command, '--listen', listen], {
            env: { ...process.env, ...this.#env, [kMark]: this.#mark },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        this.#exited = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }));
        this.#exited.catch(() => {}); // reported by whoever waits for it
        const listening = new Promise((resolve) => {
            const read = (bytes) => {
                this.#log += bytes;
                const line = this.#log.slice(begin).match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
                if (line) resolve(line[1]);
            };
            this.#child.stdout.setEncoding('utf8').on('data', read);
            this.#child.stderr.setEncoding('utf8').on('data', read);
        });
        const ended = this.#exited.then(({ code, signal }) => {
            throw new Error(`the daemon ended at once (code ${code}, signal ${signal}):\n${this.#log}`);
        });
        try {
            this.url = await within(20_000, "the daemon's line 'listening on'", Promise.race([listening, ended]));
            await eventually(20_000, 'GET /readyz to answer 200', async () => (await fetch(`${this.url}/readyz`)).ok);
        } catch (error) {
            this.#child.kill('SIGKILL');
            error.message += `\nThe daemon's log:\n${this.#log}`;
            throw error;
        }
    }

    get pid() {
        return this.#child.pid;
    }

    /** What it has written to stdout and stderr so far. */
    get log() {
        return this.#log;
    }

    /** A GET of an administrative path, as parsed JSON. */
    async get(route) {
        const response = await fetch(this.url + route);
        assert.equal(response.status, 200, `GET ${route}: ${response.status}`);
        return response.json();
    }

    /** Another configuration, taken over while it runs. */
    async reload({ servers = this.servers, config = {} }) {
        this.servers = servers;
        await writeFile(this.#file, JSON.stringify({ mcpServers: servers, ...config }, null, 2));
        const response = await fetch(`${this.url}/admin/reload`, { method: 'POST' });
        assert.equal(response.status, 200, await response.text());
    }

    /** The process id of one server, once it is running. `other_than` is a pid that has gone. */
    async server_pid(name, other_than = null) {
        return eventually(20_000, `server ${name} to run`, async () => {
            const { process } = await this.get(`/servers/${name}`);
            return process.status === 'running' && process.pid !== other_than ? process.pid : null;
        });
    }

    /** The processes of this daemon, its own and its servers', that exist now. */
    async processes() {
        return marked_processes(this.#mark);
    }

    /** SIGTERM; asserts that it exits with code 0, in time, and that no process of its is left. */
    async stop() {
        if (kDirect) return;
        try {
            this.#child.kill('SIGTERM');
            const { code, signal } = await within(20_000, 'the daemon to end after SIGTERM', this.#exited);
            assert.deepEqual({ code, signal }, { code: 0, signal: null }, `it ended otherwise; its log:\n${this.#log}`);
            await this.#assert_nothing_left(500);
        } finally {
            await this.#clean_up();
        }
    }

    /** SIGTERM, which must end it well, or with `kill` SIGKILL; then the same again at the same address. */
    async restart({ kill = false } = {}) {
        await this.end({ kill });
        await this.begin();
    }

    /** The first half of restart(): it is gone. */
    async end({ kill = false } = {}) {
        this.#child.kill(kill ? 'SIGKILL' : 'SIGTERM');
        const { code } = await within(20_000, 'the daemon to end', this.#exited);
        if (!kill) assert.equal(code, 0, `it ended otherwise; its log:\n${this.#log}`);
    }

    /** The second half of restart(). */
    async begin() {
        await this.#spawn(new URL(this.url).host);
    }

    /** SIGKILL; asserts that what it started ends by itself, within `limit` ms. */
    async kill(limit) {
        try {
            this.#child.kill('SIGKILL');
            await this.#exited;
            await this.#assert_nothing_left(limit);
        } finally {
            await this.#clean_up();
        }
    }

    /** Asserts that within `limit` ms no process of this daemon exists any more. */
    async #assert_nothing_left(limit) {
        let left = [];
        const nothing = async () => (left = await this.processes()).length === 0;
        await eventually(limit, 'every process of the daemon to be gone', nothing).catch(() => {
            assert.deepEqual(left, [], `still there ${limit} ms after the daemon ended`);
        });
    }

    async #clean_up() {
        for (const { pid } of await this.processes()) process.kill(pid, 'SIGKILL');
        await this.#folder.remove();
    }
}
