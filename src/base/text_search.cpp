// The tables of the search, and the walk over a text.
// A value; immutable once made.

#include "base/text_search.hpp"

#include <algorithm>

namespace agenthub {
namespace {

constexpr std::size_t kWidest = 64;  // beyond it a longer window gains nothing

}  // namespace

std::size_t TextSearch::hash(const char* block) noexcept {
    const auto byte = [block](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(block[i])}; };
    return ((byte(0) | byte(1) << 8 | byte(2) << 16) * 2654435761u) >> 20;
}

TextSearch::TextSearch(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {
    std::erase_if(patterns_, [](const std::string& pattern) { return pattern.size() < kShortest; });
    if (patterns_.empty())
        return;
    window_ = kWidest;
    for (const std::string& pattern : patterns_)
        window_ = std::min(window_, pattern.size());
    shift_.fill(static_cast<std::uint8_t>(window_ - kBlock + 1));
    for (std::size_t n = 0; n < patterns_.size(); ++n) {
        for (std::size_t at = 0; at + kBlock <= window_; ++at) {
            std::uint8_t& shift = shift_[hash(patterns_[n].data() + at)];
            shift = std::min(shift, static_cast<std::uint8_t>(window_ - kBlock - at));
        }
        candidates_.emplace_back(hash(patterns_[n].data() + window_ - kBlock), n);
    }
    std::sort(candidates_.begin(), candidates_.end());
}

// 0: none of the candidates stands at the beginning of `text`.
std::size_t TextSearch::longest_at(std::string_view text, std::size_t hash) const {
    std::size_t longest = 0;
    auto candidate = std::lower_bound(candidates_.begin(), candidates_.end(), std::pair(hash, std::size_t{0}));
    for (; candidate != candidates_.end() && candidate->first == hash; ++candidate) {
        const std::string& pattern = patterns_[candidate->second];
        if (pattern.size() > longest && text.starts_with(pattern))
            longest = pattern.size();
    }
    return longest;
}

void TextSearch::find(std::string_view text, std::vector<TextRange>& out) const {
    if (patterns_.empty())
        return;
    for (std::size_t end = window_; end <= text.size();) {
        const std::size_t block = hash(text.data() + end - kBlock);
        if (shift_[block] != 0) {
            end += shift_[block];
            continue;
        }
        const std::size_t begin = end - window_;
        if (const std::size_t length = longest_at(text.substr(begin), block); length != 0)
            out.push_back({begin, begin + length});
        ++end;
    }
}

}  // namespace agenthub
