// The grammar walk over a structural index.
// Lives for one text.

#include "mcp/json_cursor.hpp"

#include <bitset>

#include "mcp/json_number.hpp"
#include "mcp/json_text.hpp"

namespace agenthub::mcp {
namespace {

bool is_space(char c) noexcept {
    return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

}  // namespace

JsonCursor::JsonCursor(std::string_view text, const JsonScanner& scanner) noexcept
    : text_(text), at_(scanner.positions()), end_(scanner.positions() + scanner.count()), escape_(find_escape(0)) {}

// Sought once over the whole text instead of in each string: most messages have few escapes or none.
std::size_t JsonCursor::find_escape(std::size_t from) const noexcept {
    return text_.find('\\', from);
}

// From the start of the present token to the last byte before the next one that is not white space.
Span JsonCursor::token() const noexcept {
    const std::uint32_t begin = *at_;
    std::uint32_t end = at_[1];
    while (end > begin && is_space(text_[end - 1]))
        --end;
    return {begin, end};
}

bool JsonCursor::take_string(Span& out) noexcept {
    if (peek() != '"')
        return false;
    out = token();
    if (out.size() < 2 || text_[out.end - 1] != '"')
        return false;
    escaped_ = escape_ < out.end;
    if (escaped_ && !take_escapes(out.end - 1))
        return false;
    ++at_;
    return true;
}

// Checks every escape before `end`, the closing quote of the string they stand in.
bool JsonCursor::take_escapes(std::size_t end) noexcept {
    do {
        const std::size_t length = escape_length(text_.substr(escape_, end - escape_));
        if (length == 0)
            return false;
        escape_ += length;
        if (text_[escape_] != '\\')  // two in a row are frequent
            escape_ = find_escape(escape_);
    } while (escape_ < end);
    return true;
}

// As take_string, for who does not want its span: no white space behind it and no escape in it is the rule.
bool JsonCursor::skip_string() noexcept {
    if (peek() != '"')
        return false;
    const std::uint32_t end = at_[1];
    if (text_[end - 1] == '"' && end - *at_ >= 2 && escape_ >= end) {
        ++at_;
        return true;
    }
    Span ignored;
    return take_string(ignored);
}

bool JsonCursor::take_scalar(Span& out) noexcept {
    if (peek() == '"')
        return take_string(out);
    if (at_end())
        return false;
    out = token();
    if (!is_plain_scalar(out.of(text_)))
        return false;
    ++at_;
    return true;
}

// The token is true, false, null or a number.
bool JsonCursor::is_plain_scalar(std::string_view token) const noexcept {
    const char* const begin = token.data();
    switch (*begin) {
        case 't': return token == "true";
        case 'f': return token == "false";
        case 'n': return token == "null";
        default: return number_end(begin, text_.data() + text_.size()) == begin + token.size();
    }
}

// Takes as many numbers with a comma behind them as follow without white space: the bulk of an array of numbers, which
// costs several times as much value by value.
void JsonCursor::skip_numbers() noexcept {
    const char* const text = text_.data();
    const char* const end = text + text_.size();
    const std::uint32_t* at = at_;
    while (end_ - at >= 2) {
        const char* const number = text + at[0];
        const char* const next = text + at[1];
        if (*next != ',')
            break;
        const bool is_short = end - number >= 8 && is_short_integer(number, static_cast<std::size_t>(next - number));
        if (!is_short && number_end(number, end) != next)
            break;
        at += 2;
    }
    at_ = at;
}

bool JsonCursor::skip_value(Span& out) noexcept {
    const char c = peek();
    return c == '{' || c == '[' ? skip_container(out) : take_scalar(out);
}

// Iterative, so that depth costs no stack: one bit per open container tells object from array.
bool JsonCursor::skip_container(Span& out) noexcept {
    std::bitset<kMaxDepth> outer_is_object;
    std::size_t depth = depth_;
    bool in_object = false;
    Span ignored;
    out.begin = *at_;
    for (;;) {
        // Here a value is due.
        const char c = peek();
        const bool opens = c == '{' || c == '[';
        if (opens) {
            if (depth == kMaxDepth)
                return false;
            outer_is_object[depth++] = in_object;
            in_object = c == '{';
            ++at_;
        } else if (c == '"' ? !skip_string() : !take_scalar(ignored)) {
            return false;
        }
        // Close whatever ends here; the first thing inside a container may be its end.
        bool fresh = opens;
        while (peek() == (in_object ? '}' : ']')) {
            out.end = *at_ + 1;
            ++at_;
            in_object = outer_is_object[--depth];
            if (depth == depth_)
                return true;
            fresh = false;
        }
        if (!fresh && !take(','))
            return false;
        if (!in_object)
            skip_numbers();
        else if (!skip_string() || !take(':'))
            return false;
    }
}

}  // namespace agenthub::mcp
