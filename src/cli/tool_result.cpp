// The result of a tool call as a person or a pipe wants it.
// Pure functions.

#include "cli/tool_result.hpp"

#include <nlohmann/json.hpp>

#include <optional>

#include "cli/json_span.hpp"

namespace agenthub {
namespace {

void append_line(std::string& out, std::string_view text) {
    out += text;
    if (!text.ends_with('\n'))
        out += '\n';
}

// The text of a text item; nullopt for any other item.
std::optional<std::string> text_of(std::string_view item) {
    const auto type = json_member(item, "type");
    const auto text = json_member(item, "text");
    if (!type || !text || nlohmann::json::parse(*type) != "text")
        return std::nullopt;
    const auto value = nlohmann::json::parse(*text);
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

}  // namespace

RenderedResult render_tool_result(std::string_view result) {
    RenderedResult out;
    bool has_text = false;
    for (const std::string_view item : json_elements(json_member(result, "content").value_or("[]"))) {
        const auto text = text_of(item);
        has_text = has_text || text.has_value();
        append_line(out.text, text ? *text : item);
    }
    const auto structured = json_member(result, "structuredContent");
    if (structured && !has_text)
        append_line(out.text, *structured);
    out.is_error = json_member(result, "isError") == "true";
    return out;
}

}  // namespace agenthub
