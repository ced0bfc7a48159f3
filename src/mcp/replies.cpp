// The few JSON-RPC messages that AgentHub writes itself.
// Pure functions.

#include "mcp/replies.hpp"

#include "base/text.hpp"

namespace agenthub::mcp {

std::string make_response(std::string_view id, std::string_view result) {
    std::string out = R"({"jsonrpc":"2.0","id":)";
    out += id;
    out += R"(,"result":)";
    out += result;
    out += '}';
    return out;
}

std::string make_error(std::string_view id, int code, std::string_view message, std::string_view data) {
    std::string out = R"({"jsonrpc":"2.0","id":)";
    out += id.empty() ? std::string_view("null") : id;
    out += R"(,"error":{"code":)";
    out += std::to_string(code);
    out += R"(,"message":)";
    append_json_string(out, message);
    if (!data.empty()) {
        out += R"(,"data":)";
        out += data;
    }
    out += "}}";
    return out;
}

std::string make_call(std::string_view id, std::string_view method, std::string_view params) {
    std::string out = R"({"jsonrpc":"2.0")";
    if (!id.empty()) {
        out += R"(,"id":)";
        out += id;
    }
    out += R"(,"method":)";
    append_json_string(out, method);
    if (!params.empty()) {
        out += R"(,"params":)";
        out += params;
    }
    out += '}';
    return out;
}

}  // namespace agenthub::mcp
