// Writes calls and compares answers byte by byte where bytes count.
// Pure.

#include "load/call.hpp"

#include <algorithm>

#include "load/raw_json.hpp"

namespace agenthub::load {
namespace {

constexpr std::string_view kModernMeta =
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{})";

std::string complain(std::string_view what, std::string_view wanted, std::string_view found) {
    return std::string(what) + ": wanted " + std::string(wanted.substr(0, 80)) + ", got " +
           std::string(found.substr(0, 200));
}

}  // namespace

Call::Call(const Options& options, std::int64_t session, std::int64_t sequence)
    : options_(options), id_(std::to_string(sequence)), text_(std::to_string(session) + "." + id_ + ".") {
    if (session % 2 == 0)
        id_ = '"' + id_ + '"';
    const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(options.payload, 0));
    if (text_.size() < wanted)
        text_.append(wanted - text_.size(), static_cast<char>('a' + (session + sequence) % 26));
}

// Revision 2026-07-28, "Streamable HTTP": what routers need stands in header fields, too.
std::string Call::fields() const {
    if (!options_.modern)
        return {};
    return "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: " + options_.tool + "\r\n";
}

std::string Call::body() const {
    std::string out = R"({"jsonrpc":"2.0","id":)";
    out += id_;
    out += R"(,"method":"tools/call","params":{"name":")";
    out += options_.tool;
    out += R"(","arguments":)";
    out += options_.arguments ? *options_.arguments : arguments();
    if (options_.modern || options_.sse)
        out += R"(,"_meta":{)";
    if (options_.modern)
        out += kModernMeta;
    if (options_.sse)
        out += (options_.modern ? R"(,"progressToken":)" : R"("progressToken":)") + id_;
    out += options_.modern || options_.sse ? "}}}" : "}}";
    return out;
}

std::string Call::arguments() const {
    std::string out = R"({"text":")" + text_ + '"';
    if (options_.ms >= 0)
        out += R"(,"ms":)" + std::to_string(options_.ms);
    if (options_.bytes >= 0)
        out += R"(,"bytes":)" + std::to_string(options_.bytes);
    return out += '}';
}

std::string Call::check(int status, std::string_view body, bool is_stream) const {
    if (status != 200)
        return complain("HTTP status", "200", std::to_string(status) + " " + std::string(body));
    if (is_stream)
        return check_stream(body);
    if (options_.sse)
        return complain("reply", "an event stream with progress", body);
    return check_message(body);
}

std::string Call::check_message(std::string_view message) const {
    std::string_view id;
    std::string_view result;
    for_each_member(message, [&](std::string_view name, std::string_view value) {
        if (name == "id")
            id = value;
        else if (name == "result")
            result = value;
        return true;
    });
    if (id != id_)
        return complain("id", id_, message);
    if (!options_.arguments)
        return check_text(message, result);
    const bool fine = !result.empty() && raw_member(result, "isError") != "true";
    return fine ? std::string() : complain("result", "one without an error", message);
}

std::string Call::check_text(std::string_view message, std::string_view result) const {
    const std::string_view content = raw_first_element(raw_member(result, "content"));
    const std::string_view quoted = raw_member(content, "text");
    if (quoted.size() < 2)
        return complain("result", "a text", message);
    const std::string_view text = quoted.substr(1, quoted.size() - 2);
    const auto size = std::max(text_.size(), static_cast<std::size_t>(std::max<std::int64_t>(options_.bytes, 0)));
    const bool right = text.size() == size && text.starts_with(text_) &&
                       text.find_first_not_of('x', text_.size()) == std::string_view::npos;
    return right ? std::string() : complain("text", text_, message);
}

std::string Call::check_stream(std::string_view body) const {
    int progress = 0;
    int answers = 0;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        std::string_view line = body.substr(at, end - at);
        at = end + 1;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (!line.starts_with("data:"))
            continue;
        line.remove_prefix(line.starts_with("data: ") ? 6 : 5);
        if (line.empty())
            continue;  // the priming event
        if (raw_member(line, "method") == R"("notifications/progress")") {
            ++progress;
            if (raw_member(raw_member(line, "params"), "progressToken") != id_)
                return complain("progress token", id_, line);
            if (answers > 0)
                return complain("order", "progress before the answer", body);
            continue;
        }
        ++answers;
        if (auto fault = check_message(line); !fault.empty())
            return fault;
    }
    if (answers != 1 || progress != (options_.sse ? 1 : 0))
        return complain("event stream", "one answer, and one progress if asked for", body);
    return {};
}

}  // namespace agenthub::load
