// A list of the aggregate and its index.
// A value.

#include "gateway/aggregate_list.hpp"

#include <bit>
#include <cstdint>
#include <utility>

namespace agenthub {
namespace {

// To notice a change, not to keep anybody out: a digest that could would cost as much as the rest of a merge.
std::string digest_of(const std::vector<AggregateEntry>& entries) {
    std::uint64_t value = entries.size();
    for (const AggregateEntry& entry : entries)
        value = std::rotl(value, 5) * 0x9E3779B97F4A7C15U + std::hash<std::string>()(entry.text);
    constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4)
        out += kHex[value >> shift & 15];
    return out;
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
