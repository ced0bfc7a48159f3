// The order of hooks, and what a reload keeps of them.
// Shared by the gateway and its calls.

#include "hooks/hook_registry.hpp"

#include <algorithm>
#include <utility>

namespace agenthub {

HookEntry::HookEntry(HookConfig hook, HookBody made)
    : config(std::move(hook)),
      body(std::move(made)),
      server_(config.server),
      method_(config.method),
      tool_(config.tool) {}

int HookEntry::rank() const noexcept {
    return 4 * static_cast<int>(tool_.is_exact()) + 2 * static_cast<int>(server_.is_exact()) +
           static_cast<int>(method_.is_exact());
}

HookRegistry::HookRegistry(const std::vector<HookConfig>& configs, const HookRegistry* before, const Make& make) {
    Entries known = before == nullptr ? Entries() : before->all();
    for (const HookConfig& config : configs) {
        const auto same = std::find_if(known.begin(), known.end(),
                                       [&config](const auto& entry) { return entry && entry->config == config; });
        all_.push_back(same != known.end() ? std::move(*same) : std::make_shared<HookEntry>(config, make(config)));
        // Behind those of the same rank: they keep the order of the file.
        Entries& point = points_[static_cast<std::size_t>(config.on)];
        const auto higher = [](const auto& a, const auto& b) { return a->rank() > b->rank(); };
        point.insert(std::upper_bound(point.begin(), point.end(), all_.back(), higher), all_.back());
    }
}

}  // namespace agenthub
