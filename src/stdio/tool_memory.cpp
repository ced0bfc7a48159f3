// Learning from tools/list.
// Pure.

#include "stdio/tool_memory.hpp"

#include <algorithm>
#include <array>

#include "mcp/header_value.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// What only reads, or leaves behind the same whether it came once or twice.
constexpr std::array kHarmless{
    mcp::method::initialize,     mcp::method::ping,        mcp::method::set_level,      mcp::method::tools_list,
    mcp::method::prompts_list,   mcp::method::prompts_get, mcp::method::resources_list, mcp::method::templates_list,
    mcp::method::resources_read, mcp::method::subscribe,   mcp::method::unsubscribe,    mcp::method::complete,
    mcp::method::discover,       mcp::method::listen,      mcp::method::tasks_get,      mcp::method::tasks_cancel};

std::string_view argument_at(std::string_view arguments, const std::vector<std::string>& path) {
    for (const std::string& name : path)
        arguments = mcp::member(arguments, name);
    return arguments;
}

}  // namespace

void ToolMemory::learn(const mcp::Message& reply) {
    for (const std::string_view text : mcp::elements_of(mcp::member(reply.result_member(), "tools"))) {
        const std::string_view name = mcp::member(text, "name");
        if (!name.starts_with('"'))
            continue;
        std::string key = mcp::unescape(name);
        if (tools_.size() >= kMaxTools && !tools_.contains(key))
            continue;
        Tool tool;
        const std::string_view hints = mcp::member(text, "annotations");
        tool.repeatable =
            mcp::member(hints, "readOnlyHint") == "true" || mcp::member(hints, "idempotentHint") == "true";
        tool.headers = mcp::param_headers_of(mcp::member(text, "inputSchema"));
        tools_.insert_or_assign(std::move(key), std::move(tool));
    }
}

const ToolMemory::Tool* ToolMemory::find(const mcp::Message& call) const {
    if (!call.name().starts_with('"'))
        return nullptr;
    const auto found = tools_.find(mcp::unescape(call.name()));
    return found == tools_.end() ? nullptr : &found->second;
}

bool ToolMemory::is_repeatable(const mcp::Message& request) const {
    if (std::find(kHarmless.begin(), kHarmless.end(), request.method()) != kHarmless.end())
        return true;
    const Tool* tool = request.method() == mcp::method::tools_call ? find(request) : nullptr;
    return tool != nullptr && tool->repeatable;
}

std::vector<std::pair<std::string, std::string>> ToolMemory::param_fields(const mcp::Message& call) const {
    std::vector<std::pair<std::string, std::string>> fields;
    const Tool* tool = find(call);
    if (tool == nullptr)
        return fields;
    const std::string_view arguments = mcp::member(call.params(), "arguments");
    for (const mcp::ParamHeader& header : tool->headers.headers) {
        const std::string_view value = argument_at(arguments, header.path);
        if (value.empty() || value == "null" || value.front() == '{' || value.front() == '[')
            continue;
        fields.emplace_back(header.field,
                            value.front() == '"' ? mcp::encode_header_value(mcp::unescape(value)) : std::string(value));
    }
    return fields;
}

}  // namespace agenthub
