// Which room of the gateway serves a route.
// Pure.

#include "gateway/route_area.hpp"

// For Boost's verb.hpp, which writes to streams without including them.
#include <ostream>

namespace agenthub {

RouteArea area_of(RouteId id) noexcept {
    switch (id) {
        case RouteId::mcp_server:
        case RouteId::mcp_view:
        case RouteId::sse:
        case RouteId::sse_messages: return RouteArea::mcp;
        case RouteId::compat_call: return RouteArea::compat;
        case RouteId::batch: return RouteArea::batch;
        case RouteId::pipelines:
        case RouteId::pipeline_run:
        case RouteId::documentation: return RouteArea::pipelines;
        case RouteId::ollama_api: return RouteArea::ollama;
        case RouteId::openai_api: return RouteArea::openai;
        case RouteId::activity_export:
        case RouteId::activity_stream: return RouteArea::activity_rows;
        case RouteId::activity:
        case RouteId::activity_stats:
        case RouteId::activity_cleanup: return RouteArea::activity;
        case RouteId::client_config: return RouteArea::client_config;
        case RouteId::enhance:
        case RouteId::enhance_stats:
        case RouteId::enhance_reset: return RouteArea::prompt;
        case RouteId::audit_log:
        case RouteId::audit_verify:
        case RouteId::audit_history:
        case RouteId::alerts:
        case RouteId::alerts_stats: return RouteArea::audit;
        case RouteId::hooks:
        case RouteId::hooks_test: return RouteArea::hooks;
        default: return id >= RouteId::home ? RouteArea::page : RouteArea::admin;
    }
}

bool makes_calls(RouteId id) noexcept {
    const RouteArea area = area_of(id);
    return area == RouteArea::mcp || area == RouteArea::compat || id == RouteId::batch || id == RouteId::pipeline_run ||
           id == RouteId::documentation;
}

}  // namespace agenthub
