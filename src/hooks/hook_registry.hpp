// All configured hooks in the order in which they are asked, with what has become of them.
// Shared by the gateway and the calls that began with it: a reload makes another.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hooks/hook.hpp"
#include "hooks/hook_pattern.hpp"

namespace agenthub {

struct HookCounts {
    std::uint64_t calls = 0;  // in which it was asked
    std::uint64_t changed = 0;
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
    std::chrono::microseconds spent{0};  // in all of them
    std::string last_error;
    std::int64_t last_error_unix_ms = 0;
};

class HookEntry {
public:
    HookEntry(HookConfig config, HookBody body);

    bool matches(std::string_view server, std::string_view method, std::string_view tool) const noexcept {
        return method_.matches(method) && tool_.matches(tool) && server_.matches(server);
    }
    // The higher, the earlier: exact tool before exact server before exact method before patterns.
    int rank() const noexcept;

    const HookConfig config;
    const HookBody body;
    HookCounts counts;

private:
    HookPattern server_, method_, tool_;
};

class HookRegistry {
public:
    using Entries = std::vector<std::shared_ptr<HookEntry>>;  // owners: this, and the one that a reload makes of it
    using Make = std::function<HookBody(const HookConfig&)>;

    // Hooks that `before` (may be null) has just so are taken over with their counts and all they keep.
    HookRegistry(const std::vector<HookConfig>& configs, const HookRegistry* before, const Make& make);

    // Those of a point: exact names first, then patterns, else in the order of the configuration.
    const Entries& at(HookPoint point) const noexcept { return points_[static_cast<std::size_t>(point)]; }
    // In the order of the configuration.
    const Entries& all() const noexcept { return all_; }

private:
    Entries all_;
    std::array<Entries, 3> points_;
};

}  // namespace agenthub
