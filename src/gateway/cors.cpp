// CORS for the routes of clients.
// Pure functions.

#include "gateway/cors.hpp"

#include "base/text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// Of all such routes together: each says itself what it does not do.
constexpr char kMethods[] = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

bool begins_with(std::string_view name, std::string_view prefix) {
    return name.size() > prefix.size() && iequals(name.substr(0, prefix.size()), prefix);
}

// Modern clients repeat arguments in header fields that only their tools' schemas name; OpenAI's client adds what it
// runs on.
std::string allowed_headers(const HttpRequest& request) {
    std::string allowed =
        "Content-Type, Accept, Authorization, Mcp-Session-Id, MCP-Protocol-Version, Last-Event-ID, Mcp-Method, "
        "Mcp-Name, X-Client-ID, X-Client-Name, X-Enhance";
    std::string_view asked = request.header("Access-Control-Request-Headers");
    while (!asked.empty()) {
        const auto end = asked.find(',');
        const std::string_view name = trim(asked.substr(0, end));
        asked = end == std::string_view::npos ? std::string_view() : asked.substr(end + 1);
        if (begins_with(name, mcp::header::param_prefix) || begins_with(name, "x-stainless-") ||
            begins_with(name, "openai-") || iequals(name, "User-Agent") || iequals(name, "X-Enhance"))
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
    reply.headers.emplace_back("Allow", kMethods);
    reply.headers.emplace_back("Access-Control-Allow-Methods", kMethods);
    reply.headers.emplace_back("Access-Control-Allow-Headers", allowed_headers(request));
    reply.headers.emplace_back("Access-Control-Max-Age", "600");
    return reply;
}

}  // namespace agenthub
