// Surroundings that a test decides: variables and files from two maps.
// A value; no ownership beyond its copies of the maps.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/environment.hpp"

namespace agenthub {

using Texts = std::map<std::string, std::string, std::less<>>;

// A file named here with this content exists and cannot be opened.
inline constexpr std::string_view kUnreadable = "<unreadable>";

inline Environment fixed_environment(Texts variables = {}, Texts files = {}) {
    Environment environment;
    environment.variable = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    environment.read_file = [files = std::move(files)](const std::string& path,
                                                       std::size_t limit) -> result<std::optional<std::string>> {
        const auto found = files.find(path);
        if (found == files.end())
            return std::optional<std::string>();
        if (found->second == kUnreadable)
            return Error(errc::io_error, "cannot be opened: Permission denied");
        if (found->second.size() > limit)
            return Error(errc::too_large, "is longer than the " + std::to_string(limit) + " bytes allowed");
        return std::optional<std::string>(found->second);
    };
    return environment;
}

}  // namespace agenthub
