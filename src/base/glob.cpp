// Patterns with "*" and "?".
// Pure functions.

#include "base/glob.hpp"

#include <cstddef>

namespace agenthub {

bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;  // the last one taken, and how far it reaches
    std::size_t reach = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            reach = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            // Only the last star needs to give: an earlier one reaching further would find nothing new.
            p = star + 1;
            t = ++reach;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace agenthub
