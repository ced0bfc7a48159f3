// Which path leads where: text in, route out.
// Pure.

#pragma once

#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace agenthub {

// Routes of one class share one guard: `probe` is open to anybody who can connect, `mcp` to clients, `admin` changes or
// reveals something of the daemon and is never open to a browser page. `model` is as `mcp`, for clients of models.
// `page` is as `admin`, for a browser that shows AgentHub's own pages.
enum class RouteClass : std::uint8_t { probe, mcp, model, admin, page };

enum class RouteId : std::uint8_t {
    none,
    livez,
    readyz,
    mcp_server,    // /mcp/{server}, and /mcp for all
    mcp_view,      // /mcp/view/{name}
    sse,           // /mcp/{server}/sse and, of all servers together, /sse
    sse_messages,  // …/messages beside it
    health,
    health_server,
    metrics,
    servers,
    server,
    server_start,
    server_stop,
    server_restart,
    server_install,
    server_remove,
    reload,
    breakers,
    breaker_reset,
    activity,
    activity_stats,
    activity_cleanup,
    activity_export,
    activity_stream,
    audit_log,
    audit_verify,
    audit_history,
    alerts,
    alerts_stats,
    hooks,
    hooks_test,
    batch,
    pipelines,      // GET: those that are configured
    pipeline_run,   // POST /pipelines/{name}
    documentation,  // POST /pipelines/documentation, as the prototype has it
    enhance,        // these three also under /llm
    enhance_stats,
    enhance_reset,
    ollama_api,     // /ollama/api/… and /llm/api/…
    openai_api,     // /v1/…
    client_config,  // /configs/{client}: the server part is the client's name
    compat_call,    // POST /mcp/{server}/{path}, as the prototype has it
    home,           // / leads to the dashboard, and so do /docs and /redoc to its guide
    guide_home,
    openapi,
    dashboard,
    dashboard_partial,  // /dashboard/{part}-partial: the server part is the part's name
    dashboard_guide,    // …/guides/view/{file}
    dashboard_clear,    // …/actions/clear-cache
    dashboard_start,
    dashboard_stop,
    dashboard_restart,
    static_file,  // /static/{file}
};

struct Route {
    RouteId id = RouteId::none;
    RouteClass route_class = RouteClass::probe;
    std::string_view allow;  // methods of the path, as the Allow field wants them; empty: no such path
    std::string server;      // the {server} part, percent-decoded
    std::string rest;        // of a path with {server}/{path...}: the path, percent-decoded
};

// One row of the table of routes.
struct RouteRow {
    // "*" stands for one path segment, the server's name; "**" at the end for one or more.
    std::string_view pattern;
    boost::beast::http::verb verb;  // unknown: any
    RouteId id;
    RouteClass route_class;
};

// All of them: the first that fits decides. Documented one by one in gateway/openapi_table.cpp.
std::span<const RouteRow> all_routes() noexcept;

// `path` without the query. An unknown path has id none and an empty `allow`; a known path with another method has id
// none and says what is allowed.
Route find_route(boost::beast::http::verb verb, std::string_view path);

}  // namespace agenthub
