// The clients' documents.
// Pure functions.

#include "clients/client_document.hpp"

#include "base/url_text.hpp"

namespace agenthub {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kUsualUrl = "http://127.0.0.1:9090";

bool is_unix(const ClientEndpoint& endpoint) {
    return endpoint.url.starts_with("unix:");
}

// A server of ours may be called as one that the client has already.
std::string entry_name(const ClientEndpoint& endpoint) {
    const std::string& name = endpoint.server.empty() ? endpoint.view : endpoint.server;
    return name.empty() ? "agenthub" : "agenthub-" + name;
}

std::string endpoint_url(const ClientEndpoint& endpoint) {
    std::string url = endpoint.url + "/mcp";
    if (!endpoint.server.empty())
        url += "/" + path_segment(endpoint.server);
    if (!endpoint.view.empty())
        url += "/view/" + path_segment(endpoint.view);
    return url;
}

Json command_of(const ClientEndpoint& endpoint, std::vector<std::string> args) {
    Json out;
    out["command"] = endpoint.program;
    if (endpoint.url != kUsualUrl)
        args.insert(args.end(), {"--url", endpoint.url});
    out["args"] = std::move(args);
    return out;
}

Json stdio_of(const ClientEndpoint& endpoint) {
    std::vector<std::string> args{"stdio"};
    if (!endpoint.server.empty())
        args.push_back(endpoint.server);
    if (!endpoint.view.empty())
        args.insert(args.end(), {"--view", endpoint.view});
    return command_of(endpoint, std::move(args));
}

Json server_entry(ClientKind kind, const ClientEndpoint& endpoint) {
    // What each client calls the two transports.
    if (kind == ClientKind::claude_desktop || is_unix(endpoint)) {
        Json out;
        if (kind == ClientKind::vscode || kind == ClientKind::claude_code)
            out["type"] = "stdio";
        out.update(stdio_of(endpoint));
        return out;
    }
    Json out;
    if (kind != ClientKind::cursor)
        out["type"] = "http";
    out["url"] = endpoint_url(endpoint);
    return out;
}

ClientEntry task(const ClientEndpoint& endpoint, const std::string& label, std::vector<std::string> args) {
    ClientEntry entry;
    entry.container = "tasks";
    entry.key = label;
    entry.in_list = true;
    entry.value["label"] = label;
    entry.value["type"] = "process";
    entry.value.update(command_of(endpoint, std::move(args)));
    entry.value["problemMatcher"] = Json::array();
    return entry;
}

Error only_for_all(ClientKind kind, std::string_view what) {
    return {errc::unsupported,
            std::string(name_of(kind)) + " has no document for one " + std::string(what) + " alone; ask without it"};
}

// One word of a shell.
std::string shell_word(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += R"('\'')";
        else
            out += c;
    }
    return out + "'";
}

std::string raycast_script(const ClientEndpoint& endpoint) {
    const bool one_server = !endpoint.server.empty();
    std::string out = "#!/bin/bash\n# @raycast.schemaVersion 1\n# @raycast.title ";
    // Of a server's name only what cannot end the comment.
    for (const char c :
         one_server ? "Call " + endpoint.server + " of AgentHub" : std::string("Call a tool of AgentHub"))
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    out +=
        "\n# @raycast.mode fullOutput\n# @raycast.packageName AgentHub\n"
        "# @raycast.description Calls one tool; without a tool, shows how the servers are.\n";
    int argument = 0;
    const auto add = [&](std::string_view placeholder) {
        out += "# @raycast.argument" + std::to_string(++argument) + R"( {"type": "text", "placeholder": ")" +
               std::string(placeholder) + R"(", "optional": true})" + "\n";
    };
    if (!one_server)
        add("server");
    add("tool");
    add("arguments as JSON");
    out += "\nagenthub=" + shell_word(endpoint.program) + "\nurl=" + shell_word(endpoint.url) + "\n";
    out += one_server ? "server=" + shell_word(endpoint.server) + " tool=$1 arguments=$2\n"
                      : std::string("server=$1 tool=$2 arguments=$3\n");
    out +=
        "\nif [ -z \"$server\" ] || [ -z \"$tool\" ]; then\n"
        "    exec \"$agenthub\" status --url \"$url\"\nfi\n"
        "[ -n \"$arguments\" ] || arguments='{}'\n"
        "exec \"$agenthub\" call --url \"$url\" -- \"$server\" \"$tool\" \"$arguments\"\n";
    return out;
}

}  // namespace

result<std::vector<ClientEntry>> client_entries(ClientKind kind, const ClientEndpoint& endpoint) {
    std::vector<ClientEntry> entries;
    if (kind == ClientKind::raycast)
        return Error(errc::unsupported, "raycast reads scripts, not a configuration");
    if (kind == ClientKind::vscode_tasks) {
        if (!endpoint.server.empty() || !endpoint.view.empty())
            return only_for_all(kind, "server or view");
        entries.push_back(task(endpoint, "AgentHub: status", {"status"}));
        entries.push_back(task(endpoint, "AgentHub: reload", {"reload"}));
        return entries;
    }
    ClientEntry entry;
    entry.container = kind == ClientKind::vscode ? "servers" : "mcpServers";
    entry.key = entry_name(endpoint);
    entry.value = server_entry(kind, endpoint);
    entries.push_back(std::move(entry));
    return entries;
}

result<std::string> client_document(ClientKind kind, const ClientEndpoint& endpoint) {
    if (kind == ClientKind::raycast) {
        if (!endpoint.view.empty())
            return only_for_all(kind, "view");
        return raycast_script(endpoint);
    }
    const auto entries = client_entries(kind, endpoint);
    if (!entries)
        return entries.error();
    return fresh_document(*entries).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string_view document_type(ClientKind kind) noexcept {
    return kind == ClientKind::raycast ? "text/plain; charset=utf-8" : "application/json";
}

Json fresh_document(const std::vector<ClientEntry>& entries) {
    Json out = Json::object();
    for (const ClientEntry& entry : entries) {
        if (!entry.in_list) {
            out[entry.container][entry.key] = entry.value;
            continue;
        }
        if (!out.contains("version"))
            out["version"] = "2.0.0";  // of the format of tasks.json
        out[entry.container].push_back(entry.value);
    }
    return out;
}

}  // namespace agenthub
