// The "env" of a server entry: plain values, references to variables, and secrets kept elsewhere.
// Pure but for what the Environment given to it does.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/environment.hpp"

namespace agenthub {

// The longest secret read from a file.
inline constexpr std::size_t kMaxSecretBytes = 65536;

// Reads the object at `path`. A value is a string, a whole number, or a secret reference: {"source": "env", "key":
// NAME} or {"source": "file", "path": ABSOLUTE}, the latter without its last line end. Keys that start with "_" are
// skipped. The findings carry names and paths, never a value.
std::vector<EnvVar> read_server_env(const nlohmann::ordered_json& env, const std::string& path,
                                    const Environment& environment, Findings& findings);

}  // namespace agenthub
