// The JSON of activity entries, pages and statistics.
// Pure functions.

#include "activity/query.hpp"

#include <charconv>
#include <string_view>

#include "base/text.hpp"

namespace agenthub {
namespace {

class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    void text(std::string_view key, std::string_view value) {
        name(key);
        append_json_string(out_, value);
    }
    void number(std::string_view key, std::int64_t value) {
        name(key);
        out_ += std::to_string(value);
    }
    // value / scale as a decimal fraction, exact: 1234567 / 1e6 is 1.234567.
    void fraction(std::string_view key, std::int64_t value, double scale) {
        name(key);
        char text[32];
        const auto end = std::to_chars(text, text + sizeof text, static_cast<double>(value) / scale).ptr;
        out_.append(text, end);
    }
    void name(std::string_view key) {
        if (!first_)
            out_ += ',';
        first_ = false;
        append_json_string(out_, key);
        out_ += ':';
    }
    void end() { out_ += '}'; }

private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace

void append_json(std::string& out, const ActivityEntry& e) {
    ObjectWriter object(out);
    object.text("id", e.node + "/" + std::to_string(e.epoch) + "/" + std::to_string(e.sequence));
    object.text("timestamp", iso8601(e.unix_ms));
    object.text("method", e.http_method);
    object.text("path", e.path);
    object.number("status", e.http_status);
    object.fraction("duration", e.duration_us, 1e6);
    object.fraction("duration_ms", e.duration_us, 1e3);
    object.text("client_id", e.client_id);
    object.text("client_ip", e.client_ip);
    object.text("request_id", e.request_id);
    object.text("mcp_method", e.mcp_method);
    object.text("server", e.server);
    object.text("tool", e.tool);
    object.text("session", e.session);
    object.text("outcome", e.outcome);
    object.number("error_code", e.error_code);
    object.text("error", e.error_text);
    object.fraction("queue_ms", e.queue_us, 1e3);
    object.fraction("server_ms", e.server_us, 1e3);
    object.number("bytes_in", e.bytes_in);
    object.number("bytes_out", e.bytes_out);
    object.end();
}

void append_json(std::string& out, const ActivityPage& page) {
    ObjectWriter object(out);
    object.number("total", page.total);
    if (!page.total_exact) {
        object.name("total_exact");
        out += "false";
    }
    object.number("limit", page.limit);
    object.number("offset", page.offset);
    object.name("entries");
    out += '[';
    for (std::size_t i = 0; i < page.entries.size(); ++i) {
        if (i != 0)
            out += ',';
        append_json(out, page.entries[i]);
    }
    out += ']';
    object.end();
}

void append_json(std::string& out, const ActivityStats& stats) {
    ObjectWriter object(out);
    object.number("total_entries", stats.total_entries);
    object.name("by_method");
    ObjectWriter methods(out);
    for (const auto& [method, rows] : stats.by_method)
        methods.number(method, rows);
    methods.end();
    object.name("by_status");
    ObjectWriter statuses(out);
    for (const auto& [status, rows] : stats.by_status)
        statuses.number(std::to_string(status), rows);
    statuses.end();
    object.end();
}

}  // namespace agenthub
