// Serving documents about the activity, and its export.
// Owned by the gateway.

#include "gateway/activity_routes.hpp"

#include <utility>

#include "activity/csv.hpp"
#include "base/redactor.hpp"
#include "gateway/activity_params.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/error_reply.hpp"

namespace agenthub {
namespace {

// Rows that are read at a time: the writer and other questions get their turn between two of them, and no more than
// that is in memory, about half a megabyte.
constexpr std::int64_t kRowsAtOnce = 500;

HttpReply failure_reply(const Error& error) {
    return detail_reply(mapping_of(error.code).http_status, error.message);
}

HttpReply document_reply(const Document& document) {
    HttpReply reply;
    reply.body = document.dump();
    return reply;
}

// What a row says was cleaned before it was written; a secret may have become known since.
std::string rows_text(const std::vector<ActivityEntry>& entries, bool as_csv) {
    std::string out;
    for (const ActivityEntry& entry : entries) {
        std::string line;
        if (as_csv) {
            append_csv(line, entry);
            redact(line);
        } else {
            append_json(line, entry);
            redact_json(line);
            line += '\n';
        }
        out += line;
    }
    return out;
}

}  // namespace

awaitable<HttpReply> ActivityRoutes::serve(const Route& route, const HttpRequest& request) {
    switch (route.id) {
        case RouteId::activity_stats: co_return co_await stats();
        case RouteId::activity_cleanup: co_return co_await clean(request);
        default: break;
    }
    if (request.verb == http::verb::delete_)
        co_return co_await clear();
    co_return co_await list(request);
}

awaitable<void> ActivityRoutes::serve_rows(const Route& route, HttpRequest& request, HttpResponder& responder) {
    if (route.id == RouteId::activity_export)
        return write_export(request, responder);
    return listen(request, responder);
}

awaitable<HttpReply> ActivityRoutes::list(const HttpRequest& request) {
    if (auto refusal = refuse_query(request, {"status_min", "status_max", "limit", "offset"}))
        co_return std::move(*refusal);
    auto query = read_activity_query(request);
    if (!query)
        co_return detail_reply(422, query.error().message);
    const auto page = co_await activity_.query(std::move(*query));
    if (!page)
        co_return failure_reply(page.error());
    HttpReply reply;
    append_json(reply.body, *page);
    co_return reply;
}

awaitable<HttpReply> ActivityRoutes::stats() {
    const auto stats = co_await activity_.stats();
    if (!stats)
        co_return failure_reply(stats.error());
    HttpReply reply;
    append_json(reply.body, *stats);
    co_return reply;
}

awaitable<HttpReply> ActivityRoutes::clear() {
    const auto cleared = co_await activity_.clear();
    if (!cleared)
        co_return failure_reply(cleared.error());
    Document out;
    out["message"] = "Activity log cleared";
    co_return document_reply(out);
}

awaitable<HttpReply> ActivityRoutes::clean(const HttpRequest& request) {
    if (auto refusal = refuse_query(request, {"days"}))
        co_return std::move(*refusal);
    const auto days = read_days(request);
    if (!days)
        co_return detail_reply(days.error().code == errc::invalid_params ? 400 : 422, days.error().message);
    const auto deleted = co_await activity_.cleanup(*days);
    if (!deleted)
        co_return failure_reply(deleted.error());
    Document out;
    out["deleted"] = *deleted;
    co_return document_reply(out);
}

awaitable<void> ActivityRoutes::refuse(HttpRequest& request, HttpResponder& responder, HttpReply reply) {
    co_await responder.send(reply);
    recorder_.plain({request, reply.status, responder.body_bytes(), {}, {}, {}, {}, {}});
}

// All rows that match and are there at the beginning, oldest first. The next are read when the client has taken the
// last, so neither a slow client nor a large file costs memory.
awaitable<void> ActivityRoutes::write_export(HttpRequest& request, HttpResponder& responder) {
    const std::string format = request.query_value("format").value_or("ndjson");
    auto refusal = refuse_query(request, {"status_min", "status_max"});
    auto query = read_activity_query(request);
    if (!refusal && !query)
        refusal = detail_reply(422, query.error().message);
    if (!refusal && format != "ndjson" && format != "csv")
        refusal = detail_reply(422, "the query parameter 'format' must be ndjson or csv");
    if (refusal) {
        co_await refuse(request, responder, std::move(*refusal));
        co_return;
    }
    const auto last = co_await activity_.last_row();
    result<ActivitySlice> rows = ActivitySlice();
    if (last)
        rows = co_await activity_.slice(*query, 0, *last, kRowsAtOnce);
    if (!last || !rows) {
        auto failure = failure_reply(last ? rows.error() : last.error());
        co_await refuse(request, responder, std::move(failure));
        co_return;
    }
    const Export what{std::move(*query), *last, format == "csv"};
    co_await write_rows(request, responder, what, std::move(rows));
}

awaitable<void> ActivityRoutes::write_rows(HttpRequest& request, HttpResponder& responder, const Export& what,
                                           result<ActivitySlice> rows) {
    const std::string_view type = what.as_csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
    const std::string_view lines = what.as_csv ? "Content-Disposition: attachment; filename=\"activity.csv\"\r\n"
                                               : "Content-Disposition: attachment; filename=\"activity.ndjson\"\r\n";
    const std::optional<std::uint64_t> unknown;
    bool taken = co_await responder.begin_body(200, type, lines, unknown);
    const std::string_view header = what.as_csv ? csv_header() : std::string_view();
    if (taken)
        taken = co_await responder.write_piece(header);
    const bool wanted = request.verb != http::verb::head;
    while (taken && wanted && rows) {
        const std::string text = rows_text(rows->entries, what.as_csv);
        taken = co_await responder.write_piece(text);
        taken = taken && !responder.client_is_gone();
        if (!taken || rows->done)
            break;
        rows = co_await activity_.slice(what.query, rows->position, what.last, kRowsAtOnce);
    }
    if (taken && rows)
        co_await responder.end_body();
    else
        responder.close_after_reply();  // the missing end tells the client that something is missing
    const Error failure = rows ? Error() : rows.error();
    recorder_.plain({request, 200, responder.body_bytes(), {}, {}, {}, {}, failure.message});
}

}  // namespace agenthub
