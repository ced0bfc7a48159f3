// The shapes of the prototype's documentation pipeline.
// Pure functions.

#include "gateway/documentation_route.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

void add(std::string& out, std::string_view key, std::string_view text) {
    out += out == "{" ? "\"" : ",\"";
    out += key;
    out += "\":";
    append_json_string(out, text);
}

// RFC 3986 section 2.3: everything else is escaped, also '/', which would divide the value.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_word || kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        }
    }
    return out;
}

std::string_view or_null(std::string_view token) {
    return token.empty() ? "null" : token;
}

}  // namespace

std::string documentation_input(BodyReader& body) {
    std::string out = "{";
    add(out, "repo_path", body.text("repo_path", true).value_or(""));
    add(out, "project_name", body.text("project_name", true).value_or(""));
    if (const auto vault = body.text("vault_path", false))
        add(out, "vault_path", *vault);
    out += body.truth("include_structure").value_or(true) ? R"(,"include_structure":true})"
                                                          : R"(,"include_structure":false})";
    return out;
}

std::string documentation_reply(std::string_view report) {
    const std::string_view output = mcp::member(report, "output");
    const std::string_view path = mcp::member(output, "output_path");
    const std::string_view why = mcp::member(mcp::member(report, "error"), "message");
    std::string url(or_null(mcp::member(output, "obsidian_url")));
    if (url == "null" && path.starts_with('"')) {
        url.clear();
        append_json_string(url, "obsidian://open?path=" + percent_encoded(mcp::unescape(path)));
    }
    std::string out = R"({"status":)";
    out += or_null(mcp::member(report, "status"));
    out += R"(,"output_path":)";
    out += or_null(path);
    out += R"(,"obsidian_url":)" + url + R"(,"content_length":)";
    out += or_null(mcp::member(output, "content_length"));
    out += R"(,"error":)";
    out += or_null(why);
    return out + "}";
}

}  // namespace agenthub
