// Keeping, finding and forgetting better prompts.
// Owned by the enhancer.

#include "enhance/prompt_cache.hpp"

#include <algorithm>

#include "enhance/meaning.hpp"

namespace agenthub {

const CachedPrompt* PromptCache::find(std::string_view key, TimePoint now) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end())
        return nullptr;
    const auto entry = found->second;
    if (entry->until <= now) {
        erase(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &*entry;
}

const CachedPrompt* PromptCache::nearest(std::string_view scope, const std::vector<float>& vector, double similarity,
                                         TimePoint now) {
    auto best = entries_.end();
    double best_cosine = similarity;
    std::size_t compared = 0;
    std::size_t passed = 0;
    for (auto entry = entries_.begin(); entry != entries_.end() && compared < kMaxCompared; ++entry) {
        if (++passed > kMaxPassed)
            break;
        if (entry->vector.empty() || entry->until <= now || entry->scope != scope)
            continue;
        ++compared;
        const double near = cosine(entry->vector, vector);
        if (near < best_cosine || (best != entries_.end() && near == best_cosine))
            continue;
        best = entry;
        best_cosine = near;
    }
    if (best == entries_.end())
        return nullptr;
    entries_.splice(entries_.begin(), entries_, best);
    return &*best;
}

void PromptCache::put(CachedPrompt prompt, TimePoint now) {
    put_until(std::move(prompt), now + ttl_, now);
}

void PromptCache::put_until(CachedPrompt prompt, TimePoint until, TimePoint now) {
    if (max_entries_ == 0 || until <= now || prompt.text.size() > kMaxTextBytes)
        return;
    prompt.until = until;
    if (const auto known = by_key_.find(prompt.key); known != by_key_.end())
        erase(known->second);
    make_room(1);
    first_end_ = std::min(first_end_, until);
    entries_.push_front(std::move(prompt));
    by_key_.emplace(entries_.front().key, entries_.begin());
}

void PromptCache::clear() noexcept {
    by_key_.clear();
    entries_.clear();
    hits_ = misses_ = evictions_ = 0;
}

void PromptCache::set_limits(std::size_t max_entries, Duration ttl) {
    max_entries_ = max_entries;
    ttl_ = ttl;
    make_room(0);
}

PromptCacheStats PromptCache::stats(TimePoint now) {
    // Probes ask every few seconds: the walk is for when there is something to find.
    if (first_end_ <= now)
        drop_what_is_over(now);
    return {hits_, misses_, evictions_, entries_.size(), max_entries_};
}

void PromptCache::drop_what_is_over(TimePoint now) {
    first_end_ = TimePoint::max();
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto next = std::next(entry);
        if (entry->until <= now)
            erase(entry);
        else
            first_end_ = std::min(first_end_, entry->until);
        entry = next;
    }
}

void PromptCache::erase(Entries::iterator entry) noexcept {
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

void PromptCache::make_room(std::size_t places) {
    while (!entries_.empty() && entries_.size() + places > max_entries_) {
        erase(std::prev(entries_.end()));
        ++evictions_;
    }
}

}  // namespace agenthub
