// From an HTTP request to its route, and from a server's news to its clients.
// Owned by the composition root.

#include "gateway/gateway.hpp"

#include "gateway/cors.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/router.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

constexpr Duration kExpirePeriod{1'000};

bool is_mcp(std::string_view path) {
    return path.starts_with("/mcp/") || path == "/mcp" || path == "/sse" || path == "/messages";
}

}  // namespace

// Declared in the order in which they stand on each other.
struct Gateway::Parts {
    Parts(Gateway& gateway, Supervisor& s, ConfigControl& control)
        : supervisor(s),
          hub(s, gateway.activity_),
          directory(gateway.config_, s, hub),
          aggregates(gateway.config_, directory, gateway.tasks_),
          sessions(gateway.config_.limits.sessions, gateway.config_.limits.session_idle,
                   [this](Session& session) { clients.session_ended(session); }),
          clients(gateway.tasks_, sessions, directory),
          calls(directory, clients),
          legacy(gateway.config_.limits, directory, aggregates, sessions, clients, calls, gateway.recorder_,
                 gateway.tasks_),
          modern(gateway.config_.limits, directory, aggregates, clients, calls, gateway.recorder_, gateway.tasks_),
          mcp(legacy, modern, gateway.recorder_),
          admin(s, gateway.activity_, control) {}

    Supervisor& supervisor;
    HubServer hub;
    ServerDirectory directory;
    Aggregates aggregates;
    SessionTable sessions;
    ServerClients clients;
    CallForwarder calls;
    LegacyEndpoint legacy;
    ModernEndpoint modern;
    McpEndpoint mcp;
    AdminRoutes admin;
};

Gateway::Gateway(Executor executor, const Config& config, ActivityService& activity)
    : executor_(executor),
      config_(config),
      activity_(activity),
      guard_(config.listen, config.allowed_origins, config.allowed_hosts),
      recorder_(activity.log()),
      listener_(executor, config.limits, *this),
      tasks_(executor) {}

Gateway::~Gateway() = default;

result<void> Gateway::open(Supervisor& supervisor, ConfigControl& control, std::vector<PassedSocket> passed) {
    const bool has_passed = !passed.empty();
    if (auto opened = has_passed ? listener_.adopt(std::move(passed)) : listener_.open(config_.listen); !opened)
        return opened;
    parts_ = std::make_unique<Parts>(*this, supervisor, control);
    listener_.start();
    tasks_.spawn(expire_sessions(), "session expiry");
    tasks_.spawn(parts_->modern.run(), "modern clients");
    tasks_.spawn(lag_.run(), "loop lag");
    return {};
}

void Gateway::reconfigure(const Config& config, const std::vector<std::string>& removed) {
    guard_ = OriginGuard(config.listen, config.allowed_origins, config.allowed_hosts);
    config_.aggregate = config.aggregate;
    config_.views = config.views;
    parts_->aggregates.reconfigured();
    for (const auto& server : removed) {
        parts_->sessions.end_of_endpoint(server);
        parts_->clients.server_removed(server);
    }
    // Views may be gone; what the others show may be something else.
    parts_->sessions.end_of_lost_endpoints(
        [this](std::string_view endpoint) { return parts_->directory.exists(endpoint); });
    parts_->modern.end_lost_listens();
    parts_->clients.every_list_changed();
}

awaitable<void> Gateway::drain(Deadline deadline) {
    draining_ = true;
    listener_.drain();
    parts_->modern.drain();
    // Open GET streams would keep their connections for ever; their clients come back to the next daemon.
    parts_->sessions.each_endpoint([](std::string_view, const std::vector<Session*>& sessions) {
        for (Session* session : sessions)
            session->drain();
    });
    co_await listener_.wait_idle(deadline);
}

awaitable<void> Gateway::stop() {
    parts_->modern.stop();
    tasks_.cancel();
    co_await tasks_.join();
    co_await listener_.stop();
}

std::optional<HttpReply> Gateway::admit(HttpRequest& request, HttpResponder& responder) {
    OriginGuard::Question question;
    question.host = request.header("Host");
    question.origin = request.header("Origin");
    question.has_origin = request.has_header("Origin");
    question.over_unix = request.over_unix;
    question.port = request.local_port;
    if (auto allowed = guard_.check(question); !allowed)
        return error_reply(request.path, 403, allowed.error().message);
    if (request.has_header("Origin"))
        responder.add_header_line(allow_origin(request));
    const Route route = find_route(request.verb, request.path);
    if (request.verb == http::verb::options && route.route_class == RouteClass::mcp)
        return preflight(request);
    if (route.id == RouteId::none && route.allow.empty())
        return error_reply(request.path, 404, "Not Found");
    if (auto refusal = check_class(route, request))
        return refusal;
    if (route.id != RouteId::none)
        return std::nullopt;
    HttpReply reply = error_reply(request.path, 405, "Method Not Allowed");
    reply.headers.emplace_back("Allow", route.allow);
    return reply;
}

