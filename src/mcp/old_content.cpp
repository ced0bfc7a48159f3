// Content types that a client's revision does not know yet.
// Pure functions.

#include "mcp/old_content.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub::mcp {
namespace {

bool is_string(std::string_view json) noexcept {
    return !json.empty() && json.front() == '"';
}

// A content item's type when the revision lacks it; else empty.
std::string_view newer_type(std::string_view item, const RevisionTraits& client) {
    const std::string_view type = member(item, "type");
    if (!is_string(type))
        return {};
    if (!client.audio && spells(type, "audio"))
        return "audio";
    if (!client.structured_output && spells(type, "resource_link"))
        return "resource_link";
    return {};
}

void append_field(std::string& out, std::string_view item, std::string_view name, std::string_view label) {
    const std::string_view value = member(item, name);
    if (value.empty())
        return;
    out.append(", ").append(label).append(" ");
    out += is_string(value) ? unescape(value) : std::string(value);
}

// The bytes that a base64 string stands for.
std::size_t decoded_size(std::string_view token) noexcept {
    std::string_view data = token.substr(1, token.size() - 2);
    while (data.ends_with('='))
        data.remove_suffix(1);
    return data.size() * 3 / 4;
}

std::string description(std::string_view item, std::string_view type) {
    std::string out;
    if (type == "audio") {
        out = "[audio";
        append_field(out, item, "mimeType", "type");
        if (const auto data = member(item, "data"); is_string(data))
            out.append(", ").append(std::to_string(decoded_size(data))).append(" bytes");
    } else {
        out = "[resource link";
        append_field(out, item, "name", "name");
        append_field(out, item, "title", "title");
        append_field(out, item, "uri", "uri");
        append_field(out, item, "mimeType", "type");
        append_field(out, item, "size", "size in bytes");
        append_field(out, item, "description", "description");
    }
    return out + "; this client's protocol revision has no such content]";
}

std::string as_text(std::string_view item, std::string_view type) {
    std::string out = R"({"type":"text","text":)";
    append_json_string(out, description(item, type));
    for (const std::string_view kept : {"annotations", "_meta"})
        if (const auto value = member(item, kept); !value.empty())
            out.append(",\"").append(kept).append("\":").append(value);
    return out + "}";
}

// A type may be written with escapes, but nobody does so without a backslash.
bool may_have(std::string_view result, const RevisionTraits& client) noexcept {
    return result.find("resource_link") != std::string_view::npos ||
           (!client.audio && result.find("audio") != std::string_view::npos) ||
           result.find("\\u") != std::string_view::npos;
}

// The items in the order of the text.
std::vector<std::string_view> items_of(std::string_view result) {
    std::vector<std::string_view> items = elements_of(member(result, "content"));
    for (const std::string_view message : elements_of(member(result, "messages")))
        if (const auto content = member(message, "content"); !content.empty())
            items.push_back(content);
    std::sort(items.begin(), items.end(), [](auto a, auto b) { return std::less<>()(a.data(), b.data()); });
    return items;
}

}  // namespace

std::optional<std::string> text_for_old_client(const Message& reply, Revision client) {
    const RevisionTraits& known = traits(client);
    if (known.audio && known.structured_output)
        return std::nullopt;
    if (!may_have(reply.result_member(), known))
        return std::nullopt;
    const std::string& text = reply.text();
    std::string out;
    std::size_t at = 0;
    for (const std::string_view item : items_of(reply.result_member())) {
        const auto begin = static_cast<std::size_t>(item.data() - text.data());
        const std::string_view type = newer_type(item, known);
        if (type.empty())
            continue;
        out.append(text, at, begin - at).append(as_text(item, type));
        at = begin + item.size();
    }
    if (at == 0)
        return std::nullopt;
    return out.append(text, at);
}

}  // namespace agenthub::mcp
