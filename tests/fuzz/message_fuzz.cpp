// Message::parse and parse_batch against nlohmann::json, which knows the same grammar by other means: what one of them
// takes the other takes, every span is the member it claims to be, and splicing changes nothing else.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "bridge/oversize_line.hpp"
#include "mcp/era_request.hpp"
#include "mcp/era_result.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/message.hpp"

namespace agenthub::mcp {
namespace {

using nlohmann::json;

void check(bool promise, const char* what, std::string_view text) {
    if (promise)
        return;
    std::cerr << "broken promise: " << what << "\ntext: " << text << "\n";
    std::abort();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The text as nlohmann can hold it, valid exactly when the text is. Two things are valid JSON (RFC 8259 sections 6
// and 8.2) and pass through AgentHub as they are, but are refused there: numbers beyond a double's range, and escapes
// of lone surrogates. So outside of strings only the first two digits of each run are kept, and inside of them every
// escape of a surrogate becomes one of "A". max_depth: how deep the containers nest.
std::string reduced(std::string_view text, std::size_t& max_depth) {
    std::string out;
    bool in_string = false;
    std::size_t depth = 0;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        digits = !in_string && is_digit(c) ? digits + 1 : 0;
        if (digits > 2)
            continue;
        out += c;
        if (in_string && c == '\\' && i + 1 < text.size()) {
            out += text[++i];
            const bool surrogate = text[i] == 'u' && i + 4 < text.size() &&
                                   (text[i + 1] == 'd' || text[i + 1] == 'D') && text[i + 2] >= '8' &&
                                   std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0 &&
                                   std::isxdigit(static_cast<unsigned char>(text[i + 3])) != 0 &&
                                   std::isxdigit(static_cast<unsigned char>(text[i + 4])) != 0;
            if (surrogate) {
                out += "0041";
                i += 4;
            }
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '{' || c == '[')) {
            max_depth = std::max(max_depth, ++depth);
        } else if (!in_string && (c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return out;
}

json tree_of(std::string_view text) {
    std::size_t depth = 0;
    return json::parse(reduced(text, depth), nullptr, false);
}

// nlohmann's opinion of a whole text. It skips a byte order mark and takes a zero byte for the end; neither is JSON.
bool is_json(std::string_view text) {
    std::size_t depth = 0;
    const std::string plain = reduced(text, depth);
    return !text.starts_with("\xEF\xBB\xBF") && text.find('\0') == std::string_view::npos && json::accept(plain) &&
           depth <= kMaxDepth;
}

std::string on_one_line(std::string text) {
    for (char& c : text)
        if (c == '\n' || c == '\r')
            c = ' ';
    return text;
}

// The member at `path` in the tree is what the message shows as `shown`.
void check_member(const Message& m, const json& tree, std::initializer_list<const char*> path, std::string_view shown) {
    const json* at = &tree;
    for (const char* key : path) {
        const auto it = at->is_object() ? at->find(key) : at->end();
        if (!at->is_object() || it == at->end()) {
            check(shown.empty(), "a member is shown that is not there", m.text());
            return;
        }
        at = &*it;
    }
    check(!shown.empty(), "a member is not shown", m.text());
    check(tree_of(shown) == *at, "a member is shown with other contents", m.text());
}

void check_members(const Message& m, const json& tree) {
    check(tree.is_object() && tree.value("jsonrpc", json()) == "2.0", "it is no JSON-RPC 2.0 message", m.text());
    if (tree.contains("id") && tree["id"].is_null())
        check(m.is_reply() && m.id().empty(), "an id of null", m.text());
    else
        check_member(m, tree, {"id"}, m.id());
    check_member(m, tree, {"params"}, m.params());
    check_member(m, tree, {"result"}, m.result_member());
    check_member(m, tree, {"error"}, m.error_member());
    check_member(m, tree, {"params", "name"}, m.name());
    check_member(m, tree, {"params", "uri"}, m.uri());
    check_member(m, tree, {"params", "requestId"}, m.request_id());
    check_member(m, tree, {"params", "progress"}, m.progress());
    check_member(m, tree, {"params", "level"}, m.level());
    if (m.kind() == Kind::request && !m.progress_token().empty())
        check_member(m, tree, {"params", "_meta", "progressToken"}, m.progress_token());
    if (m.kind() == Kind::notification && !m.progress_token().empty())
        check_member(m, tree, {"params", "progressToken"}, m.progress_token());
    const bool has_method = tree.contains("method");
    check(has_method == !m.is_reply(), "the kind", m.text());
    check(has_method || m.method().empty(), "a method that is not there", m.text());
    if (has_method && m.text().find("\\u") == std::string::npos)
        check(tree["method"].get<std::string>() == m.method(), "the method", m.text());
    if (m.is_reply())
        check(m.kind() == (tree.contains("result") ? Kind::response : Kind::error), "the kind of reply", m.text());
    const json result = tree.value("result", json());
    check(m.tool_error() == (result.is_object() && result.value("isError", json()) == true), "the tool's error",
          m.text());
}

void check_same_but_id(const Message& m, const Message& other, std::string_view id) {
    check(other.id() == id, "the new id", other.text());
    check(other.kind() == m.kind() && other.method() == m.method() && other.params() == m.params() &&
              other.result_member() == m.result_member() && other.error_member() == m.error_member() &&
              other.name() == m.name() && other.uri() == m.uri() && other.request_id() == m.request_id() &&
              other.progress_token() == m.progress_token() && other.progress() == m.progress() &&
              other.level() == m.level() && other.tool_error() == m.tool_error() &&
              other.error_code() == m.error_code(),
          "a new id changed something else", other.text());
}

void check_splicing(const Message& m) {
    for (const std::string_view id : {std::string_view("42"), std::string_view(R"("client's \"own\"")")}) {
        if (m.id().empty())
            continue;
        std::string text;
        m.append_with_id(text, id);
        check(text.size() == m.text().size() - m.id().size() + id.size(), "the size after a new id", text);
        const auto other = Message::parse(text);
        check(other.has_value(), "a message with a new id is refused", text);
        check_same_but_id(m, *other, id);
        std::string back;
        other->append_with_id(back, m.id());
        check(back == m.text(), "the old id does not restore the text", back);
    }
    if (m.progress_token().empty() || m.id().empty())
        return;
    std::string text;
    m.append_patched(text, {{m.progress_token_span(), "77"}, {m.id_span(), "42"}});
    const auto other = Message::parse(text);
    check(other.has_value() && other->id() == "42" && other->progress_token() == "77", "a new id and token", text);
}

Message patched(const Message& m, const PatchList& patches) {
    std::string text;
    m.append_patched(text, patches);
    auto other = Message::parse(text);
    check(other.has_value(), "a message carried to the other era is refused", text);
    check(other->text() == text && other->id() == m.id() && other->kind() == m.kind() &&
              other->method() == m.method() && other->name() == m.name() &&
              other->progress_token() == m.progress_token(),
          "carrying a message to the other era changed something else", text);
    return std::move(*other);
}

// Members of the modern era put in and taken out again: the tree is as it was without them.
void check_eras(const Message& m) {
    PatchList cut;
    PatchList put;
    std::string scratch;
    if (m.kind() == Kind::request) {
        strip_modern_meta(m, cut);
        const Message bare = patched(m, cut);
        check(bare.meta(MetaKey::protocol_version).empty() && bare.meta(MetaKey::client_info).empty() &&
                  bare.meta(MetaKey::client_capabilities).empty() && bare.meta(MetaKey::log_level).empty(),
              "a member of the modern era is left", bare.text());
        put_modern_meta(m, modern_meta("{}", "{}", "info"), put, scratch);
        check(patched(m, put).meta(MetaKey::protocol_version) == "\"2026-07-28\"", "the version put in", m.text());
    } else if (m.kind() == Kind::response) {
        reduce_result(m, cut);
        const Message bare = patched(m, cut);
        complete_result(bare, {true, 5, true, "{}"}, put, scratch);
        const Message whole = patched(bare, put);
        const bool object = m.result_member().front() == '{';
        check(object == !whole.result_type().empty(), "the type of a result", whole.text());
        check(!object || whole.result_meta().find("serverInfo") != std::string_view::npos, "who sent it", whole.text());
    }
}

void check_message(const std::string& text) {
    const auto parsed = Message::parse(text);
    const auto guessed = id_of_oversize_line(text, text);
    if (!parsed) {
        check((parsed.error().code == errc::parse_error) == !is_json(text), parsed.error().message.c_str(), text);
        return;
    }
    const Message& m = *parsed;
    check(is_json(text), "it is no JSON", text);
    check(m.text() == on_one_line(text), "the text was changed", m.text());
    check_members(m, tree_of(m.text()));
    check_splicing(m);
    check_eras(m);
    if (guessed)
        check(m.is_reply() && m.id() == std::to_string(*guessed), "the id guessed from the ends of the line", m.text());
}

void check_batch(const std::string& text) {
    const auto batch = parse_batch(text);
    if (!batch && batch.error().code == errc::parse_error) {
        check(!is_json(text), batch.error().message.c_str(), text);
        return;
    }
    check(is_json(text), "it is no JSON", text);
    const std::size_t size = tree_of(text).size();
    check(batch.has_value() == (size > 0 && size <= kMaxBatch), "the size of a batch", text);
    check(!batch || batch->size() == size, "the number of messages in a batch", text);
}

}  // namespace
}  // namespace agenthub::mcp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    agenthub::mcp::check_message(text);
    if (agenthub::mcp::looks_like_batch(text))
        agenthub::mcp::check_batch(text);
    return 0;
}