static HttpReply unknown_endpoint(const std::string& name) {
    std::string why = "no server named '" + name + "' is configured; GET /servers lists those that are";
    if (name == kAggregate)
        why = "the endpoint for all servers is switched off (aggregate.enabled); use /mcp/NAME of a server";
    else if (leads_to_many(name))
        why = "no view named '" + name.substr(1) + "' is configured (views); /mcp is the endpoint for all servers";
    HttpReply reply;
    reply.status = 404;
    reply.body = rpc_error("", Error(errc::server_unknown, why));
    return reply;
}

// Each class of routes has one guard.
std::optional<HttpReply> Gateway::check_class(const Route& route, const HttpRequest& request) const {
    if (route.route_class == RouteClass::mcp && route.id != RouteId::none) {
        if (!parts_->directory.exists(route.server))
            return unknown_endpoint(route.server);
        return parts_->mcp.admit(request, route.id);
    }
    if (route.route_class != RouteClass::admin)
        return std::nullopt;
    // A browser names its origin on everything that can change something, and its site on the rest.
    const std::string_view site = request.header("Sec-Fetch-Site");
    if (request.has_header("Origin") || (!site.empty() && site != "none" && site != "same-origin"))
        return detail_reply(403, "administrative routes are not open to web pages");
    return std::nullopt;
}

awaitable<void> Gateway::handle(HttpRequest& request, HttpResponder& responder) {
    const Route route = find_route(request.verb, request.path);
    if (route.route_class == RouteClass::mcp) {
        co_await parts_->mcp.serve(route, request, responder);
        co_return;
    }
    DaemonFacts facts;
    facts.uptime_seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started_).count();
    facts.connections = listener_.connections();
    facts.sessions = parts_->sessions.size();
    facts.activity = activity_.counters();
    facts.loop = {lag_.last(), lag_.longest(), TaskGroup::alive()};
    const auto reply = co_await parts_->admin.serve(route, request, std::move(facts), !draining_);
    co_await responder.send(reply);
    // Probes come every few seconds for ever and say nothing about anybody's work.
    if (route.route_class != RouteClass::probe)
        recorder_.plain({request, reply.status, responder.body_bytes(), {}, route.server, {}, {}, {}});
}

void Gateway::refused(const HttpRequest& request, const HttpResponder& responder, std::string_view why) {
    recorder_.plain({request, responder.status(), responder.body_bytes(), {}, {}, {}, {}, why});
}

HttpReply Gateway::error_reply(std::string_view path, unsigned status, std::string_view why) {
    return is_mcp(path) ? rpc_error_reply(status, mcp::code::transport_error, why) : detail_reply(status, why);
}

void Gateway::on_server_notification(ServerSlot& slot, std::string_view owner, mcp::Message message) {
    parts_->clients.deliver(slot.name(), owner, message);
}

void Gateway::on_server_running(ServerSlot& slot, std::string_view owner, bool again) {
    parts_->clients.server_running(slot.name(), owner, again);
}

void Gateway::on_lists_changed(ServerSlot& slot, const std::vector<std::string_view>& notifications) {
    parts_->clients.lists_changed(slot.name(), notifications);
}

void Gateway::on_catalogue_learned(ServerSlot& slot, const std::vector<std::string_view>& notifications) {
    parts_->clients.lists_of_many_changed(slot.name(), notifications);
}

bool Gateway::on_server_question(ServerSlot& slot, std::string_view owner, std::shared_ptr<Question> question) {
    return parts_->clients.ask(slot.name(), owner, std::move(question));
}

bool Gateway::is_relied_on(const ServerSlot& slot, std::string_view owner) const {
    return parts_->clients.is_relied_on(slot.name(), owner);
}

awaitable<void> Gateway::expire_sessions() {
    SteadyTimer timer(executor_);
    for (;;) {
        timer.expires_after(kExpirePeriod);
        co_await timer.async_wait(use_awaitable);
        parts_->sessions.expire(Clock::now());
    }
}

}  // namespace agenthub
