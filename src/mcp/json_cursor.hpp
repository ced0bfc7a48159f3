// A walk over the structure of an indexed JSON text: checks the grammar on the way and yields the spans of values.
// Lives for one text; borrows it and the scanner's index.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mcp/json_scan.hpp"
#include "mcp/span.hpp"

namespace agenthub::mcp {

// Nesting beyond this is refused: no MCP message needs it, and many parsers behind us recurse.
inline constexpr std::size_t kMaxDepth = 512;

// The grammar is RFC 8259's. Every take_/skip_ function returns false once anything was wrong, and must not be followed
// by another; position() then tells where.
class JsonCursor {
public:
    JsonCursor(std::string_view text, const JsonScanner& scanner) noexcept;

    // The character that starts the next token, 0 at the end.
    char peek() const noexcept { return at_ == end_ ? '\0' : text_[*at_]; }
    bool at_end() const noexcept { return at_ == end_; }
    std::size_t position() const noexcept { return at_ == end_ ? text_.size() : *at_; }

    // Takes one expected structural character: { } [ ] : ,
    bool take(char c) noexcept {
        if (peek() != c)
            return false;
        ++at_;
        return true;
    }

    // Takes a string token; the span includes its quotes.
    bool take_string(Span& out) noexcept;
    // The string taken last has escapes in it.
    bool escaped() const noexcept { return escaped_; }

    // Takes any value whole, nested ones included.
    bool skip_value(Span& out) noexcept;

    // Walks an object: member(key span with quotes) must take the member's value and return success.
    template <class Member>
    bool walk_object(Member&& member) {
        if (depth_ == kMaxDepth || !take('{'))
            return false;
        if (take('}'))
            return true;
        ++depth_;
        for (;;) {
            Span key;
            if (!take_string(key) || !take(':') || !member(key))
                return false;
            if (take('}'))
                return leave();
            if (!take(','))
                return false;
        }
    }

    // Walks an array: element() must take one value and return success.
    template <class Element>
    bool walk_array(Element&& element) {
        if (depth_ == kMaxDepth || !take('['))
            return false;
        if (take(']'))
            return true;
        ++depth_;
        for (;;) {
            if (!element())
                return false;
            if (take(']'))
                return leave();
            if (!take(','))
                return false;
        }
    }

private:
    bool leave() noexcept {
        --depth_;
        return true;
    }
    std::size_t find_escape(std::size_t from) const noexcept;
    bool take_escapes(std::size_t end) noexcept;
    bool is_plain_scalar(std::string_view token) const noexcept;
    bool take_scalar(Span& out) noexcept;
    void skip_numbers() noexcept;
    bool skip_string() noexcept;
    bool skip_container(Span& out) noexcept;
    Span token() const noexcept;

    std::string_view text_;
    const std::uint32_t* at_;
    const std::uint32_t* end_;
    std::size_t escape_;     // where the next backslash is that no string has taken yet; npos when there is none
    std::size_t depth_ = 0;  // containers that are being walked
    bool escaped_ = false;
};

}  // namespace agenthub::mcp
