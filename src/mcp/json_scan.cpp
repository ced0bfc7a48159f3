// The structural index (simdjson's first stage) and the grammar walk over it.
// One scanner per thread.

#include "mcp/json_scan.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bitset>

#include "mcp/json_text.hpp"

namespace agenthub::mcp {
namespace {

// Below this the index buffer is kept between messages (4 bytes per byte of text).
constexpr std::size_t kKeptCapacity = 64 * 1024;

std::string_view reason_of(simdjson::error_code code) noexcept {
    switch (code) {
        case simdjson::EMPTY: return "the text is empty";
        case simdjson::UTF8_ERROR: return "it is not valid UTF-8";
        case simdjson::UNCLOSED_STRING: return "a string is not closed";
        case simdjson::UNESCAPED_CHARS: return "a string contains an unescaped control character";
        default: return simdjson::error_message(code);
    }
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

struct JsonScanner::Impl {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;

    bool reserve(std::size_t capacity) {
        if (stage == nullptr)
            return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stage) ==
                   simdjson::SUCCESS;
        return stage->capacity() >= capacity || stage->allocate(capacity, 1) == simdjson::SUCCESS;
    }
};

JsonScanner::JsonScanner() : impl_(std::make_unique<Impl>()) {}
JsonScanner::~JsonScanner() = default;

result<void> JsonScanner::index(std::string_view text) {
    if (text.size() >= UINT32_MAX)
        return Error(errc::too_large, "a JSON text of 4 GiB or more cannot be handled");
    if (!impl_->reserve(std::max(text.size(), std::size_t{4096})))
        return Error(errc::too_large, "there is not enough memory to read a JSON text of this size");
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto code = impl_->stage->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
    if (code != simdjson::SUCCESS)
        return Error(errc::parse_error, "not valid JSON: " + std::string(reason_of(code)));
    return {};
}

const std::uint32_t* JsonScanner::positions() const noexcept {
    return impl_->stage->structural_indexes.get();
}

std::size_t JsonScanner::count() const noexcept {
    return impl_->stage->n_structural_indexes;
}

void JsonScanner::shrink() {
    if (impl_->stage != nullptr && impl_->stage->capacity() > kKeptCapacity)
        impl_->stage.reset();
}

// From the start of the present token to the last byte before the next one that is not white space.
Span JsonCursor::token() const noexcept {
    const std::uint32_t begin = *at_;
    std::uint32_t end = at_ + 1 == end_ ? static_cast<std::uint32_t>(text_.size()) : at_[1];
    while (end > begin && is_space(text_[end - 1]))
        --end;
    return {begin, end};
}

bool JsonCursor::take_string(Span& out) noexcept {
    if (peek() != '"')
        return false;
    out = token();
    if (!is_json_string(out.of(text_)))
        return false;
    ++at_;
    return true;
}

bool JsonCursor::take_scalar(Span& out) noexcept {
    if (peek() == '"')
        return take_string(out);
    if (at_end())
        return false;
    out = token();
    if (!is_json_scalar(out.of(text_)))
        return false;
    ++at_;
    return true;
}

bool JsonCursor::skip_value(Span& out) noexcept {
    const char c = peek();
    return c == '{' || c == '[' ? skip_container(out) : take_scalar(out);
}

// Iterative, so that depth costs no stack: one bit per open container tells object from array.
bool JsonCursor::skip_container(Span& out) noexcept {
    std::bitset<kMaxDepth> is_object;
    std::size_t depth = 0;
    Span ignored;
    out.begin = *at_;
    for (;;) {
        // Here a value is due.
        const char c = peek();
        const bool opens = c == '{' || c == '[';
        if (opens) {
            if (depth == kMaxDepth)
                return false;
            is_object[depth++] = c == '{';
            ++at_;
        } else if (!take_scalar(ignored)) {
            return false;
        }
        // Close whatever ends here; the first thing inside a container may be its end.
        bool fresh = opens;
        for (;;) {
            const char close = is_object[depth - 1] ? '}' : ']';
            if (peek() != close)
                break;
            out.end = *at_ + 1;
            ++at_;
            if (--depth == 0)
                return true;
            fresh = false;
        }
        if (!fresh && !take(','))
            return false;
        if (is_object[depth - 1] && (!take_string(ignored) || !take(':')))
            return false;
    }
}

}  // namespace agenthub::mcp
