// Which processes a daemon has started, found through /proc by a mark in their environment.
// Used by daemon.mjs to prove that nothing outlives the daemon.

import { readdir, readFile } from 'node:fs/promises';

export const kMark = 'AGENTHUB_E2E_RUN';

/** The processes whose environment holds kMark=`mark`, as {pid, command}; dead ones that wait to be reaped have none. */
export async function marked_processes(mark) {
    const found = [];
    for (const name of await readdir('/proc')) {
        if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
        try {
            const environment = await readFile(`/proc/${name}/environ`, 'latin1');
            if (!environment.split('\0').includes(`${kMark}=${mark}`)) continue;
            const command = await readFile(`/proc/${name}/cmdline`, 'utf8');
            found.push({ pid: Number(name), command: command.replaceAll('\0', ' ').trim() });
        } catch (error) {
            if (!['ENOENT', 'ESRCH', 'EACCES'].includes(error.code)) throw error; // gone meanwhile, or not ours
        }
    }
    return found;
}
