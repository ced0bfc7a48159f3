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
        some_repeat_ = std::any_of(entries_.begin(), entries_.end(), [this](const Entry& entry) {
            return std::any_of(entries_.begin(), entries_.begin() + (&entry - entries_.data()),
                               [&entry](const Entry& before) { return before.is(entry.name); });
        });
    }
    void clear() noexcept { give_back(entries_); }

    // Whether the name stands there more than once.
    bool repeats(std::string_view name) const noexcept {
        return some_repeat_ && std::count_if(entries_.begin(), entries_.end(),
                                             [name](const Entry& entry) { return entry.is(name); }) > 1;
    }

    // The first value of that name, without surrounding white space; null when there is none.
    const std::string_view* find(std::string_view name) const noexcept {
        const auto found =
            std::find_if(entries_.begin(), entries_.end(), [name](const Entry& entry) { return entry.is(name); });
        return found == entries_.end() ? nullptr : &found->value;
    }

private:
    struct Entry {
        bool is(std::string_view other) const noexcept { return name.size() == other.size() && iequals(name, other); }
        std::string_view name;
        std::string_view value;
    };
    std::vector<Entry> entries_;
    bool some_repeat_ = false;
};

}  // namespace agenthub
