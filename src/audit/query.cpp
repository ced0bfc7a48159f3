// The documents of the audit.
// Pure functions.

#include "audit/query.hpp"

#include "base/text.hpp"

namespace agenthub {
namespace {

// One object, member by member.
class ObjectText {
public:
    explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view key, std::string_view value) {
        begin(key);
        append_json_string(out_, value);
    }
    void text_or_null(std::string_view key, std::string_view value) {
        if (value.empty())
            raw(key, "null");
        else
            text(key, value);
    }
    void raw(std::string_view key, std::string_view json) {
        begin(key);
        out_ += json;
    }
    void number(std::string_view key, std::int64_t value) { raw(key, std::to_string(value)); }
    void end() { out_ += '}'; }

private:
    void begin(std::string_view key) {
        out_ += out_.back() == '{' ? "\"" : ",\"";
        out_ += key;
        out_ += "\":";
    }

    std::string& out_;
};

}  // namespace

void append_json(std::string& out, const AuditRow& row) {
    const AuditRecord& r = row.record;
    ObjectText object(out);
    object.number("seq", row.seq);
    object.text("timestamp", iso8601(r.unix_ms));
    object.text("actor", r.actor);
    object.text_or_null("client_ip", r.client_ip);
    object.text_or_null("session", r.session);
    object.text_or_null("request_id", r.request_id);
    object.text("action", r.action);
    object.text("subject", r.subject);
    object.text("status", to_string(r.status));
    object.text_or_null("before", r.before);
    object.text_or_null("after", r.after);
    object.text_or_null("error", r.error);
    object.text("hash", row.hash);
    object.end();
}

void append_json(std::string& out, const AuditPage& page) {
    ObjectText object(out);
    object.number("total", page.total);
    object.number("limit", page.limit);
    object.number("offset", page.offset);
    object.raw("entries", "[");
    for (const AuditRow& row : page.rows) {
        if (out.back() != '[')
            out += ',';
        append_json(out, row);
    }
    out += ']';
    object.end();
}

void append_json(std::string& out, const Verification& verification) {
    const ChainFinding& finding = verification.finding;
    ObjectText object(out);
    object.raw("valid", verification.valid() ? "true" : "false");
    object.text("message", finding.message);
    object.text_or_null("current_checksum", verification.checksum);
    object.text_or_null("previous_checksum", verification.previous);
    object.number("rows", verification.rows);
    object.raw("first_bad_row", finding.row == 0 ? "null" : std::to_string(finding.row));
    object.text("kind", to_string(finding.fault));
    object.number("incidents", verification.incidents);
    object.text("verified_at", iso8601(verification.unix_ms));
    object.number("duration_ms", verification.duration_ms);
    object.end();
}

void append_json(std::string& out, const std::vector<Checkpoint>& checkpoints) {
    ObjectText object(out);
    object.number("total", static_cast<std::int64_t>(checkpoints.size()));
    object.raw("checksums", "[");
    for (const Checkpoint& checkpoint : checkpoints) {
        if (out.back() != '[')
            out += ',';
        ObjectText item(out);
        item.text("timestamp", iso8601(checkpoint.unix_ms));
        item.number("rows", checkpoint.rows);
        item.text("checksum", checkpoint.checksum);
        item.end();
    }
    out += ']';
    object.end();
}

}  // namespace agenthub
