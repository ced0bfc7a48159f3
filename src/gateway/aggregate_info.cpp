// The aggregate's words of itself.
// Pure functions.

#include "gateway/aggregate_info.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

bool any_has(const std::vector<ServerWords>& servers, std::string_view capability) {
    return std::any_of(servers.begin(), servers.end(), [capability](const ServerWords& words) {
        return mcp::member(words.capabilities, capability).starts_with('{');
    });
}

bool any_can_subscribe(const std::vector<ServerWords>& servers) {
    return std::any_of(servers.begin(), servers.end(), [](const ServerWords& words) {
        return mcp::member(mcp::member(words.capabilities, "resources"), "subscribe") == "true";
    });
}

}  // namespace

std::string aggregate_capabilities(const std::vector<ServerWords>& servers) {
    const bool open = std::any_of(servers.begin(), servers.end(),
                                  [](const ServerWords& words) { return words.capabilities.empty(); });
    std::string out = "{";
    const auto add = [&out](std::string_view name, std::string_view value) {
        out.append(out.size() > 1 ? "," : "").append("\"").append(name).append("\":").append(value);
    };
    if (open || any_has(servers, "tools"))
        add("tools", R"({"listChanged":true})");
    if (open || any_has(servers, "prompts"))
        add("prompts", R"({"listChanged":true})");
    if (open || any_has(servers, "resources"))
        add("resources",
            any_can_subscribe(servers) ? R"({"listChanged":true,"subscribe":true})" : R"({"listChanged":true})");
    for (const std::string_view plain : {"completions", "logging"})
        if (any_has(servers, plain))
            add(plain, "{}");
    if (std::any_of(servers.begin(), servers.end(), [](const ServerWords& words) { return words.has_tasks; }))
        add("extensions", R"({")" + std::string(mcp::meta::tasks_extension) + R"(":{}})");
    return out + "}";
}

std::string aggregate_instructions(const std::vector<ServerWords>& servers) {
    std::string plain;
    for (const ServerWords& words : servers) {
        const std::string text = words.instructions.starts_with('"') ? mcp::unescape(words.instructions) : "";
        if (!text.empty())
            plain.append(plain.empty() ? "" : "\n\n").append("# ").append(words.server).append("\n\n").append(text);
    }
    std::string out;
    if (!plain.empty())
        append_json_string(out, plain);
    return out;
}

}  // namespace agenthub
