// Comparing a header with the one before it.
// Pure.

#include "gateway/repeated_header.hpp"

#include "base/text.hpp"

namespace agenthub {
namespace {

// Longer ones are rare, and each connection keeps one.
constexpr std::size_t kMaxHeader = 2 * 1024;
// More digits belong to no body that has come together with its header.
constexpr std::size_t kMaxDigits = 7;
constexpr std::string_view kLength = "content-length";

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::size_t count_digits(std::string_view text) noexcept {
    std::size_t n = 0;
    while (n < text.size() && n <= kMaxDigits && is_digit(text[n]))
        ++n;
    return n;
}

// The fields that change how a request is framed or answered before its body.
bool is_special(std::string_view name) {
    return iequals(name, "transfer-encoding") || iequals(name, "expect") || iequals(name, "upgrade") ||
           iequals(name, "trailer");
}

}  // namespace

void RepeatedHeader::keep(std::string_view header) {
    forget();
    if (header.size() > kMaxHeader || !header.ends_with("\r\n\r\n"))
        return;
    before_ = 0;
    digits_ = 0;
    for (std::size_t line = header.find("\r\n") + 2; line + 2 < header.size();) {
        const std::size_t end = header.find("\r\n", line);
        const std::size_t colon = header.find(':', line);
        const bool folded = header[line] == ' ' || header[line] == '\t';
        if (folded || colon > end || is_special(header.substr(line, colon - line)))
            return;
        if (iequals(header.substr(line, colon - line), kLength)) {
            const std::size_t value = header.find_first_not_of(" \t", colon + 1);
            const std::size_t digits = count_digits(header.substr(value));
            const bool plain = digits > 0 && digits <= kMaxDigits && value + digits == end;
            if (digits_ != 0 || !plain)
                return;
            before_ = value;
            digits_ = digits;
        }
        line = end + 2;
    }
    header_ = header;
}

std::optional<RepeatedHeader::Match> RepeatedHeader::match(std::string_view bytes) const noexcept {
    const std::string_view header = header_;
    if (header.empty() || !bytes.starts_with(header.substr(0, before_)))
        return std::nullopt;
    Match found;
    const std::size_t digits = digits_ == 0 ? 0 : count_digits(bytes.substr(before_));
    if ((digits_ != 0 && digits == 0) || digits > kMaxDigits)
        return std::nullopt;
    for (const char digit : bytes.substr(before_, digits))
        found.body_bytes = found.body_bytes * 10 + static_cast<std::size_t>(digit - '0');
    const std::string_view rest = header.substr(before_ + digits_);
    if (!bytes.substr(before_ + digits).starts_with(rest))
        return std::nullopt;
    found.header_bytes = before_ + digits + rest.size();
    if (bytes.size() < found.header_bytes + found.body_bytes)
        return std::nullopt;
    return found;
}

}  // namespace agenthub
