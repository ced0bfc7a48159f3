// Serving the audit.
// Owned by the gateway.

#include "gateway/audit_routes.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/error_reply.hpp"

namespace agenthub {
namespace {

constexpr std::int64_t kDefaultAlerts = 50;
constexpr std::int64_t kDefaultCheckpoints = 10;

HttpReply json_reply(std::string body) {
    HttpReply reply;
    reply.body = std::move(body);
    return reply;
}

HttpReply failure_reply(const Error& error) {
    return detail_reply(mapping_of(error.code).http_status, error.message);
}

// A whole number that refuse_query() has let pass, within these bounds.
std::int64_t number_in(const HttpRequest& request, std::string_view name, std::int64_t usual, std::int64_t min,
                       std::int64_t max) {
    const auto text = request.query_value(name);
    std::int64_t value = usual;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return std::clamp(value, min, max);
}

result<void> take_time(const HttpRequest& request, std::string_view name, std::int64_t now_ms, std::int64_t& out) {
    const auto text = request.query_value(name);
    if (!text || text->empty())
        return {};
    const auto time = read_time(*text, now_ms);
    if (!time)
        return Error(errc::invalid_params, std::string(name) + ": " + time.error().message);
    out = *time;
    return {};
}

bool is_status(std::string_view text) {
    return text.empty() || std::any_of(kAuditStatuses.begin(), kAuditStatuses.end(),
                                       [text](AuditStatus status) { return to_string(status) == text; });
}

}  // namespace

result<AuditQuery> read_audit_query(const HttpRequest& request, std::int64_t now_ms) {
    AuditQuery query;
    query.actor = request.query_value("actor").value_or("");
    query.action = request.query_value("action").value_or("");
    query.subject = request.query_value("subject").value_or("");
    query.status = request.query_value("status").value_or("");
    query.request_id = request.query_value("request_id").value_or("");
    query.limit = static_cast<int>(number_in(request, "limit", query.limit, 1, AuditQuery::kMaxLimit));
    query.offset = number_in(request, "offset", 0, 0, INT32_MAX);
    if (!is_status(query.status))
        return Error(errc::invalid_params, "status: allowed: initiated, success, failed");
    if (auto since = take_time(request, "since", now_ms, query.since_ms); !since)
        return since.error();
    if (auto until = take_time(request, "until", now_ms, query.until_ms); !until)
        return until.error();
    return query;
}

awaitable<HttpReply> AuditRoutes::serve(RouteId id, const HttpRequest& request) {
    switch (id) {
        case RouteId::audit_log: co_return co_await log(request);
        case RouteId::audit_verify: co_return co_await verify(request);
        case RouteId::audit_history: co_return co_await history(request);
        case RouteId::alerts: co_return alerts(request);
        default: co_return json_reply(alert_stats_document(audit_.alerts()));
    }
}

awaitable<HttpReply> AuditRoutes::log(const HttpRequest& request) {
    if (auto refusal = refuse_query(request, {"limit", "offset"}))
        co_return std::move(*refusal);
    auto query = read_audit_query(request, unix_ms_now());
    if (!query)
        co_return detail_reply(422, query.error().message);
    auto asking = audit_.page(std::move(*query));
    const auto page = co_await std::move(asking);
    if (!page)
        co_return failure_reply(page.error());
    std::string body;
    append_json(body, *page);
    co_return json_reply(std::move(body));
}

awaitable<HttpReply> AuditRoutes::verify(const HttpRequest& request) {
    std::optional<ChainPoint> anchor;
    if (const auto text = request.query_value("anchor"); text && !text->empty()) {
        const auto point = read_chain_point(*text);
        if (!point)
            co_return detail_reply(422, "anchor: " + point.error().message);
        anchor = *point;
    }
    auto verifying = audit_.verify(std::move(anchor));
    const auto verified = co_await std::move(verifying);
    if (!verified)
        co_return failure_reply(verified.error());
    std::string body;
    append_json(body, *verified);
    co_return json_reply(std::move(body));
}

awaitable<HttpReply> AuditRoutes::history(const HttpRequest& request) {
    if (auto refusal = refuse_query(request, {"limit"}))
        co_return std::move(*refusal);
    const auto limit = number_in(request, "limit", kDefaultCheckpoints, 1, AuditService::kCheckpoints);
    auto asking = audit_.checkpoints(static_cast<int>(limit));
    const auto found = co_await std::move(asking);
    if (!found)
        co_return failure_reply(found.error());
    std::string body;
    append_json(body, *found);
    co_return json_reply(std::move(body));
}

HttpReply AuditRoutes::alerts(const HttpRequest& request) const {
    if (auto refusal = refuse_query(request, {"limit"}))
        return std::move(*refusal);
    std::optional<AlertSeverity> severity;
    if (const auto text = request.query_value("severity"); text && !text->empty()) {
        severity = read_severity(*text);
        if (!severity)
            return detail_reply(400, "severity: allowed: info, warning, critical");
    }
    const auto limit = number_in(request, "limit", kDefaultAlerts, 1, INT32_MAX);
    return json_reply(alerts_document(audit_.alerts(), static_cast<std::size_t>(limit), severity));
}

}  // namespace agenthub
