// The sections "rights" and "hooks" of the configuration file.
// Pure but for what the Environment of the secrets does.

#pragma once

#include "config/object_reader.hpp"
#include "config/policy_config.hpp"
#include "config/secret_book.hpp"

namespace agenthub {

inline constexpr std::size_t kMaxRights = 10000;
inline constexpr std::size_t kMaxHooks = 256;

// Strict, as nothing else in the file is: a key that nobody knows is a fault, because a rule that says less than its
// writer meant allows, or refuses, more.
void read_rights(ObjectReader& root, Findings& findings, RightsConfig& rights);

// A hook without a name is called "hook-N", N counting from 1 in the file.
void read_hooks(ObjectReader& root, const SecretBook& secrets, Findings& findings, std::vector<HookConfig>& hooks);

}  // namespace agenthub
