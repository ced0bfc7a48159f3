// The keys that open /v1: the file api-keys.json.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "config/enhancement_config.hpp"
#include "config/fault.hpp"

namespace agenthub {

// Adds what {"keys": {"TOKEN": {"client_name", "enhance", "description"}}} holds; "sha256:HEX" in the place of a token
// is its digest. A token that is there already stays as it is. An entry that cannot be used is a warning, without the
// token. `path`: the file, for the findings. When there is no key after all, one is added that no token opens: a file
// of keys never means that everybody may come in.
void read_api_keys(const nlohmann::ordered_json& tree, const std::string& path, Findings& findings,
                   std::vector<ApiKey>& keys);

}  // namespace agenthub
