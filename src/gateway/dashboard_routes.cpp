// Serving the dashboard.
// Owned by the gateway.

#include "gateway/dashboard_routes.hpp"

#include <algorithm>
#include <utility>

#include "base/redactor.hpp"
#include "base/text.hpp"
#include "gateway/dashboard_pages.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/openapi.hpp"

namespace agenthub {
namespace {

// Everything comes from AgentHub itself, and no other page may show one of these inside of it.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

HttpReply html_reply(std::string body) {
    HttpReply reply;
    reply.content_type = "text/html; charset=utf-8";
    reply.body = std::move(body);
    reply.headers.emplace_back("Content-Security-Policy", kContentPolicy);
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    reply.headers.emplace_back("Referrer-Policy", "same-origin");
    reply.headers.emplace_back("Cache-Control", "no-store");
    return reply;
}

HttpReply redirect(std::string to) {
    HttpReply reply;
    reply.status = 307;
    reply.headers.emplace_back("Location", std::move(to));
    return reply;
}

// {"error": TEXT} of guides, {"status": …, "message": TEXT} of actions: the words of the prototype.
HttpReply error_reply(unsigned status, std::string_view why) {
    HttpReply reply;
    reply.status = status;
    reply.body = R"({"error":)";
    append_json_string(reply.body, why);
    reply.body += '}';
    return reply;
}

HttpReply action_reply(unsigned status, std::string_view message) {
    HttpReply reply;
    reply.status = status;
    reply.body = status == 200 ? R"({"status":"success","message":)" : R"({"status":"error","message":)";
    append_json_string(reply.body, redacted(message));
    reply.body += '}';
    return reply;
}

// Letters, digits, "_" and "-", then ".md".
bool is_guide_name(std::string_view name) {
    constexpr std::string_view kEnd = ".md";
    const auto is_fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (name.size() <= kEnd.size() || !name.ends_with(kEnd))
        return false;
    const std::string_view stem = name.substr(0, name.size() - kEnd.size());
    return std::all_of(stem.begin(), stem.end(), is_fine);
}

HttpReply guide_reply(const std::string& name) {
    if (!is_guide_name(name))
        return error_reply(400, "a guide's name has letters, digits, _ and -, and ends with .md");
    const EmbeddedFile* guide = find_embedded(embedded_guides(), name);
    return guide == nullptr ? error_reply(404, "there is no guide of that name") : html_reply(guide_page(*guide));
}

HttpReply static_reply(const std::string& name) {
    const EmbeddedFile* file = find_embedded(embedded_parts(), name);
    if (file == nullptr)
        return detail_reply(404, "Not Found");
    HttpReply reply;
    reply.content_type = name.ends_with(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
    reply.body = file->text;
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    reply.headers.emplace_back("Cache-Control", "no-cache");
    return reply;
}

ServerRow row_of(const ServerSlot& slot) {
    const ServerStatus status = slot.status();
    ServerRow row;
    row.name = slot.name();
    row.description = slot.config().description;
    row.status = to_string(status.state);
    row.reason = slot.config().disabled_reason.empty() ? status.reason : "disabled: " + slot.config().disabled_reason;
    row.last_error = status.last_error;
    row.pid = status.pid;
    row.restart_count = status.restart_count;
    row.calls = slot.stats().calls;
    row.errors = slot.stats().errors;
    row.breaker = slot.gate().breaker().state;
    return row;
}

}  // namespace

awaitable<HttpReply> DashboardRoutes::serve(const Route& route, const HttpRequest& request, DaemonFacts facts) {
    switch (route.id) {
        case RouteId::home: co_return redirect("/dashboard");
        case RouteId::guide_home: co_return redirect("/dashboard/guides/view/http-api.md");
        case RouteId::openapi: co_return openapi_reply();
        case RouteId::dashboard: co_return html_reply(dashboard_page(health(facts), stats_part(facts)));
        case RouteId::dashboard_partial: co_return co_await part(route.server, facts);
        case RouteId::dashboard_guide: co_return guide_reply(route.server);
        case RouteId::static_file: co_return static_reply(route.server);
        case RouteId::dashboard_clear: enhancer_.clear_cache(); co_return action_reply(200, "The cache is empty");
        case RouteId::dashboard_start:
            co_return co_await act(RouteId::server_start, route.server, request, std::move(facts));
        case RouteId::dashboard_stop:
            co_return co_await act(RouteId::server_stop, route.server, request, std::move(facts));
        default: co_return co_await act(RouteId::server_restart, route.server, request, std::move(facts));
    }
}

awaitable<HttpReply> DashboardRoutes::part(const std::string& name, const DaemonFacts& facts) {
    if (name == "health")
        co_return html_reply(health(facts));
    if (name == "stats")
        co_return html_reply(stats_part(facts));
    if (name == "guides")
        co_return html_reply(guides_part());
    if (name != "activity")
        co_return detail_reply(404, "Not Found");
    ActivityQuery query;
    const auto page = co_await activity_.query(query);
    if (!page)
        co_return detail_reply(mapping_of(page.error().code).http_status, page.error().message);
    co_return html_reply(activity_part(*page));
}

// What the administrative route of the same name does, in the words of the dashboard.
awaitable<HttpReply> DashboardRoutes::act(RouteId id, std::string server, const HttpRequest& request,
                                          DaemonFacts facts) {
    if (supervisor_.find(server) == nullptr)
        co_return action_reply(400, "there is no server of that name");
    Route route;
    route.id = id;
    route.server = std::move(server);
    const HttpReply done = co_await admin_.serve(route, request, std::move(facts), true);
    const auto said = Document::parse(done.body, nullptr, false);
    const std::string message = said.value(done.status == 200 ? "message" : "detail", std::string());
    co_return action_reply(done.status == 404 ? 400 : done.status, message);
}

std::string DashboardRoutes::health(const DaemonFacts& facts) const {
    std::vector<ServerRow> servers;
    servers.reserve(supervisor_.slots().size());
    for (const auto& slot : supervisor_.slots())
        servers.push_back(row_of(*slot));
    return health_part(servers, facts);
}

std::optional<HttpReply> refuse_other_sites(const HttpRequest& request) {
    const std::string_view site = request.header("Sec-Fetch-Site");
    // A person who follows a link from elsewhere to a page; the page with the link sees nothing of it. A frame would
    // let that other page lead the person's clicks.
    const bool follows_link = request.verb == http::verb::get && request.header("Sec-Fetch-Mode") == "navigate" &&
                              request.header("Sec-Fetch-Dest") == "document";
    const bool is_foreign = !site.empty() && site != "none" && site != "same-origin" && !follows_link;
    const std::string own = "http://" + std::string(request.header("Host"));
    // Behind a proxy that speaks TLS the page has another scheme, and the guard of origins has let it in.
    const std::string own_tls = "https://" + std::string(request.header("Host"));
    const std::string_view origin = request.header("Origin");
    const bool is_own = !request.has_header("Origin") || iequals(origin, own) || iequals(origin, own_tls);
    if (is_foreign || !is_own)
        return detail_reply(403, "these pages are not open to other sites");
    return std::nullopt;
}

}  // namespace agenthub
