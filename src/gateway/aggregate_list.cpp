// A list of the aggregate and its index.
// A value.

#include "gateway/aggregate_list.hpp"

#include <utility>

#include "base/digest.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kDigest = 16;  // hex digits: to notice a change, not to keep anybody out

std::string digest_of(const std::vector<AggregateEntry>& entries) {
    std::string all;
    for (const AggregateEntry& entry : entries)
        all.append(std::to_string(entry.text.size())).append(":").append(entry.text);
    return sha256_hex(all).substr(0, kDigest);
}

}  // namespace

AggregateList::AggregateList(std::vector<AggregateEntry> entries, std::vector<std::string> dropped)
    : entries_(std::move(entries)), dropped_(std::move(dropped)), digest_(digest_of(entries_)) {
    index_.reserve(entries_.size() * 2);
    for (std::size_t i = 0; i < entries_.size(); ++i)
        index_.emplace(entries_[i].key, i);
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (!entries_[i].alias.empty())
            index_.emplace(entries_[i].alias, i);
}

const AggregateEntry* AggregateList::find(std::string_view key) const {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &entries_[found->second];
}

}  // namespace agenthub
