// Changes one member in a JSON text and leaves every other byte: comments, order, spacing.
// Pure functions.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

// An object in a text that is JSON with comments, as parse_json_text() takes it.
struct ObjectPlace {
    struct Member {
        std::string key;
        std::size_t begin;        // of the key
        std::size_t value_begin;  // of the value
        std::size_t end;          // past it
    };
    std::size_t begin;  // at "{"
    std::size_t end;    // past "}"
    std::vector<Member> members;

    const Member* find(std::string_view key) const;
};

// The object that begins at `at` or behind the spaces and comments there; nullopt when there is none.
std::optional<ObjectPlace> object_at(std::string_view text, std::size_t at);

// The text with `"key": value` behind the object's last member, on a line of its own. `value` is JSON text; its lines
// are indented to fit.
std::string with_member(std::string_view text, const ObjectPlace& object, std::string_view key, std::string_view value);

// The text without that member of the object, and without what stands behind it on its line.
std::string without_member(std::string_view text, const ObjectPlace& object, std::string_view key);

}  // namespace agenthub
