// Where things stand in JSON as editors take it: with comments, and commas after the last element.
// Pure; the results are places in the text that was given.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace agenthub {

// A member of an object, or an element of a list.
struct JsoncItem {
    std::size_t begin = 0;  // of the key, or of the element
    std::string key;        // escapes resolved; empty in a list
    std::size_t value = 0;  // where the value begins
    std::size_t end = 0;    // behind the value
    std::optional<std::size_t> comma;
};

struct JsoncContainer {
    std::size_t open = 0;   // the place of its bracket
    std::size_t close = 0;  // and of the closing one
    bool is_list = false;
    std::vector<JsoncItem> items;

    // The last item of that key, as nearly every parser has it; nullptr when there is none.
    const JsoncItem* find(std::string_view key) const noexcept;
};

// Checks the whole text, which must be one object, and returns that. errc::invalid_config says what is wrong, and in
// which line.
result<JsoncContainer> scan_jsonc(std::string_view text);

// The object or list that begins at `at` of a text that has been checked; nullopt when something else does.
std::optional<JsoncContainer> jsonc_container_at(std::string_view text, std::size_t at);

// Behind blanks and comments that begin at `at`; with `one_line` not beyond the end of the line.
std::size_t skip_jsonc_blanks(std::string_view text, std::size_t at, bool one_line = false);

}  // namespace agenthub
