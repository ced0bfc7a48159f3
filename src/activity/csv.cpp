// CSV of activity entries.
// Pure functions.

#include "activity/csv.hpp"

#include <charconv>

#include "base/text.hpp"

namespace agenthub {
namespace {

class Line {
public:
    explicit Line(std::string& out) : out_(out) {}

    void text(std::string_view value) {
        separate();
        const bool is_formula = !value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string::npos;
        const bool needs_quotes = value.find_first_of(",\"\r\n") != std::string_view::npos;
        if (!needs_quotes && !is_formula) {
            out_ += value;
            return;
        }
        out_ += '"';
        if (is_formula)
            out_ += '\'';
        for (const char c : value) {
            if (c == '"')
                out_ += '"';
            out_ += c;
        }
        out_ += '"';
    }
    void number(std::int64_t value) {
        separate();
        out_ += std::to_string(value);
    }
    void milliseconds(std::int64_t us) {
        separate();
        char text[32];
        const auto end = std::to_chars(text, text + sizeof text, static_cast<double>(us) / 1e3).ptr;
        out_.append(text, end);
    }
    void end() { out_ += "\r\n"; }

private:
    void separate() {
        if (!first_)
            out_ += ',';
        first_ = false;
    }

    std::string& out_;
    bool first_ = true;
};

}  // namespace

std::string_view csv_header() noexcept {
    return "id,timestamp,method,path,status,duration_ms,client_id,client_ip,request_id,mcp_method,server,tool,session,"
           "outcome,error_code,error,queue_ms,server_ms,bytes_in,bytes_out\r\n";
}

void append_csv(std::string& out, const ActivityEntry& e) {
    Line line(out);
    line.text(e.node + "/" + std::to_string(e.epoch) + "/" + std::to_string(e.sequence));
    line.text(iso8601(e.unix_ms));
    line.text(e.http_method);
    line.text(e.path);
    line.number(e.http_status);
    line.milliseconds(e.duration_us);
    line.text(e.client_id);
    line.text(e.client_ip);
    line.text(e.request_id);
    line.text(e.mcp_method);
    line.text(e.server);
    line.text(e.tool);
    line.text(e.session);
    line.text(e.outcome);
    line.number(e.error_code);
    line.text(e.error_text);
    line.milliseconds(e.queue_us);
    line.milliseconds(e.server_us);
    line.number(e.bytes_in);
    line.number(e.bytes_out);
    line.end();
}

}  // namespace agenthub
