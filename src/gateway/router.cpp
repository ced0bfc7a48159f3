// Which path leads where.
// Pure.

#include "gateway/router.hpp"

#include <array>

#include "gateway/endpoint_name.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {
namespace {

using Row = RouteRow;

constexpr std::array kRows = {
    Row{"/mcp", http::verb::post, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp", http::verb::get, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp", http::verb::delete_, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp-direct/mcp", http::verb::post, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp-direct/mcp", http::verb::get, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp-direct/mcp", http::verb::delete_, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp/view/*", http::verb::post, RouteId::mcp_view, RouteClass::mcp},
    Row{"/mcp/view/*", http::verb::get, RouteId::mcp_view, RouteClass::mcp},
    Row{"/mcp/view/*", http::verb::delete_, RouteId::mcp_view, RouteClass::mcp},
    Row{"/mcp/*", http::verb::post, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp/*", http::verb::get, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp/*", http::verb::delete_, RouteId::mcp_server, RouteClass::mcp},
    Row{"/mcp/*/sse", http::verb::get, RouteId::sse, RouteClass::mcp},
    Row{"/mcp/*/messages", http::verb::post, RouteId::sse_messages, RouteClass::mcp},
    Row{"/mcp/*/**", http::verb::post, RouteId::compat_call, RouteClass::mcp},
    Row{"/sse", http::verb::get, RouteId::sse, RouteClass::mcp},
    Row{"/messages", http::verb::post, RouteId::sse_messages, RouteClass::mcp},
    Row{"/batch", http::verb::post, RouteId::batch, RouteClass::mcp},
    Row{"/pipelines", http::verb::get, RouteId::pipelines, RouteClass::mcp},
    Row{"/pipelines/documentation", http::verb::post, RouteId::documentation, RouteClass::mcp},
    Row{"/pipelines/*", http::verb::post, RouteId::pipeline_run, RouteClass::mcp},
    Row{"/livez", http::verb::get, RouteId::livez, RouteClass::probe},
    Row{"/readyz", http::verb::get, RouteId::readyz, RouteClass::probe},
    Row{"/health", http::verb::get, RouteId::health, RouteClass::admin},
    Row{"/health/*", http::verb::get, RouteId::health_server, RouteClass::admin},
    Row{"/metrics", http::verb::get, RouteId::metrics, RouteClass::admin},
    Row{"/servers", http::verb::get, RouteId::servers, RouteClass::admin},
    Row{"/servers/*", http::verb::get, RouteId::server, RouteClass::admin},
    Row{"/servers/*", http::verb::delete_, RouteId::server_remove, RouteClass::admin},
    Row{"/servers/install", http::verb::post, RouteId::server_install, RouteClass::admin},
    Row{"/servers/*/start", http::verb::post, RouteId::server_start, RouteClass::admin},
    Row{"/servers/*/stop", http::verb::post, RouteId::server_stop, RouteClass::admin},
    Row{"/servers/*/restart", http::verb::post, RouteId::server_restart, RouteClass::admin},
    Row{"/admin/reload", http::verb::post, RouteId::reload, RouteClass::admin},
    Row{"/circuit-breakers", http::verb::get, RouteId::breakers, RouteClass::admin},
    Row{"/circuit-breakers/*/reset", http::verb::post, RouteId::breaker_reset, RouteClass::admin},
    Row{"/configs/*", http::verb::get, RouteId::client_config, RouteClass::admin},
    Row{"/audit/activity", http::verb::get, RouteId::activity, RouteClass::admin},
    Row{"/audit/activity", http::verb::delete_, RouteId::activity, RouteClass::admin},
    Row{"/audit/activity/stats", http::verb::get, RouteId::activity_stats, RouteClass::admin},
    Row{"/audit/activity/cleanup", http::verb::post, RouteId::activity_cleanup, RouteClass::admin},
    Row{"/audit/activity/export", http::verb::get, RouteId::activity_export, RouteClass::admin},
    Row{"/audit/activity/stream", http::verb::get, RouteId::activity_stream, RouteClass::admin},
    Row{"/audit/log", http::verb::get, RouteId::audit_log, RouteClass::admin},
    Row{"/audit/integrity/verify", http::verb::get, RouteId::audit_verify, RouteClass::admin},
    Row{"/audit/integrity/history", http::verb::get, RouteId::audit_history, RouteClass::admin},
    Row{"/security/alerts", http::verb::get, RouteId::alerts, RouteClass::admin},
    Row{"/security/alerts/stats", http::verb::get, RouteId::alerts_stats, RouteClass::admin},
    Row{"/hooks", http::verb::get, RouteId::hooks, RouteClass::admin},
    Row{"/hooks/test", http::verb::post, RouteId::hooks_test, RouteClass::admin},
    Row{"/ollama/enhance", http::verb::post, RouteId::enhance, RouteClass::admin},
    Row{"/ollama/stats", http::verb::get, RouteId::enhance_stats, RouteClass::admin},
    Row{"/ollama/reset", http::verb::post, RouteId::enhance_reset, RouteClass::admin},
    Row{"/llm/enhance", http::verb::post, RouteId::enhance, RouteClass::admin},
    Row{"/llm/stats", http::verb::get, RouteId::enhance_stats, RouteClass::admin},
    Row{"/llm/reset", http::verb::post, RouteId::enhance_reset, RouteClass::admin},
    Row{"/ollama/api/**", http::verb::unknown, RouteId::ollama_api, RouteClass::model},
    Row{"/llm/api/**", http::verb::unknown, RouteId::ollama_api, RouteClass::model},
    Row{"/v1/chat/completions", http::verb::post, RouteId::openai_api, RouteClass::model},
    Row{"/v1/completions", http::verb::post, RouteId::openai_api, RouteClass::model},
    Row{"/v1/embeddings", http::verb::post, RouteId::openai_api, RouteClass::model},
    Row{"/v1/responses", http::verb::post, RouteId::openai_api, RouteClass::model},
    Row{"/v1/models", http::verb::get, RouteId::openai_api, RouteClass::model},
    Row{"/v1/models/**", http::verb::get, RouteId::openai_api, RouteClass::model},
    Row{"/", http::verb::get, RouteId::home, RouteClass::page},
    Row{"/docs", http::verb::get, RouteId::guide_home, RouteClass::page},
    Row{"/redoc", http::verb::get, RouteId::guide_home, RouteClass::page},
    Row{"/openapi.json", http::verb::get, RouteId::openapi, RouteClass::page},
    Row{"/dashboard", http::verb::get, RouteId::dashboard, RouteClass::page},
    Row{"/dashboard/*-partial", http::verb::get, RouteId::dashboard_partial, RouteClass::page},
    Row{"/dashboard/guides/view/*", http::verb::get, RouteId::dashboard_guide, RouteClass::page},
    Row{"/dashboard/actions/clear-cache", http::verb::post, RouteId::dashboard_clear, RouteClass::page},
    Row{"/dashboard/actions/start/*", http::verb::post, RouteId::dashboard_start, RouteClass::page},
    Row{"/dashboard/actions/stop/*", http::verb::post, RouteId::dashboard_stop, RouteClass::page},
    Row{"/dashboard/actions/restart/*", http::verb::post, RouteId::dashboard_restart, RouteClass::page},
    Row{"/static/**", http::verb::get, RouteId::static_file, RouteClass::page},
};

// The Allow field of each path; HEAD comes with GET.
std::string_view allow_of(std::string_view pattern) {
    if (pattern == "/mcp/*" || pattern == "/mcp" || pattern == "/mcp/view/*" || pattern == "/mcp-direct/mcp")
        return "GET, POST, DELETE, OPTIONS";
    if (pattern == "/audit/activity" || pattern == "/servers/*")
        return "GET, HEAD, DELETE";
    if (pattern == "/servers/install")  // also a name that a server may have
        return "GET, HEAD, POST, DELETE";
    for (const Row& row : kRows) {
        if (row.pattern != pattern)
            continue;
        const bool posts = row.verb == http::verb::post;
        if (row.route_class == RouteClass::mcp)
            return posts ? "POST, OPTIONS" : "GET, OPTIONS";
        if (row.route_class == RouteClass::model)
            return posts ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
        if (posts)
            return "POST";
    }
    return "GET, HEAD";
}

// Two routes of MCP stand below a server, too; views are no servers.
bool is_compat_path(std::string_view server, std::string_view rest) {
    return !server.empty() && server != "view" && !rest.empty() && rest != "sse" && rest != "messages";
}

bool matches(std::string_view pattern, std::string_view path, std::string_view& segment, std::string_view& rest) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos)
        return pattern == path;
    if (pattern.ends_with("/*/**")) {
        const auto slash = path.find('/', star);
        if (!path.starts_with(pattern.substr(0, star)) || slash == std::string_view::npos)
            return false;
        segment = path.substr(star, slash - star);
        rest = path.substr(slash + 1);
        return is_compat_path(segment, rest);
    }
    if (pattern.ends_with("**")) {
        segment = path.starts_with(pattern.substr(0, star)) ? path.substr(star) : std::string_view();
        return !segment.empty();
    }
    const std::string_view suffix = pattern.substr(star + 1);
    if (path.size() <= star + suffix.size() || !path.starts_with(pattern.substr(0, star)) || !path.ends_with(suffix))
        return false;
    segment = path.substr(star, path.size() - star - suffix.size());
    return segment.find('/') == std::string_view::npos;
}

}  // namespace

std::span<const RouteRow> all_routes() noexcept {
    return kRows;
}

Route find_route(http::verb verb, std::string_view path) {
    const http::verb wanted = verb == http::verb::head ? http::verb::get : verb;
    Route route;
    for (const Row& row : kRows) {
        std::string_view segment;
        std::string_view rest;
        if (!matches(row.pattern, path, segment, rest))
            continue;
        route.route_class = row.route_class;
        route.allow = allow_of(row.pattern);
        route.server = percent_decode(segment, '+');
        route.rest = percent_decode(rest, '+');
        const bool fits = row.verb == wanted || row.verb == http::verb::unknown;
        if (fits && (verb != http::verb::head || row.route_class != RouteClass::mcp)) {
            route.id = row.id;
            if (row.id == RouteId::mcp_view)
                route.server = view_endpoint(route.server);
            return route;
        }
    }
    return route;
}

}  // namespace agenthub
