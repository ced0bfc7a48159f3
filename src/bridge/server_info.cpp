// Reading and rewriting the result of `initialize`.
// Pure functions.

#include "bridge/server_info.hpp"

#include <vector>

#include "base/text.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

struct Member {
    std::string_view key, value;  // JSON texts
};

// The members of a JSON object in their order; none of any other text.
std::vector<Member> members_of(std::string_view text) {
    std::vector<Member> members;
    mcp::JsonScanner scanner;
    if (!scanner.index(text))
        return members;
    mcp::JsonCursor cursor(text, scanner);
    const bool whole = cursor.walk_object([&](mcp::Span key) {
        mcp::Span value;
        if (!cursor.skip_value(value))
            return false;
        members.push_back({key.of(text), value.of(text)});
        return true;
    });
    if (!whole || !cursor.at_end())
        members.clear();
    return members;
}

// The JSON text of one member, of the last one if there are several, as nearly every parser has it; empty when absent.
std::string_view member(std::string_view object, std::string_view name) {
    std::string_view found;
    for (const Member& candidate : members_of(object))
        if (mcp::spells(candidate.key, name))
            found = candidate.value;
    return found;
}

// capabilities.<feature>.<name> is true.
bool flag(std::string_view capabilities, std::string_view feature, std::string_view name) {
    return member(member(capabilities, feature), name) == "true";
}

// What of the server's capabilities its clients may use. Tasks of a shared server would be listed to every client
// (2025-11-25 tasks/list knows no owner).
std::string shared_capabilities(std::string_view capabilities) {
    if (member(capabilities, "tasks").empty())
        return std::string(capabilities);
    std::string out = "{";
    for (const Member& candidate : members_of(capabilities))
        if (!mcp::spells(candidate.key, "tasks"))
            out.append(out.size() > 1 ? "," : "").append(candidate.key).append(":").append(candidate.value);
    return out + "}";
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
