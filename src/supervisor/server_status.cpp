// One status for several processes.
// Pure function.

#include "supervisor/server_status.hpp"

#include <algorithm>
#include <array>

namespace agenthub {
namespace {

// What a client may hope for, best first.
constexpr std::array kByHope{ServerState::running, ServerState::starting, ServerState::stopping, ServerState::failed,
                             ServerState::stopped};

}  // namespace

ServerStatus combined_status(const std::vector<const ServerStatus*>& all) {
    ServerStatus out;
    out.reason = "nobody uses it; the first call of somebody starts a process";
    if (all.empty())
        return out;
    const auto best_at = [](ServerState state) { return std::find(kByHope.begin(), kByHope.end(), state); };
    out = **std::min_element(all.begin(), all.end(), [&](const ServerStatus* a, const ServerStatus* b) {
        return best_at(a->state) < best_at(b->state);
    });
    if (all.size() == 1)
        return out;
    out.restart_count = 0;
    for (const ServerStatus* one : all) {
        out.restart_count += one->restart_count;
        if (out.last_error.empty()) {
            out.last_error = one->last_error;
            out.last_error_code = one->last_error_code;
        }
    }
    out.reason = std::to_string(all.size()) + " processes:";
    for (const ServerState state : kByHope) {
        const auto count =
            std::count_if(all.begin(), all.end(), [state](const ServerStatus* one) { return one->state == state; });
        if (count > 0)
            out.reason += " " + std::to_string(count) + " " + std::string(to_string(state)) + ",";
    }
    out.reason.pop_back();
    return out;
}

}  // namespace agenthub
