// Values that a modern client repeats in header fields (protocol revision 2026-07-28, basic/transports/streamable-http,
// "Value Encoding").
// Pure functions.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agenthub::mcp {

// The header fields of one HTTP request. Names in any case.
class HeaderSource {
public:
    virtual ~HeaderSource() = default;
    virtual bool has(std::string_view name) const = 0;
    // As it was sent; empty when absent. Repeated fields are one, joined by ", " (RFC 9110 section 5.3).
    virtual std::string_view value(std::string_view name) const = 0;
};

// What the field's value stands for: without outer blanks, and decoded where it is wrapped as "=?base64?...?=". nullopt
// for bytes that are not printable ASCII, and for a wrapped text that is not base64 of UTF-8.
std::optional<std::string> decode_header_value(std::string_view value);

// As a field's value: as it is, or wrapped where it is not printable ASCII without outer blanks, is empty, or would be
// taken for wrapped. `plain` is UTF-8.
std::string encode_header_value(std::string_view plain);

}  // namespace agenthub::mcp
