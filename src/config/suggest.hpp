// "Did you mean": the known key nearest to one that is not known.
// Pure function.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

// The nearest of `known`, when it is near enough to be a slip of the pen: at most two edits, and no more than a third
// of the key's length. Case, "_" and "-" do not count, so "autoStart" is "auto_start".
std::optional<std::string> nearest_key(std::string_view key, const std::vector<std::string>& known);

}  // namespace agenthub
