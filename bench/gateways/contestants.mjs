// Who is measured, and how each is started in front of the same stdio server.

import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const build = resolve(process.env.BUILD ?? "build/release");
const here = dirname(fileURLToPath(import.meta.url));
const server = join(build, "bench/bench-echo-server");
const bin = (name) => join(here, "node_modules/.bin", name);

function agenthub(name, { path = "/mcp/echo", tool = "echo", activity = {}, modern = false } = {}) {
    return {
        name,
        path,
        tool,
        modern,
        isClose: true,
        soaks: name === "AgentHub",
        maxSessions: 10_000,
        start(port, dir) {
            const config = join(dir, "agenthub.json");
            const limits = { sessions: 20_000, connections: 20_000 };
            writeFileSync(config, JSON.stringify({ mcpServers: { echo: { command: server } }, limits, activity }));
            const listen = ["--listen", `127.0.0.1:${port}`];
            return [join(build, "agenthub"), ["serve", "--config", config, "--state-dir", join(dir, "state"), ...listen]];
        },
    };
}

// Those that take one process or one object of Node's for each session are spared ten thousand of them.
const few = { path: "/mcp", tool: "echo", modern: false, maxSessions: 1000 };

export const contestants = [
    {
        ...few,
        name: "splice proxy (the limit)",
        isLimit: true,
        isClose: true,
        answersInOrder: true,
        maxSessions: 10_000,
        start: (port) => [join(build, "bench/bench-splice-proxy"), [String(port), server]],
    },
    agenthub("AgentHub"),
    agenthub("AgentHub, all servers at /mcp", { path: "/mcp", tool: "echo__echo" }),
    agenthub("AgentHub, revision 2026-07-28", { modern: true }),
    agenthub("AgentHub, activity strict", { activity: { mode: "strict" } }),
    agenthub("AgentHub, activity off", { activity: { mode: "off" } }),
    {
        ...few,
        name: "supergateway, stateful",
        maxSessions: 100,
        start: (port) => [bin("supergateway"), ["--stdio", server, "--outputTransport", "streamableHttp", "--stateful",
            "--port", String(port), "--logLevel", "none"]],
    },
    {
        ...few,
        name: "supergateway, stateless",
        start: (port) => [bin("supergateway"), ["--stdio", server, "--outputTransport", "streamableHttp",
            "--port", String(port), "--logLevel", "none"]],
    },
    {
        ...few,
        name: "mcp-proxy",
        start: (port) => [bin("mcp-proxy"), ["--host", "127.0.0.1", "--port", String(port), "--server", "stream", "--",
            server]],
    },
    {
        ...few,
        name: "mcp-hub",  // HTTP+SSE, the older transport, is the only one it has
        httpSse: true,
        tool: "echo__echo",
        start: (port, dir) => {
            const config = join(dir, "servers.json");
            writeFileSync(config, JSON.stringify({ mcpServers: { echo: { command: server } } }));
            return [bin("mcp-hub"), ["--port", String(port), "--config", config]];
        },
    },
    {
        ...few,
        name: "official SDK, minimal proxy",
        start: (port) => [process.execPath, [join(here, "sdk_proxy.mjs"), String(port), server]],
    },
];

export const isServer = (exe) => exe === server;
