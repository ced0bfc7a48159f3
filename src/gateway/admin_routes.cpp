// Serving the administrative routes.
// Owned by the gateway.

#include "gateway/admin_routes.hpp"

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
        case RouteId::reload: co_return co_await serve_reload(control_);
        case RouteId::server_install: co_return co_await serve_install(control_, request.body);
        case RouteId::server_remove: co_return co_await serve_remove(control_, route.server);
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

}  // namespace agenthub
