// Reading and rewriting the result of `initialize`.
// Pure functions.

#include "bridge/server_info.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

using mcp::member;

// capabilities.<feature>.<name> is true.
bool flag(std::string_view capabilities, std::string_view feature, std::string_view name) {
    return member(member(capabilities, feature), name) == "true";
}

// What of the server's capabilities its clients may use. Tasks of a shared server would be listed to every client
// (2025-11-25 tasks/list knows no owner).
std::string shared_capabilities(std::string_view capabilities) {
    if (member(capabilities, "tasks").empty())
        return std::string(capabilities);
    return mcp::without_members(capabilities, {"tasks"});
}

}  // namespace

result<ServerInfo> read_server_info(std::string_view initialize_result) {
    if (!initialize_result.starts_with('{'))
        return Error(errc::start_refused, "the result of initialize is not an object");
    const std::string_view version = member(initialize_result, "protocolVersion");
    if (!version.starts_with('"'))
        return Error(errc::start_refused, "the result of initialize has no protocolVersion");
    ServerInfo info;
    info.protocol_version = mcp::unescape(version);
    if (const auto text = member(initialize_result, "capabilities"); text.starts_with('{')) {
        info.capabilities = shared_capabilities(text);
        info.has_tools = !member(text, "tools").empty();
        info.has_prompts = !member(text, "prompts").empty();
        info.has_resources = !member(text, "resources").empty();
        info.has_logging = !member(text, "logging").empty();
        info.can_subscribe = flag(text, "resources", "subscribe");
        info.tools_change = flag(text, "tools", "listChanged");
        info.prompts_change = flag(text, "prompts", "listChanged");
        info.resources_change = flag(text, "resources", "listChanged");
    }
    if (const auto text = member(initialize_result, "serverInfo"); text.starts_with('{'))
        info.server_info = text;
    if (const auto text = member(initialize_result, "instructions"); text.starts_with('"'))
        info.instructions = text;
    return info;
}

std::string initialize_result_for(const ServerInfo& info, std::string_view version) {
    std::string out = R"({"protocolVersion":)";
    append_json_string(out, version);
    out += R"(,"capabilities":)" + info.capabilities;
    out += R"(,"serverInfo":)" + info.server_info;
    if (!info.instructions.empty())
        out += R"(,"instructions":)" + info.instructions;
    out += '}';
    return out;
}

}  // namespace agenthub
