// A request's header fields in the order of their coming, found by name without Beast's tree: a call looks up some
// ten, mostly such that are not there.
// Borrows the fields; owned by the connection.

#pragma once

#include <boost/beast/http/fields.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/give_back.hpp"
#include "base/text.hpp"

namespace agenthub {

class HeaderIndex {
public:
    // `fields` must stay as they are until the next build() or clear().
    void build(const boost::beast::http::fields& fields) {
        entries_.clear();
        for (const auto& field : fields)
            entries_.push_back({field.name_string(), trim(field.value())});
    }
    void clear() noexcept { give_back(entries_); }

    // The first value of that name, without surrounding white space; null when there is none.
    const std::string_view* find(std::string_view name) const noexcept {
        const auto found = std::find_if(entries_.begin(), entries_.end(), [name](const Entry& entry) {
            return entry.name.size() == name.size() && iequals(entry.name, name);
        });
        return found == entries_.end() ? nullptr : &found->value;
    }

private:
    struct Entry {
        std::string_view name;
        std::string_view value;
    };
    std::vector<Entry> entries_;
};

}  // namespace agenthub
