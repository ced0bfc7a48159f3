// What a legacy request's HTTP header must say.
// Pure functions.

#include "gateway/legacy_rules.hpp"

#include "base/text.hpp"
#include "gateway/error_reply.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEventStream = "text/event-stream";

// Cuts the next element of a list off; separators inside quotes do not occur in the fields read here.
std::string_view next_element(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const std::string_view element = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return element;
}

bool has_zero_quality(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string_view parameter = next_element(parameters, ';');
        if (parameter.size() < 3 || !iequals(parameter.substr(0, 2), "q="))
            continue;
        return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
    }
    return false;
}

// How closely the range names the type: 3 itself, 2 its kind, 1 anything, 0 not at all.
int closeness(std::string_view range, std::string_view type) {
    if (iequals(range, type))
        return 3;
    const auto slash = type.find('/');
    if (range.ends_with("/*") && iequals(range.substr(0, range.size() - 1), type.substr(0, slash + 1)))
        return 2;
    return range == "*/*" ? 1 : 0;
}

// The Accept field, whose list may be spread over several lines (RFC 9110 section 5.3).
std::string accept_of(const HttpRequest& request) {
    std::string out;
    const auto [first, last] = request.fields->equal_range(http::field::accept);
    for (auto it = first; it != last; ++it) {
        if (!out.empty())
            out += ',';
        out.append(it->value().data(), it->value().size());
    }
    return out;
}

}  // namespace

bool accepts(std::string_view accept, std::string_view type) {
    if (trim(accept).empty())
        return true;
    int best = 0;
    bool accepted = false;
    while (!accept.empty()) {
        std::string_view element = next_element(accept, ',');
        const std::string_view range = next_element(element, ';');
        const int close = closeness(range, type);
        if (close > best) {
            best = close;
            accepted = !has_zero_quality(element);
        }
    }
    return accepted;
}

bool is_media_type(std::string_view content_type, std::string_view type) {
    return iequals(trim(content_type.substr(0, content_type.find(';'))), type);
}

std::optional<HttpReply> refuse_media_types(const HttpRequest& request, bool answers) {
    const std::string accept = accept_of(request);
    if (request.verb == http::verb::get && !accepts(accept, kEventStream))
        return rpc_error_reply(406, mcp::code::transport_error,
                               "Not Acceptable: the client must accept text/event-stream");
    if (request.verb != http::verb::post)
        return std::nullopt;
    if (answers && (!accepts(accept, kJson) || !accepts(accept, kEventStream)))
        return rpc_error_reply(406, mcp::code::transport_error,
                               "Not Acceptable: the client must accept both application/json and text/event-stream");
    if (!is_media_type(request.header("Content-Type"), kJson))
        return rpc_error_reply(415, mcp::code::transport_error,
                               "Unsupported Media Type: the Content-Type must be application/json");
    return std::nullopt;
}

std::optional<mcp::Revision> revision_of_request(const HttpRequest& request, mcp::Revision negotiated) {
    const std::string_view version = request.header(mcp::header::protocol_version);
    if (version.empty())
        return negotiated;
    const auto revision = mcp::revision_of(version);
    return revision && mcp::traits(*revision).legacy ? revision : std::nullopt;
}

HttpReply unsupported_version_reply(const HttpRequest& request) {
    std::string text = "Bad Request: unsupported protocol version '" +
                       clip(request.header(mcp::header::protocol_version), 40) + "' (supported:";
    for (const auto& row : mcp::kRevisions)
        if (row.legacy)
            text.append(" ").append(row.name);
    return rpc_error_reply(400, mcp::code::transport_error, text + ")");
}

}  // namespace agenthub
