// What a view shows.
// Pure functions.

#include "config/aggregate_config.hpp"

#include <algorithm>

#include "base/glob.hpp"

namespace agenthub {

bool shows_server(const ViewConfig& view, std::string_view server) {
    return view.servers.empty() || std::find(view.servers.begin(), view.servers.end(), server) != view.servers.end();
}

bool shows_tool(const ViewConfig& view, std::string_view shown, std::string_view full) {
    bool chooses = false;
    for (auto pattern = view.tools.rbegin(); pattern != view.tools.rend(); ++pattern) {
        const bool hides = pattern->starts_with('!');
        const std::string_view glob = std::string_view(*pattern).substr(hides ? 1 : 0);
        if (matches_glob(glob, shown) || (!full.empty() && matches_glob(glob, full)))
            return !hides;
        chooses = chooses || !hides;
    }
    return !chooses;
}

}  // namespace agenthub
