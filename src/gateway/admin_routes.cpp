// Serving the administrative routes.
// Owned by the gateway.

#include "gateway/admin_routes.hpp"

#include "gateway/activity_params.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/config_routes.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/metrics_document.hpp"

namespace agenthub {
namespace {

HttpReply json_reply(const Document& document) {
    HttpReply reply;
    // Whatever a server printed may be in there: what is not UTF-8 is replaced, not thrown.
    reply.body = document.dump(-1, ' ', false, Document::error_handler_t::replace);
    return reply;
}

HttpReply failure_reply(const Error& error) {
    return detail_reply(mapping_of(error.code).http_status, error.message);
}

HttpReply message_reply(const std::string& message) {
    Document out;
    out["message"] = message;
    return json_reply(out);
}

HttpReply unknown_server(const std::string& name) {
    return detail_reply(404, "Server " + name + " not found");
}

}  // namespace

awaitable<HttpReply> AdminRoutes::serve(const Route& route, const HttpRequest& request, DaemonFacts facts, bool ready) {
    switch (route.id) {
        case RouteId::server_start:
        case RouteId::server_stop:
        case RouteId::server_restart: {
            const auto slot = supervisor_.hold(route.server);
            if (slot == nullptr)
                co_return unknown_server(route.server);
            co_return co_await operate(route.id, *slot);
        }
        case RouteId::breaker_reset: co_return reset_breaker(route.server, facts);
        case RouteId::activity:
            if (request.verb == http::verb::delete_)
                co_return co_await clear_activity();
            co_return co_await list_activity(request);
        case RouteId::reload: co_return co_await serve_reload(control_);
        case RouteId::server_install: co_return co_await serve_install(control_, request.body);
        case RouteId::server_remove: co_return co_await serve_remove(control_, route.server);
        case RouteId::activity_stats: co_return co_await activity_stats();
        case RouteId::activity_cleanup: co_return co_await clean_activity(request);
        default: co_return read(route, facts, ready);
    }
}

HttpReply AdminRoutes::read(const Route& route, const DaemonFacts& facts, bool ready) const {
    HttpReply reply;
    if (route.id == RouteId::livez) {
        reply.body = R"({"status":"alive"})";
    } else if (route.id == RouteId::readyz) {
        reply.status = ready ? 200 : 503;
        reply.body = ready ? R"({"status":"ready"})" : R"({"status":"shutting down"})";
    } else if (route.id == RouteId::health) {
        reply = json_reply(health_document(supervisor_, facts));
    } else if (route.id == RouteId::metrics) {
        reply.content_type = kMetricsType;
        reply.body = metrics_document(supervisor_, facts);
    } else if (route.id == RouteId::servers) {
        reply = json_reply(server_list_document(supervisor_));
    } else if (route.id == RouteId::breakers) {
        reply = json_reply(breaker_list_document(supervisor_, facts.ollama));
    } else if (const ServerSlot* slot = supervisor_.find(route.server); slot == nullptr) {
        reply = unknown_server(route.server);
    } else {
        reply = json_reply(route.id == RouteId::server ? server_document(*slot) : server_health_document(*slot));
    }
    return reply;
}

awaitable<HttpReply> AdminRoutes::operate(RouteId id, ServerSlot& slot) {
    result<void> done;
    std::string_view verb = "started";
    std::string_view status = "running";
    if (id == RouteId::server_start) {
        done = co_await slot.start();
    } else if (id == RouteId::server_stop) {
        done = co_await slot.stop();
        verb = "stopped";
        status = "stopped";
    } else {
        done = co_await slot.restart();
        verb = "restarted";
    }
    if (!done)
        co_return detail_reply(done.error().code == errc::invalid_request ? 400 : 500, done.error().message);
    Document out;
    out["message"] = "Server " + slot.name() + " " + std::string(verb);
    out["status"] = status;
    co_return json_reply(out);
}

HttpReply AdminRoutes::reset_breaker(const std::string& name, const DaemonFacts& facts) {
    ServerSlot* slot = supervisor_.find(name);
    const bool is_ollama = slot == nullptr && facts.ollama.enabled && name == kOllamaBreaker;
    if (slot == nullptr && !is_ollama)
        return unknown_server(name);
    if (is_ollama)
        models_.reset_breaker();
    else
        slot->gate().close_breaker();
    return message_reply("Circuit breaker " + name + " reset");
}

awaitable<HttpReply> AdminRoutes::list_activity(const HttpRequest& request) {
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

awaitable<HttpReply> AdminRoutes::activity_stats() {
    const auto stats = co_await activity_.stats();
    if (!stats)
        co_return failure_reply(stats.error());
    HttpReply reply;
    append_json(reply.body, *stats);
    co_return reply;
}

awaitable<HttpReply> AdminRoutes::clear_activity() {
    const auto cleared = co_await activity_.clear();
    if (!cleared)
        co_return failure_reply(cleared.error());
    co_return message_reply("Activity log cleared");
}

awaitable<HttpReply> AdminRoutes::clean_activity(const HttpRequest& request) {
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
    co_return json_reply(out);
}

}  // namespace agenthub
