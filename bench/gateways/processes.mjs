// Reads /proc: which processes belong to a gateway, what they cost and hold.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

function read(path) {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";  // it has ended meanwhile
    }
}

// The process and all below it, but for the MCP servers: what is measured is the gateway.
export function treeOf(root, isServer) {
    const children = new Map();
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const stat = read(`/proc/${pid}/stat`);
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
    }
    const found = [];
    for (const open = [root]; open.length > 0;) {
        const pid = open.pop();
        open.push(...(children.get(pid) ?? []));
        if (!isServer(exeOf(pid))) found.push(pid);
    }
    return found;
}

function exeOf(pid) {
    try {
        return readlinkSync(`/proc/${pid}/exe`);
    } catch {
        return "";
    }
}

// CPU time in microseconds, of all threads; with the scheduler's resolution, not that of clock ticks.
export function cpuOf(pids) {
    let ns = 0;
    for (const pid of pids) {
        let tasks = [];
        try {
            tasks = readdirSync(`/proc/${pid}/task`);
        } catch { /* it has ended */ }
        for (const task of tasks) ns += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0] || 0);
    }
    return ns / 1000;
}

// KiB of resident memory. What processes share is counted in each of them.
export function rssOf(pids) {
    return pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0), 0);
}
