// Turning served requests into activity rows and server statistics.
// Owned by the gateway.

#include "gateway/call_recorder.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/redactor.hpp"
#include "gateway/error_reply.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// Of an error text, of which a row keeps far less.
constexpr std::size_t kLookedAt = 65536;

std::int64_t us_between(TimePoint from, TimePoint to) {
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

// The inside of a JSON string token; names with escapes are rare and shown as written.
std::string_view inside(std::string_view token) {
    return token.size() >= 2 && token.front() == '"' ? token.substr(1, token.size() - 2) : std::string_view();
}

// Enough of a session's id to tell sessions apart, not enough to use it: the activity is read by others.
std::string_view shown(std::string_view session_id) {
    return session_id.substr(0, 10);
}

ActivityRecord begin_record(const HttpRequest& request, unsigned status, std::uint64_t bytes_out, TimePoint now) {
    ActivityRecord record;
    record.unix_ms = request.began_unix_ms;
    record.request_id = request.id.view();
    record.client_ip = request.peer_ip;
    record.http_method = request.verb_text;
    record.path = request.path;
    record.http_status = static_cast<int>(status);
    record.duration_us = us_between(request.began, now);
    record.bytes_in = static_cast<std::int64_t>(request.body_bytes);
    record.bytes_out = static_cast<std::int64_t>(bytes_out);
    return record;
}

// A fault of the client's, a full table or an open breaker, which no server has seen; anything else the server or
// AgentHub did not manage.
Outcome outcome_of(errc code) noexcept {
    switch (code) {
        case errc::cancelled: return Outcome::cancelled;
        case errc::busy:
        case errc::breaker_open:
        case errc::unrecorded:
        case errc::forbidden:
        case errc::hook_refused:
        case errc::parse_error:
        case errc::invalid_request:
        case errc::method_not_found:
        case errc::invalid_params:
        case errc::unsupported: return Outcome::refused;
        default: return Outcome::failed;
    }
}

// `failure` is the reply's error when it has one; the record borrows its text.
void note_reply(ActivityRecord& record, const result<mcp::Message>& reply, const Error& failure) {
    if (!reply) {
        record.outcome = outcome_of(failure.code);
        record.error_code = mapping_of(failure.code).rpc_code;
        record.error_text = failure.message;
    } else if (reply->kind() == mcp::Kind::error) {
        record.outcome = Outcome::error;
        record.error_code = reply->error_code();
        record.error_text = reply->error_member();
    } else if (reply->tool_error()) {
        record.outcome = Outcome::tool_error;
    }
}

// A row outlives whatever hides its secrets later, and is cut: so they are taken out before.
std::int64_t write_row(ActivityLog& log, ActivityRecord& record) {
    // Whatever a client or a server may have written itself. The record borrows: the clean texts live until it is kept.
    const std::array texts{&record.error_text, &record.path,       &record.server, &record.tool,
                           &record.client_id,  &record.mcp_method, &record.session};
    std::array<std::optional<std::string>, texts.size()> clean;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        clean[i] = without_secrets(texts[i]->substr(0, kLookedAt));
        if (clean[i])
            *texts[i] = *clean[i];
    }
    record.session = shown(record.session);  // of a secret that is cut the rest would not be known
    return log.record(record);
}

}  // namespace

// A refusal because nothing can be recorded does not wait for its own record.
std::int64_t CallRecorder::write(const HttpRequest& request, ActivityRecord& record, bool is_awaited) {
    const std::int64_t row = write_row(log_, record);
    if (!is_awaited)
        return row;
    request.ticket.row = std::max(request.ticket.row, row);
    request.ticket.lost = request.ticket.lost || row == 0;
    return row;
}

void CallRecorder::call(const Call& call, const result<mcp::Message>& reply) {
    note(call, reply);
}

std::int64_t CallRecorder::note(const Call& call, const result<mcp::Message>& reply) {
    const TimePoint now = Clock::now();
    const Exchange& exchange = call.exchange;
    ActivityRecord record = begin_record(call.request, call.http_status, call.bytes_out, now);
    record.client_id = exchange.caller().client_id;
    record.mcp_method = exchange.request().method();
    record.server = call.server;
    record.session = exchange.caller().session_id;
    if (record.mcp_method == mcp::method::tools_call)
        record.tool = inside(exchange.request().name());
    if (exchange.sent_at != TimePoint{}) {
        record.queue_us = us_between(call.request.began, exchange.sent_at);
        record.server_us = us_between(exchange.sent_at, now);
    }
    const Error failure = reply ? Error() : reply.error();  // a copy: result::error() returns one
    note_reply(record, reply, failure);
    const std::int64_t row = write(call.request, record, failure.code != errc::unrecorded);
    if (call.slot == nullptr)
        return row;
    if (reply)
        call.slot->stats().answered(std::chrono::microseconds(record.duration_us));
    else if (record.outcome == Outcome::failed || retry_class_of(failure.code) == retry_class::busy)
        call.slot->stats().failed();
    return row;
}

void CallRecorder::plain(const Plain& plain) {
    ActivityRecord record = begin_record(plain.request, plain.http_status, plain.bytes_out, Clock::now());
    record.client_id = plain.client_id.empty() ? client_id_of(plain.request) : plain.client_id;
    record.mcp_method = plain.mcp_method;
    record.server = plain.server;
    record.session = plain.session;
    record.error_text = plain.why;
    if (plain.outcome)
        record.outcome = *plain.outcome;
    else if (plain.http_status >= 500)
        record.outcome = Outcome::failed;
    else if (plain.http_status >= 400)
        record.outcome = Outcome::refused;
    // While nothing can be recorded, a refusal says why it is one, and not that its own record is lost.
    const bool is_refusal = plain.http_status >= 400 || !plain.why.empty();
    write(plain.request, record, !is_refusal || !refusal());
}

std::string_view client_id_of(const HttpRequest& request) {
    if (request.fields == nullptr)
        return "anonymous";
    std::string_view id = request.header("X-Client-ID");
    if (id.empty())
        id = request.header("X-Client-Name");
    return id.empty() ? std::string_view("anonymous") : id;
}

}  // namespace agenthub
