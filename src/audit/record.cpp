// The canonical bytes of a row, and their hash.
// Pure functions.

#include "audit/record.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/redactor.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kStart = "0000000000000000000000000000000000000000000000000000000000000000";
// What is hashed begins with it: no other thing that AgentHub hashes can be taken for a row.
constexpr std::string_view kDomain = "agenthub.audit.1";

void append_field(std::string& out, std::string_view text) {
    out += std::to_string(text.size());
    out += ':';
    out += text;
    out += ',';
}

// Valid UTF-8 without NUL: what SQLite keeps as text comes back as it went in.
std::string sound(std::string text) {
    std::replace(text.begin(), text.end(), '\0', ' ');
    if (is_utf8(text))
        return text;
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return text;
}

void make_storable(std::string& text, std::size_t limit) {
    text = sound(redacted_clip(text, limit));
}

}  // namespace

std::string_view to_string(AuditStatus status) noexcept {
    switch (status) {
        case AuditStatus::initiated: return "initiated";
        case AuditStatus::success: return "success";
        case AuditStatus::failed: return "failed";
    }
    return "failed";
}

void make_storable(AuditRecord& record) {
    for (std::string* name :
         {&record.actor, &record.client_ip, &record.session, &record.request_id, &record.action, &record.subject})
        make_storable(*name, kAuditNameLimit);
    for (std::string* text : {&record.before, &record.after, &record.error})
        make_storable(*text, kAuditTextLimit);
}

std::string_view chain_start() noexcept {
    return kStart;
}

std::string row_hash(std::string_view previous, std::int64_t seq, const AuditRecord& r) {
    std::string bytes;
    bytes.reserve(512);
    append_field(bytes, kDomain);
    append_field(bytes, previous);
    append_field(bytes, std::to_string(seq));
    append_field(bytes, std::to_string(r.unix_ms));
    for (const std::string* text : {&r.actor, &r.client_ip, &r.session, &r.request_id, &r.action, &r.subject})
        append_field(bytes, *text);
    append_field(bytes, to_string(r.status));
    for (const std::string* text : {&r.before, &r.after, &r.error})
        append_field(bytes, *text);
    return sha256_hex(bytes);
}

}  // namespace agenthub
