// Errors between the eras.
// Pure functions.

#include "mcp/era_error.hpp"

#include "mcp/json_members.hpp"
#include "mcp/names.hpp"

namespace agenthub::mcp {
namespace {

// As make_error, with the message as the server wrote it.
std::string error_text(std::string_view id, int code, std::string_view message, std::string_view data) {
    std::string out = R"({"jsonrpc":"2.0","id":)";
    out.append(id.empty() ? std::string_view("null") : id);
    out.append(R"(,"error":{"code":)").append(std::to_string(code)).append(R"(,"message":)");
    out.append(!message.empty() && message.front() == '"' ? message
                                                          : std::string_view(R"("the server gave no reason")"));
    if (!data.empty())
        out.append(R"(,"data":)").append(data);
    return out.append("}}");
}

std::string with_code(const Message& reply, int code, std::string_view data) {
    return error_text(reply.id(), code, member(reply.error_member(), "message"), data);
}

}  // namespace

std::optional<std::string> error_for_modern(const Message& reply, const Message& request) {
    const bool missing = reply.error_code() == code::resource_not_found;
    // Some servers have always used the modern code for it, but say nothing more.
    const bool bare = reply.error_code() == code::invalid_params && request.method() == method::resources_read &&
                      member(reply.error_member(), "data").empty();
    if (!missing && (!bare || request.uri().empty()))
        return std::nullopt;
    if (request.uri().empty())
        return with_code(reply, code::invalid_params, member(reply.error_member(), "data"));
    return with_code(reply, code::invalid_params, R"({"uri":)" + std::string(request.uri()) + "}");
}

std::optional<std::string> error_for_legacy(const Message& reply, const Message& request) {
    const int is = reply.error_code();
    if (is <= code::first_modern && is >= code::last_modern && is != code::url_elicitation_required)
        return with_code(reply, code::internal_error, member(reply.error_member(), "data"));
    if (is != code::invalid_params || request.method() != method::resources_read)
        return std::nullopt;
    const std::string_view data = member(reply.error_member(), "data");
    if (member(data, "uri").empty())
        return std::nullopt;
    return with_code(reply, code::resource_not_found, data);
}

}  // namespace agenthub::mcp
