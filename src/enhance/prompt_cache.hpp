// The better prompts that were made last: the least recently used goes first, and each goes when its time is over.
// Owned by the enhancer. Pure: time is passed in.

#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/async.hpp"
#include "config/enhancement_config.hpp"

namespace agenthub {

struct CachedPrompt {
    std::string key, scope;     // enhance/prompt_rules.hpp
    std::string text, model;    // what was made, and what made it
    std::vector<float> vector;  // the meaning of the original, of length one; empty: not known
    TimePoint until{};          // set by the cache
};

struct PromptCacheStats {
    std::uint64_t hits = 0, misses = 0, evictions = 0;
    std::size_t size = 0, max_size = 0;
};

class PromptCache {
public:
    // A longer text is not kept: it would be no prompt.
    static constexpr std::size_t kMaxTextBytes = 262144;
    // Entries that nearest() compares, those used last: 4096 vectors of 768 numbers cost the loop two milliseconds.
    static constexpr std::size_t kMaxCompared = 4096;
    // Entries that it comes by on its way to them, those of other scopes and without a meaning among them.
    static constexpr std::size_t kMaxPassed = 4 * kMaxCompared;

    PromptCache(std::size_t max_entries, Duration ttl) : max_entries_(max_entries), ttl_(ttl) {}

    // Valid until the next call that changes the cache; null when there is none. Found is used.
    const CachedPrompt* find(std::string_view key, TimePoint now);
    // The entry of this scope whose meaning is nearest to this one, if its cosine is at least `similarity`.
    const CachedPrompt* nearest(std::string_view scope, const std::vector<float>& vector, double similarity,
                                TimePoint now);

    // Keeps it for the time of the cache, in place of one with this key; the least recently used makes room.
    void put(CachedPrompt prompt, TimePoint now);
    // The same for what is known already, until `until`.
    void put_until(CachedPrompt prompt, TimePoint until, TimePoint now);

    // One question was answered from here, or was not.
    void count(bool hit) noexcept { ++(hit ? hits_ : misses_); }

    // Everything goes, and the counts begin anew.
    void clear() noexcept;
    // What is beyond the new limits goes; what stays keeps the time it was given.
    void set_limits(std::size_t max_entries, Duration ttl);

    // What is over is not counted.
    PromptCacheStats stats(TimePoint now);
    Duration ttl() const noexcept { return ttl_; }

private:
    using Entries = std::list<CachedPrompt>;

    void erase(Entries::iterator entry) noexcept;
    void make_room(std::size_t places);
    void drop_what_is_over(TimePoint now);

    std::size_t max_entries_;
    Duration ttl_;
    Entries entries_;  // the one used last in front
    std::unordered_map<std::string_view, Entries::iterator> by_key_;
    TimePoint first_end_ = TimePoint::max();  // nothing is over before
    std::uint64_t hits_ = 0, misses_ = 0, evictions_ = 0;
};

}  // namespace agenthub
