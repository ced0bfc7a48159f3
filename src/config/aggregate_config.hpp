// What the file says of the aggregate of all servers, and of the views of it.
// Plain values.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace agenthub {

struct AggregateConfig {
    bool enabled = true;            // all servers together at one endpoint
    std::string prefix = "always";  // before the names of tools and prompts: always, on_collision
    std::size_t page_size = 100;    // entries per page of a list
    bool operator==(const AggregateConfig&) const = default;
};

// A part of the aggregate under a name of its own.
struct ViewConfig {
    std::string name;
    std::vector<std::string> servers;                           // empty: all
    std::vector<std::string> tools;                             // patterns of shown names; empty: all
    std::vector<std::pair<std::string, std::string>> rename;    // shown name -> name in this view
    std::vector<std::pair<std::string, std::string>> describe;  // name in this view -> description
    bool operator==(const ViewConfig&) const = default;
};

bool shows_server(const ViewConfig& view, std::string_view server);

// The last pattern that matches decides; one that begins with "!" hides. What none matches is hidden, unless there are
// only patterns that hide. `shown`: the name in the aggregate. `full`: with its server's, where that is another; a
// pattern matches either.
bool shows_tool(const ViewConfig& view, std::string_view shown, std::string_view full = {});

}  // namespace agenthub
