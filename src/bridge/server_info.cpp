// Reading and rewriting the result of `initialize`.
// Pure functions.

#include "bridge/server_info.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/revision.hpp"

namespace agenthub {
namespace {

using mcp::member;

// capabilities.<feature>.<name> is true.
bool flag(std::string_view capabilities, std::string_view feature, std::string_view name) {
    return member(member(capabilities, feature), name) == "true";
}

void take_capabilities(std::string_view text, ServerInfo& info) {
    if (!text.starts_with('{'))
        return;
    info.capabilities = text;
    info.has_tools = !member(text, "tools").empty();
    info.has_prompts = !member(text, "prompts").empty();
    info.has_resources = !member(text, "resources").empty();
    info.has_logging = !member(text, "logging").empty();
    info.can_subscribe = flag(text, "resources", "subscribe");
    info.tools_change = flag(text, "tools", "listChanged");
    info.prompts_change = flag(text, "prompts", "listChanged");
    info.resources_change = flag(text, "resources", "listChanged");
}

}  // namespace

std::string shared_capabilities(std::string_view capabilities) {
    if (member(capabilities, "tasks").empty())
        return std::string(capabilities);
    return mcp::without_members(capabilities, {"tasks"});
}

result<ServerInfo> read_discover_result(std::string_view discover_result) {
    if (!discover_result.starts_with('{'))
        return Error(errc::start_refused, "the result of server/discover is not an object");
    ServerInfo info;
    info.protocol_version = mcp::traits(mcp::Revision::r2026_07_28).name;
    info.modern = true;
    take_capabilities(member(discover_result, "capabilities"), info);
    if (const auto text = member(member(discover_result, "_meta"), mcp::meta::server_info); text.starts_with('{'))
        info.server_info = text;
    if (const auto text = member(discover_result, "instructions"); text.starts_with('"'))
        info.instructions = text;
    return info;
}

result<ServerInfo> read_server_info(std::string_view initialize_result) {
    if (!initialize_result.starts_with('{'))
        return Error(errc::start_refused, "the result of initialize is not an object");
    const std::string_view version = member(initialize_result, "protocolVersion");
    if (!version.starts_with('"'))
        return Error(errc::start_refused, "the result of initialize has no protocolVersion");
    ServerInfo info;
    info.protocol_version = mcp::unescape(version);
    const auto revision = mcp::revision_of(info.protocol_version);
    info.modern = revision && !mcp::traits(*revision).legacy;
    take_capabilities(member(initialize_result, "capabilities"), info);
    if (const auto text = member(initialize_result, "serverInfo"); text.starts_with('{'))
        info.server_info = text;
    if (const auto text = member(initialize_result, "instructions"); text.starts_with('"'))
        info.instructions = text;
    return info;
}

bool has_tasks(const ServerInfo& info) {
    return info.modern && !member(member(info.capabilities, "extensions"), mcp::meta::tasks_extension).empty();
}

std::string initialize_result_for(const ServerInfo& info, std::string_view version) {
    std::string out = R"({"protocolVersion":)";
    append_json_string(out, version);
    // Extensions are negotiated with each request of the modern era; here nobody could use them.
    out += R"(,"capabilities":)";
    out += info.modern ? mcp::without_members(info.capabilities, {"extensions"}) : info.capabilities;
    out += R"(,"serverInfo":)" + info.server_info;
    if (!info.instructions.empty())
        out += R"(,"instructions":)" + info.instructions;
    out += '}';
    return out;
}

}  // namespace agenthub
