// Header fields.
// Pure functions.

#include "stdio/http_fields.hpp"

#include "mcp/header_value.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/revision.hpp"

namespace agenthub {
namespace {

std::string_view name_of(const mcp::Message& message) {
    const std::string_view method = message.method();
    if (method == mcp::method::tools_call || method == mcp::method::prompts_get)
        return message.name();
    if (method == mcp::method::resources_read)
        return message.uri();
    if (method == mcp::method::tasks_get || method == mcp::method::tasks_update || method == mcp::method::tasks_cancel)
        return mcp::member(message.params(), "taskId");
    return {};
}

// What cannot stand in a field is left to the daemon to refuse.
void add_plain(HttpFields& fields, std::string_view name, std::string value) {
    if (!value.empty() && mcp::encode_header_value(value) == value)
        fields.emplace_back(name, std::move(value));
}

}  // namespace

HttpFields post_fields() {
    return post_fields(HttpFields());
}

HttpFields post_fields(HttpFields more) {
    more.emplace_back("Content-Type", "application/json");
    more.emplace_back("Accept", "application/json, text/event-stream");
    return more;
}

HttpFields session_fields(std::string_view session_id, std::string_view version) {
    HttpFields fields;
    if (!session_id.empty())
        fields.emplace_back(mcp::header::session_id, session_id);
    const auto known = mcp::revision_of(version);
    if (known && mcp::traits(*known).version_header)
        fields.emplace_back(mcp::header::protocol_version, version);
    return fields;
}

HttpFields modern_fields(const mcp::Message& request, const ToolMemory& tools) {
    HttpFields fields = post_fields();
    const std::string_view version = request.meta(mcp::MetaKey::protocol_version);
    if (version.starts_with('"'))
        add_plain(fields, mcp::header::protocol_version, mcp::unescape(version));
    add_plain(fields, mcp::header::method, std::string(request.method()));
    const std::string_view name = name_of(request);
    if (name.starts_with('"'))
        fields.emplace_back(mcp::header::name, mcp::encode_header_value(mcp::unescape(name)));
    if (request.method() == mcp::method::tools_call)
        for (auto& field : tools.param_fields(request))
            fields.push_back(std::move(field));
    return fields;
}

}  // namespace agenthub
