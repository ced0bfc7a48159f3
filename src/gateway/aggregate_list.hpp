// One list of the aggregate: tools, prompts, resources or templates of all servers, as clients see it, and who owns
// what. A value; made anew when a server's list, or the configuration, has changed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace agenthub {

struct AggregateEntry {
    std::string key;     // how clients call it: the shown name, or the uri
    std::string alias;   // leads here too, but is not shown; empty for none
    std::string server;  // whose it is
    std::string own;     // how its server calls it
    std::string text;    // JSON object, with the key in it
};

class AggregateList {
public:
    AggregateList() : AggregateList({}, {}) {}
    // In the order to be shown. Keys are unique; an alias that is a key of another counts for nothing. `dropped`: what
    // is not shown and why, a sentence each, for the log.
    AggregateList(std::vector<AggregateEntry> entries, std::vector<std::string> dropped);

    const std::vector<AggregateEntry>& entries() const noexcept { return entries_; }
    const std::vector<std::string>& dropped() const noexcept { return dropped_; }
    // The entry of that key or alias; null when there is none.
    const AggregateEntry* find(std::string_view key) const;
    // Differs when any entry, or their order, does.
    const std::string& digest() const noexcept { return digest_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
    };

    std::vector<AggregateEntry> entries_;
    std::vector<std::string> dropped_;
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> index_;
    std::string digest_;
};

}  // namespace agenthub
