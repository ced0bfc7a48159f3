// Token buckets.
// Owned by its entry of the registry.

#include "hooks/rate_limit_hook.hpp"

#include <algorithm>
#include <cmath>

#include "config/wording.hpp"

namespace agenthub {

RateLimitHook::RateLimitHook(const BuiltinOptions& options)
    : by_(options.by),
      max_entries_(std::max<std::size_t>(options.max_entries, 1)),
      calls_(options.calls),
      per_(options.per),
      burst_(static_cast<double>(options.burst == 0 ? options.calls : options.burst)),
      per_second_(static_cast<double>(options.calls) / std::chrono::duration<double>(options.per).count()) {}

// Parts end with a byte that stands in none of them.
void RateLimitHook::write_key(const HookCall& call) {
    key_.clear();
    if (by_ == RateKey::client || by_ == RateKey::client_tool)
        key_.append(call.caller.name()).push_back('\0');
    if (by_ == RateKey::tool || by_ == RateKey::client_tool) {
        key_.append(call.server).push_back('\0');
        key_.append(call.method).push_back('\0');
        key_.append(call.tool);
    }
}

double RateLimitHook::filled(const Bucket& bucket, TimePoint now) const {
    const double seconds = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(burst_, bucket.tokens + std::max(0.0, seconds) * per_second_);
}

// A full one for whoever is new; where there is no room, the one that was used longest ago gives way.
RateLimitHook::Bucket& RateLimitHook::bucket_at(TimePoint now) {
    const auto known = index_.find(key_);
    if (known != index_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, known->second);
        return buckets_.front();
    }
    if (buckets_.size() >= max_entries_) {
        index_.erase(buckets_.back().key);
        buckets_.pop_back();
    }
    buckets_.push_front({key_, burst_, now});
    index_.emplace(buckets_.front().key, buckets_.begin());
    return buckets_.front();
}

HookVerdict RateLimitHook::refusal(double tokens) const {
    HookVerdict out;
    out.action = HookVerdict::Action::refuse;
    out.code = errc::busy;
    const double wait_ms = std::ceil((1.0 - tokens) / per_second_ * 1000);
    out.retry_after = std::chrono::milliseconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(wait_ms)));
    out.text = "the rate limit of " + std::to_string(calls_) + " calls in " + duration_text(per_) +
               " is used up; repeat it after " + duration_text(*out.retry_after);
    return out;
}

result<HookVerdict> RateLimitHook::decide(const HookCall& call, TimePoint now) {
    write_key(call);
    if (call.dry_run) {
        const auto known = index_.find(key_);
        const double tokens = known == index_.end() ? burst_ : filled(*known->second, now);
        return tokens >= 1 ? HookVerdict() : refusal(tokens);
    }
    Bucket& bucket = bucket_at(now);
    bucket.tokens = filled(bucket, now);
    bucket.at = now;
    if (bucket.tokens < 1)
        return refusal(bucket.tokens);
    bucket.tokens -= 1;
    return HookVerdict();
}

}  // namespace agenthub
