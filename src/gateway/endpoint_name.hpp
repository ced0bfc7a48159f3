// How endpoints are called within the gateway: a server by its name, and those that lead to many servers.
// Pure.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

// Endpoints for many servers: the aggregate, and the views, which have a "/" before their names, as no server has.
inline constexpr std::string_view kAggregate{};
inline std::string view_endpoint(std::string_view view) {
    return "/" + std::string(view);
}
inline bool leads_to_many(std::string_view endpoint) noexcept {
    return endpoint.empty() || endpoint.front() == '/';
}

}  // namespace agenthub
