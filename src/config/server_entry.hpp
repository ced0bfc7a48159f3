// One entry of "mcpServers" or "servers", in any of the spellings AI clients and AgentHub use.
// Pure but for what the Environment given to it does.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/secret_book.hpp"

namespace agenthub {

inline constexpr std::size_t kMaxServerName = 64;

// The name of the server that is built in.
inline constexpr std::string_view kHubServerName = "hub";
// Below /mcp it leads to the views, and to no server.
inline constexpr std::string_view kViewServerName = "view";

// Reads the entry at `path`. Whatever is wrong disables this server, with the reason in it, and is a warning in
// `findings` too. `defaults` holds for what the entry does not say.
ServerConfig read_server_entry(const std::string& name, const nlohmann::ordered_json& entry, const std::string& path,
                               const SecretBook& secrets, Findings& findings, const ServerConfig& defaults = {});

}  // namespace agenthub
