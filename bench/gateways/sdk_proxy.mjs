// The least that the official SDK needs to serve one stdio server over Streamable HTTP: one client, shared, and a
// server for each session. Usage: node sdk_proxy.mjs PORT COMMAND [ARG...]

import { randomUUID } from "node:crypto";
import http from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const [port, command, ...args] = process.argv.slice(2);
const upstream = new Client({ name: "sdk-proxy", version: "1.0.0" });
await upstream.connect(new StdioClientTransport({ command, args }));

const transports = new Map();

async function newSession() {
    const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        enableJsonResponse: true,
        onsessioninitialized: (id) => transports.set(id, transport),
    });
    transport.onclose = () => transports.delete(transport.sessionId);
    const server = new Server({ name: "sdk-proxy", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, (request) => upstream.listTools(request.params));
    server.setRequestHandler(CallToolRequestSchema, (request) => upstream.callTool(request.params));
    await server.connect(transport);
    return transport;
}

http.createServer(async (request, response) => {
    const transport = transports.get(request.headers["mcp-session-id"]) ?? (await newSession());
    await transport.handleRequest(request, response);
}).listen(Number(port), "127.0.0.1");
