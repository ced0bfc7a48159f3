// The AI clients whose configuration AgentHub knows how to write, and where each keeps it.
// Pure data and functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "config/environment.hpp"

namespace agenthub {

enum class ClientKind : std::uint8_t { claude_desktop, claude_code, cursor, vscode, vscode_tasks, raycast };

// "claude-desktop", as it stands in GET /configs/{client} and `agenthub connect CLIENT`.
std::string_view name_of(ClientKind kind) noexcept;
// nullopt when there is no client of that name.
std::optional<ClientKind> client_of(std::string_view name) noexcept;
// The names of all, in the order of the documentation.
std::vector<std::string> client_names();

enum class Platform : std::uint8_t { linux_desktop, macos };
// The one that this program was built for.
Platform this_platform() noexcept;

// Where the client reads its configuration: the user's own file, or with `project` the one of the project whose folder
// this is, absolute. errc::unsupported: there is no such file of that client; errc::invalid_config: $HOME is not set.
result<std::string> configuration_file(ClientKind kind, const std::optional<std::string>& project, Platform platform,
                                       const Environment& environment);

}  // namespace agenthub
