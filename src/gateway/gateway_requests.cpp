// From an HTTP request to its route: the guards before it, and whoever serves it.
// Owned by the composition root.

#include "base/redactor.hpp"
#include "gateway/client_routes.hpp"
#include "gateway/cors.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/gateway.hpp"
#include "gateway/gateway_parts.hpp"
#include "gateway/model_error.hpp"
#include "gateway/route_area.hpp"
#include "gateway/router.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

bool is_mcp(std::string_view path) {
    return path.starts_with("/mcp/") || path == "/mcp" || path == "/mcp-direct/mcp" || path == "/sse" ||
           path == "/messages";
}

// Of a request for what pages of allowed origins may use.
bool takes_preflight(const Route& route, const HttpRequest& request) {
    const bool is_enhance = find_route(http::verb::post, request.path).id == RouteId::enhance;
    return route.route_class == RouteClass::mcp || route.route_class == RouteClass::model ||
           (is_enhance && request.has_header("Origin"));
}

}  // namespace

// What was let in under the present configuration needs no second look, as long as its endpoint is there.
bool Gateway::is_admitted(const HttpRequest& request) const {
    return request.repeats && request.admitted == configuration_ && parts_->directory.exists(request.route.server);
}

std::optional<HttpReply> Gateway::admit(HttpRequest& request, HttpResponder& responder) {
    if (is_admitted(request))
        return std::nullopt;
    request.admitted = 0;
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
    request.route = find_route(request.verb, request.path);
    const Route& route = request.route;
    if (request.verb == http::verb::options && takes_preflight(route, request))
        return preflight(request);
    if (route.id == RouteId::none && route.allow.empty())
        return error_reply(request.path, 404, "Not Found");
    if (auto refusal = check_class(route, request)) {
        if (route.id == RouteId::openai_api && refusal->status == 401)
            note_refused_key(request);
        return refusal;
    }
    request.takes_pieces = route.route_class == RouteClass::model;
    // A reply to a page needs its origin's field each time.
    const bool is_endpoint = route.id == RouteId::mcp_server || route.id == RouteId::mcp_view;
    if (is_endpoint && !request.has_header("Origin"))
        request.admitted = configuration_;
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

// Without its origin, as for a picture, a page cannot read the answer; but the model would work for it.
static HttpReply refuse_hidden_site(const Route& route) {
    const ModelDialect dialect = route.id == RouteId::openai_api ? ModelDialect::openai : ModelDialect::native;
    return model_error_reply(dialect, 403,
                             "other web sites may ask models only with their origin, and one that stands in "
                             "allowed_origins; in a browser, type this address yourself",
                             {});
}

// Each class of routes has one guard.
std::optional<HttpReply> Gateway::check_class(const Route& route, const HttpRequest& request) const {
    if (route.id == RouteId::compat_call)
        return parts_->compat.admit(route);
    if (route.route_class == RouteClass::page)
        return refuse_other_sites(request);
    // Each call of theirs is looked at for itself, and they serve no endpoint.
    if (area_of(route.id) == RouteArea::batch || area_of(route.id) == RouteArea::pipelines)
        return std::nullopt;
    if (route.route_class == RouteClass::mcp && route.id != RouteId::none) {
        if (!parts_->directory.exists(route.server))
            return unknown_endpoint(route.server);
        return parts_->mcp.admit(request, route.id);
    }
    const std::string_view site = request.header("Sec-Fetch-Site");
    if (route.route_class == RouteClass::model && site == "cross-site" && !request.has_header("Origin"))
        return refuse_hidden_site(route);
    if (route.id == RouteId::openai_api)
        return parts_->openai_routes.admit(request);
    if (route.route_class != RouteClass::admin)
        return std::nullopt;
    // It changes nothing, and the guard of origins lets in only what the operator has listed.
    if (route.id == RouteId::enhance && request.has_header("Origin"))
        return std::nullopt;
    // A browser names its origin on everything that can change something, and its site on the rest.
    if (request.has_header("Origin") || (!site.empty() && site != "none" && site != "same-origin"))
        return detail_reply(403, "administrative routes are not open to web pages");
    return std::nullopt;
}

// In strict mode the reply to whatever makes calls waits until its rows are committed.
awaitable<void> Gateway::handle(HttpRequest& request, HttpResponder& responder) {
    if (recorder_.is_strict() && makes_calls(request.route.id))
        return serve_held(request, responder);
    return serve(request, responder);
}

awaitable<void> Gateway::serve_held(HttpRequest& request, HttpResponder& responder) {
    responder.hold();
    const RouteArea area = area_of(request.route.id);
    const bool is_of_many = area == RouteArea::batch || area == RouteArea::pipelines;
    co_await serve(request, responder);
    if (is_of_many) {
        // Each result in it was kept for itself (InnerCaller): none is lost for the row of the whole.
        co_await recorder_.committed(request);
        co_await responder.release();
        co_return;
    }
    co_await recorder_.release(request, responder);
}

awaitable<void> Gateway::serve(HttpRequest& request, HttpResponder& responder) {
    if (writes_itself(area_of(request.route.id)))
        return write(request.route, request, responder);
    return serve_document(request.route, request, responder);
}

awaitable<void> Gateway::serve_document(const Route& route, HttpRequest& request, HttpResponder& responder) {
    const HttpReply reply = co_await audited_document(route, request, responder);
    co_await responder.send(reply);
    // Probes come every few seconds for ever and say nothing about anybody's work.
    if (route.route_class == RouteClass::probe || !DashboardRoutes::is_recorded(route.id))
        co_return;
    const bool is_of_server = area_of(route.id) == RouteArea::admin;
    const std::string_view server = is_of_server ? std::string_view(route.server) : std::string_view();
    recorder_.plain({request, reply.status, responder.body_bytes(), {}, server, {}, {}, {}});
}

// The rooms that write and record their replies themselves: RouteArea before `page`.
awaitable<void> Gateway::write(const Route& route, HttpRequest& request, HttpResponder& responder) {
    switch (area_of(route.id)) {
        case RouteArea::compat: return parts_->compat.serve(route, request, responder);
        case RouteArea::batch: return parts_->batch_routes.serve(request, responder);
        case RouteArea::pipelines: return parts_->pipeline_routes.serve(route, request, responder);
        case RouteArea::ollama: return parts_->ollama_routes.serve(request, responder);
        case RouteArea::openai: return parts_->openai_routes.serve(request, responder);
        case RouteArea::activity_rows: return parts_->activity.serve_rows(route, request, responder);
        default: return parts_->mcp.serve(route, request, responder);
    }
}

// The replies that their rooms hand back. Pages take secrets out themselves; prompts and what clients need have none.
awaitable<HttpReply> Gateway::document(const Route& route, HttpRequest& request, HttpResponder& responder) {
    auto told = facts();
    HttpReply reply;
    switch (area_of(route.id)) {
        case RouteArea::page: co_return co_await parts_->dashboard.serve(route, request, std::move(told));
        case RouteArea::prompt: co_return co_await parts_->enhance_routes.serve(route.id, request, responder);
        case RouteArea::client_config:
            co_return serve_client_config(route.server, request, config_.listen, parts_->directory);
        case RouteArea::audit: reply = co_await parts_->audit_routes.serve(route.id, request); break;
        case RouteArea::hooks: reply = co_await parts_->hooks_routes.serve(route.id, request); break;
        case RouteArea::activity: reply = co_await parts_->activity.serve(route, request); break;
        default: reply = co_await parts_->admin.serve(route, request, std::move(told), !draining_); break;
    }
    redact_json(reply.body);  // also the inside of quotes in the text of /metrics
    co_return reply;
}

DaemonFacts Gateway::facts() const {
    DaemonFacts out;
    out.uptime_seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started_).count();
    out.connections = listener_.connections();
    out.sessions = parts_->sessions.size();
    out.activity = activity_.counters();
    out.audit = audit_.counters();
    out.prompts = parts_->enhancer.cache_stats();
    out.ollama = parts_->ollama.facts();
    out.hooks = parts_->hooks.registry();
    out.hook_processes = parts_->hooks.commands().running();
    out.batches = parts_->hub_calls.batches();
    out.batches.add(parts_->batch_routes.batches());
    out.pipelines = parts_->pipelines.count();
    out.loop = {lag_.last(), lag_.longest(), TaskGroup::alive()};
    return out;
}

void Gateway::refused(const HttpRequest& request, const HttpResponder& responder, std::string_view why) {
    recorder_.plain({request, responder.status(), responder.body_bytes(), {}, {}, {}, {}, why});
}

HttpReply Gateway::error_reply(std::string_view path, unsigned status, std::string_view why) {
    ModelDialect dialect = ModelDialect::native;
    if (is_model_path(path, dialect))
        return model_error_reply(dialect, status, why, {});
    const bool is_rpc = is_mcp(path) && find_route(http::verb::post, path).id != RouteId::compat_call;
    return is_rpc ? rpc_error_reply(status, mcp::code::transport_error, why) : detail_reply(status, why);
}

}  // namespace agenthub
