// CORS for MCP endpoints.
// Pure functions.

#include "gateway/cors.hpp"

#include "base/text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// Modern clients repeat arguments in header fields that only their tools' schemas name.
std::string allowed_headers(const HttpRequest& request) {
    constexpr std::string_view kParam = mcp::header::param_prefix;
    std::string allowed =
        "Content-Type, Accept, Authorization, Mcp-Session-Id, MCP-Protocol-Version, Last-Event-ID, Mcp-Method, "
        "Mcp-Name, X-Client-ID, X-Client-Name";
    std::string_view asked = request.header("Access-Control-Request-Headers");
    while (!asked.empty()) {
        const auto end = asked.find(',');
        const std::string_view name = trim(asked.substr(0, end));
        asked = end == std::string_view::npos ? std::string_view() : asked.substr(end + 1);
        if (name.size() > kParam.size() && iequals(name.substr(0, kParam.size()), kParam))
            allowed.append(", ").append(name);
    }
    return allowed;
}

}  // namespace

std::string allow_origin(const HttpRequest& request) {
    std::string lines = "Access-Control-Allow-Origin: ";
    lines += request.header("Origin");
    lines +=
        "\r\nVary: Origin\r\nAccess-Control-Expose-Headers: Mcp-Session-Id, MCP-Protocol-Version, X-Request-ID\r\n";
    return lines;
}

HttpReply preflight(const HttpRequest& request) {
    HttpReply reply;
    reply.status = 204;
    reply.headers.emplace_back("Allow", "GET, POST, DELETE, OPTIONS");
    reply.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS");
    reply.headers.emplace_back("Access-Control-Allow-Headers", allowed_headers(request));
    reply.headers.emplace_back("Access-Control-Max-Age", "600");
    return reply;
}

}  // namespace agenthub
