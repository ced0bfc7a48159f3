// Reading what the prototype's clients send.
// Pure functions.

#include "gateway/compat_request.hpp"

#include <algorithm>
#include <array>

#include "mcp/json_cursor.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_scan.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// What a path may stand for. Any other is no method that its client could have meant.
constexpr std::array kMethods{
    mcp::method::initialize,     mcp::method::ping,        mcp::method::tools_list,     mcp::method::tools_call,
    mcp::method::prompts_list,   mcp::method::prompts_get, mcp::method::resources_list, mcp::method::templates_list,
    mcp::method::resources_read, mcp::method::complete,    mcp::method::set_level,      mcp::method::subscribe,
    mcp::method::unsubscribe,
};

bool is_json(std::string_view text) {
    const mcp::ScannerLease scanner;
    if (!scanner->index(text))
        return false;
    mcp::JsonCursor cursor(text, *scanner);
    mcp::Span all;
    return cursor.skip_value(all) && cursor.at_end();
}

Error invalid(std::string why) {
    return {errc::invalid_request, std::move(why)};
}

std::string_view method_of(std::string path) {
    std::replace(path.begin(), path.end(), '.', '/');
    const auto* const found = std::find(kMethods.begin(), kMethods.end(), path);
    return found == kMethods.end() ? std::string_view() : *found;
}

// The members that a message is made of, JSON texts; empty where they are absent.
struct Parts {
    std::string_view id, version, method, params;
    bool is_reply = false;
};

Parts parts_of(std::string_view object) {
    Parts parts;
    for (const mcp::JsonMember& member : mcp::members_of(object)) {
        if (mcp::spells(member.key, "id"))
            parts.id = member.value;
        else if (mcp::spells(member.key, "jsonrpc"))
            parts.version = member.value;
        else if (mcp::spells(member.key, "method"))
            parts.method = member.value;
        else if (mcp::spells(member.key, "params"))
            parts.params = member.value == "null" ? std::string_view() : member.value;
        else if (mcp::spells(member.key, "result") || mcp::spells(member.key, "error"))
            parts.is_reply = true;
    }
    return parts;
}

bool is_scalar_id(std::string_view id) {
    return id.empty() || id == "null" || id.front() == '"' || id.front() == '-' ||
           (id.front() >= '0' && id.front() <= '9');
}

result<mcp::Message> message_of(const Parts& parts, std::string_view path) {
    if (!is_scalar_id(parts.id))
        return invalid("\"id\" must be a string, a number or null");
    if (!parts.version.empty() && !mcp::spells(parts.version, "2.0"))
        return invalid("\"jsonrpc\" must be \"2.0\"");
    std::string method(method_of(std::string(path)));
    const bool by_path = parts.method.empty();
    if (by_path && (parts.is_reply || method.empty()))
        return invalid("the body has no \"method\", and the path names none; POST for instance to .../tools/list");
    if (!by_path) {
        if (parts.method.front() != '"' || parts.method.size() == 2)
            return invalid("\"method\" must be a string that is not empty");
        method = mcp::unescape(parts.method);
    }
    if (!parts.params.empty() && parts.params.front() != '{')
        return Error(errc::invalid_params, "\"params\" must be an object");
    const bool is_call = by_path || !parts.id.empty();
    // The prototype gave every request params, and servers behind it have seen no others.
    const std::string_view params = parts.params.empty() && is_call ? std::string_view("{}") : parts.params;
    return mcp::Message::parse(mcp::make_call(is_call ? "0" : "", method, params));
}

}  // namespace

CompatRequest read_compat_request(std::string_view body, std::string_view path) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = body.find_first_not_of(kBlank);
    if (begin == std::string_view::npos)
        body = "{}";
    else
        body.remove_prefix(begin);
    if (!is_json(body))
        return {{}, Error(errc::parse_error, "the body is not JSON")};
    if (body.front() != '{')
        return {{}, invalid("the body must be one JSON-RPC object; there are no batches here")};
    const Parts parts = parts_of(body);
    auto message = message_of(parts, path);
    return {is_scalar_id(parts.id) ? std::string(parts.id) : std::string(), std::move(message)};
}

std::string with_schema_properties(std::string_view result) {
    std::string tools = "[";
    bool changed = false;
    for (const std::string_view tool : mcp::elements_of(mcp::member(result, "tools"))) {
        const std::string_view schema = mcp::member(tool, "inputSchema");
        const std::string_view type = mcp::member(schema, "type");
        tools += tools.size() > 1 ? "," : "";
        if (type.empty() || !mcp::spells(type, "object") || !mcp::member(schema, "properties").empty()) {
            tools += tool;
            continue;
        }
        tools += mcp::with_member(tool, "inputSchema", mcp::with_member(schema, "properties", "{}"));
        changed = true;
    }
    tools += ']';
    return changed ? mcp::with_member(result, "tools", tools) : std::string(result);
}

}  // namespace agenthub
