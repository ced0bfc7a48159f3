// Finds many texts in one pass: what most often holds none of them must cost next to nothing.
// A value; immutable once made.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace agenthub {

// Bytes [begin, end) of a text.
struct TextRange {
    std::size_t begin, end;
    bool operator==(const TextRange&) const = default;
};

// Wu and Manber, 1994: three bytes at the end of a window as long as the shortest pattern tell how far the window may
// move on, which is several bytes wherever no pattern has those three.
class TextSearch {
public:
    static constexpr std::size_t kShortest = 3;

    TextSearch() = default;  // finds nothing
    // Patterns shorter than kShortest are left out.
    explicit TextSearch(std::vector<std::string> patterns);

    bool empty() const noexcept { return patterns_.empty(); }
    const std::vector<std::string>& patterns() const noexcept { return patterns_; }

    // Appends the place of each occurrence in the order of their beginnings; of those that begin together the longest.
    void find(std::string_view text, std::vector<TextRange>& out) const;

private:
    static constexpr std::size_t kBlock = 3;
    static constexpr std::size_t kHashes = 4096;

    static std::size_t hash(const char* block) noexcept;
    std::size_t longest_at(std::string_view text, std::size_t hash) const;

    std::vector<std::string> patterns_;
    std::size_t window_ = 0;
    std::array<std::uint8_t, kHashes> shift_{};
    // Hash of the last block of a pattern's window, and the pattern; sorted.
    std::vector<std::pair<std::size_t, std::size_t>> candidates_;
};

}  // namespace agenthub
