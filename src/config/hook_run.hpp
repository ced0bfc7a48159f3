// What a hook runs: "run" of an entry of the section "hooks".
// Pure but for what the Environment of the secrets does.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "config/fault.hpp"
#include "config/policy_config.hpp"
#include "config/secret_book.hpp"

namespace agenthub {

// Reads the object at `path`. Values of "env" and "headers" are as those of a server's "env"; what may be a secret is
// noted in the findings.
void read_hook_run(const nlohmann::ordered_json& run, const std::string& path, const SecretBook& secrets,
                   Findings& findings, HookConfig& hook);

}  // namespace agenthub
