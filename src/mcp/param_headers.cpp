// Checking arguments against header fields.
// Pure functions.

#include "mcp/param_headers.hpp"

#include <cmath>

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_number.hpp"
#include "mcp/json_text.hpp"
#include "mcp/schema_annotations.hpp"

namespace agenthub::mcp {
namespace {

constexpr double kSafeInteger = 9007199254740991;  // 2^53 - 1, beyond which clients written in JavaScript send no field

std::string_view argument_at(std::string_view arguments, const std::vector<std::string>& path) {
    for (const std::string& name : path)
        arguments = member(arguments, name);
    return arguments;
}

bool is_number(std::string_view text) noexcept {
    return !text.empty() && number_end(text.data(), text.data() + text.size()) == text.data() + text.size();
}

bool same_number(std::string_view a, std::string_view b) noexcept {
    if (!is_number(a) || !is_number(b))
        return false;
    const auto x = to_int64(a);
    const auto y = to_int64(b);
    if (x && y)
        return *x == *y;
    const auto p = to_double(a);
    const auto q = to_double(b);
    return p && q ? *p == *q : a == b;
}

bool is_container(std::string_view json) noexcept {
    return json.front() == '{' || json.front() == '[';
}

// A client may be unable to write the argument into a field.
bool needs_field(std::string_view argument) noexcept {
    if (is_container(argument))
        return false;
    const auto number = to_double(argument);
    return !is_number(argument) || (number && (std::abs(*number) <= kSafeInteger || std::trunc(*number) != *number));
}

bool same(std::string_view argument, std::string_view sent) {
    if (argument.front() == '"')
        return unescape(argument) == sent;
    return argument == sent || same_number(argument, sent);
}

std::optional<ModernFault> check_one(const ParamHeader& annotated, std::string_view arguments,
                                     const HeaderSource& headers) {
    const std::string_view argument = argument_at(arguments, annotated.path);
    const bool absent = argument.empty() || argument == "null";
    const std::string what = "the header " + annotated.field + " ";
    std::string name;
    for (const std::string& part : annotated.path)
        name.append(name.empty() ? "" : ".").append(part);
    name = "the argument \"" + clip(name, 120) + "\"";
    if (!headers.has(annotated.field)) {
        if (absent || !needs_field(argument))
            return std::nullopt;
        return header_fault(what + "is missing: the tool's schema demands that it repeats " + name);
    }
    if (absent)
        return header_fault(what + "is there, but " + name + " is not: leave the header out");
    const auto sent = decode_header_value(headers.value(annotated.field));
    if (!sent)
        return header_fault(what +
                            "is malformed: it must be printable ASCII, or =?base64?...?= around the base64 of "
                            "UTF-8 with its padding");
    if (same(argument, *sent))
        return std::nullopt;
    return header_fault(what + "says \"" + clip(*sent, 120) + "\", which is not " + name + ": both must be the same");
}

}  // namespace

ParamHeaders param_headers_of(std::string_view input_schema) {
    // Nearly no tool has one, and to see that costs a fraction of the walk.
    if (input_schema.find("-mcp-header") == std::string_view::npos &&
        input_schema.find("\\u") == std::string_view::npos)
        return {};
    const ScannerLease scanner;
    if (!scanner->index(input_schema))
        return {{}, Error(errc::invalid_request, "the tool's inputSchema is not valid JSON")};
    return SchemaAnnotations(input_schema, *scanner).read();
}

std::optional<ModernFault> check_param_headers(const ParamHeaders& annotated, std::string_view arguments,
                                               const HeaderSource& headers) {
    for (const ParamHeader& header : annotated.headers)
        if (auto fault = check_one(header, arguments, headers))
            return fault;
    return std::nullopt;
}

}  // namespace agenthub::mcp
