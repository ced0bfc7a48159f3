// Built-in hook "rate_limit": a token bucket for each client and tool, or as it is told to count.
// Owned by its entry of the registry; loop thread only.

#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hooks/hook.hpp"

namespace agenthub {

class RateLimitHook final : public QuickHook {
public:
    explicit RateLimitHook(const BuiltinOptions& options);

    // Refuses with errc::busy and the time until the next call fits.
    result<HookVerdict> decide(const HookCall& call) override { return decide(call, Clock::now()); }
    result<HookVerdict> decide(const HookCall& call, TimePoint now);

    std::size_t size() const noexcept { return buckets_.size(); }

private:
    struct Bucket {
        std::string key;
        double tokens;
        TimePoint at;
    };
    using Buckets = std::list<Bucket>;  // the one used last first

    void write_key(const HookCall& call);
    Bucket& bucket_at(TimePoint now);
    double filled(const Bucket& bucket, TimePoint now) const;
    HookVerdict refusal(double tokens) const;

    const RateKey by_;
    const std::size_t max_entries_;
    const std::size_t calls_;
    const Duration per_;
    const double burst_;
    const double per_second_;
    std::string key_;  // of the call being looked at; kept for its room
    Buckets buckets_;
    std::unordered_map<std::string_view, Buckets::iterator> index_;  // keys are the buckets' own
};

}  // namespace agenthub
