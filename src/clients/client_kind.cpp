// Names and places of the clients.
// Pure data and functions.

#include "clients/client_kind.hpp"

#include <algorithm>
#include <array>

namespace agenthub {
namespace {

// Empty: the client has no such file. Places as the clients' own documentation gives them.
struct Row {
    ClientKind kind;
    std::string_view name;
    std::string_view below_config;  // Linux: below $XDG_CONFIG_HOME
    std::string_view macos;         // below the home directory
    std::string_view home;          // on every platform: below the home directory
    std::string_view project;       // below the folder of the project
};

constexpr std::array kRows{
    Row{ClientKind::claude_desktop, "claude-desktop", "Claude/claude_desktop_config.json",
        "Library/Application Support/Claude/claude_desktop_config.json", "", ""},
    Row{ClientKind::claude_code, "claude-code", "", "", ".claude.json", ".mcp.json"},
    Row{ClientKind::cursor, "cursor", "", "", ".cursor/mcp.json", ".cursor/mcp.json"},
    Row{ClientKind::vscode, "vscode", "Code/User/mcp.json", "Library/Application Support/Code/User/mcp.json", "",
        ".vscode/mcp.json"},
    Row{ClientKind::vscode_tasks, "vscode-tasks", "Code/User/tasks.json",
        "Library/Application Support/Code/User/tasks.json", "", ".vscode/tasks.json"},
    Row{ClientKind::raycast, "raycast", "", "", "", ""},
};

const Row& row_of(ClientKind kind) noexcept {
    return kRows[static_cast<std::size_t>(kind)];
}

Error no_file(std::string_view client, std::string_view why) {
    return {errc::unsupported, std::string(client) + std::string(why)};
}

}  // namespace

std::string_view name_of(ClientKind kind) noexcept {
    return row_of(kind).name;
}

std::optional<ClientKind> client_of(std::string_view name) noexcept {
    const auto* const found =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.name == name; });
    return found == kRows.end() ? std::nullopt : std::optional(found->kind);
}

std::vector<std::string> client_names() {
    std::vector<std::string> names;
    names.reserve(kRows.size());
    for (const Row& row : kRows)
        names.emplace_back(row.name);
    return names;
}

Platform this_platform() noexcept {
#ifdef __APPLE__
    return Platform::macos;
#else
    return Platform::linux_desktop;
#endif
}

result<std::string> configuration_file(ClientKind kind, const std::optional<std::string>& project, Platform platform,
                                       const Environment& environment) {
    const Row& row = row_of(kind);
    if (kind == ClientKind::raycast)
        return no_file(row.name,
                       " has no file of its own for this: save what `agenthub connect raycast --print` writes into a "
                       "folder that Raycast's settings name under Script Commands, and make it executable");
    if (project) {
        if (row.project.empty())
            return no_file(row.name, " has one configuration for everything; leave --project out");
        return *project + "/" + std::string(row.project);
    }
    const auto home = environment.non_empty("HOME");
    if (!home)
        return Error(errc::invalid_config,
                     "$HOME is not set, so the configuration of " + std::string(row.name) + " cannot be found; set it");
    // As Claude Code itself looks for it.
    if (const auto own = environment.non_empty("CLAUDE_CONFIG_DIR"); own && kind == ClientKind::claude_code)
        return *own + "/.claude.json";
    if (!row.home.empty())
        return *home + "/" + std::string(row.home);
    if (platform == Platform::macos)
        return *home + "/" + std::string(row.macos);
    return environment.non_empty("XDG_CONFIG_HOME").value_or(*home + "/.config") + "/" + std::string(row.below_config);
}

}  // namespace agenthub
