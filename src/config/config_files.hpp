// Which files a configuration is made of, and of which kind each is.
// Pure but for what the Environment given to it does.

#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/environment.hpp"
#include "config/fault.hpp"

namespace agenthub {

// The longest configuration file read.
inline constexpr std::size_t kMaxConfigBytes = 4 * 1024 * 1024;

enum class FileKind {
    own,    // AgentHub's, or one with servers only: "mcpServers", "servers"
    rules,  // enhancement-rules.json: "default", "clients", "fallback_chain" at the top
    keys,   // api-keys.json: "keys" at the top
};

// Told by what stands at the top of it; a file that holds anything of AgentHub's own is one.
FileKind kind_of_file(const nlohmann::ordered_json& tree);

struct NamedTree {
    std::string path;  // empty: the configuration file itself
    nlohmann::ordered_json tree = nlohmann::ordered_json::object();
};

// All of them objects.
struct ConfigTrees {
    nlohmann::ordered_json own = nlohmann::ordered_json::object();
    std::optional<NamedTree> servers;  // $MCP_SERVERS_CONFIG
    std::vector<NamedTree> rules;      // the later one wins
    std::vector<NamedTree> keys;
    FileKind kind = FileKind::own;        // of the configuration file
    std::vector<std::string> more_files;  // that were read, or would have been
};

// The configuration file's tree, and what $MCP_SERVERS_CONFIG, $ENHANCEMENT_RULES_CONFIG, $API_KEYS_CONFIG and its
// "api_keys_file" name. A file of servers that does not exist is an empty one; one of rules that cannot be read is a
// warning; anything else is a fault.
ConfigTrees read_config_files(nlohmann::ordered_json main, const Environment& environment, Findings& findings);

}  // namespace agenthub
