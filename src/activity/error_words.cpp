// Words for the full text index.
// Pure functions.

#include "activity/error_words.hpp"

namespace agenthub {
namespace {

// Letters and digits, and whatever is not ASCII: the index itself knows which of those are letters.
bool is_word(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
}

}  // namespace

std::string error_words(std::string_view text) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = at;
        while (at < text.size() && is_word(text[at]))
            ++at;
        if (at > begin) {
            out.append(out.empty() ? "\"" : " \"").append(text.substr(begin, at - begin)).append("\"");
            if (at < text.size() && text[at] == '*')
                out += '*';
        }
        ++at;
    }
    return out;
}

}  // namespace agenthub
