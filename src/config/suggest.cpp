// "Did you mean": the known key nearest to one that is not known.
// Pure function.

#include "config/suggest.hpp"

#include <algorithm>
#include <cstddef>

namespace agenthub {
namespace {

constexpr std::size_t kMostEdits = 2;
constexpr std::size_t kLongestKey = 64;

std::string normal(std::string_view key) {
    std::string out;
    for (const char c : key)
        if (c != '_' && c != '-')
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), row by row.
std::size_t edits_between(const std::string& a, const std::string& b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest_key(std::string_view key, const std::vector<std::string>& known) {
    if (key.size() > kLongestKey)
        return std::nullopt;
    const std::string wanted = normal(key);
    std::size_t best = std::min(kMostEdits, wanted.size() / 3) + 1;
    std::optional<std::string> nearest;
    for (const std::string& candidate : known) {
        const std::size_t edits = edits_between(wanted, normal(candidate));
        if (edits < best) {
            best = edits;
            nearest = candidate;
        }
    }
    return nearest;
}

}  // namespace agenthub
