// The "env" of a server entry: plain values, references to variables, and secrets kept elsewhere.
// Pure but for what the Environment given to it does.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/secret_book.hpp"

namespace agenthub {

// The secret that the object at `path` refers to; noted in the findings, so that nobody gets to see it. Errors as
// SecretBook::secret(), and what is wrong with the reference.
result<std::string> referred_secret(const nlohmann::ordered_json& reference, const std::string& path,
                                    const SecretBook& secrets, Findings& findings);

// Reads the object at `path`. A value is a string, a whole number, or refers to a secret. Keys that start with "_" are
// skipped. The findings carry names and paths, never a value, but for Findings::secrets.
std::vector<EnvVar> read_server_env(const nlohmann::ordered_json& env, const std::string& path,
                                    const SecretBook& secrets, Findings& findings);

}  // namespace agenthub
