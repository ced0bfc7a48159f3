// Names of outcomes and the clipping of texts.
// Pure functions.

#include "activity/record.hpp"

namespace agenthub {

std::string_view to_string(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::ok: return "ok";
        case Outcome::error: return "error";
        case Outcome::tool_error: return "tool_error";
        case Outcome::failed: return "failed";
        case Outcome::cancelled: return "cancelled";
        case Outcome::refused: return "refused";
        case Outcome::overflow: return "overflow";
    }
    return "failed";
}

std::size_t clip_point(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit)
        return text.size();
    std::size_t end = limit - 3;
    // A UTF-8 sequence has at most three bytes after its first; more than that is not UTF-8, and cut anywhere.
    for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++back)
        --end;
    return end;
}

std::string stored_text(std::string_view text, std::size_t limit) {
    std::string out;
    const std::size_t end = clip_point(text, limit);
    for (const char c : text.substr(0, end)) {
        if (c == '\0')
            out += "\xEF\xBF\xBD";
        else
            out += c;
    }
    if (end < text.size())
        out += "…";
    return out;
}

}  // namespace agenthub
