#include "gateway/router.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace agenthub {
namespace {

using boost::beast::http::verb;

struct Expectation {
    verb method;
    std::string_view path;
    RouteId id;
    RouteClass route_class;
    std::string_view server;
};

void PrintTo(const Expectation& row, std::ostream* out) {
    *out << to_string(row.method) << " " << row.path;
}

class Routes : public testing::TestWithParam<Expectation> {};

TEST_P(Routes, lead_where_the_table_says) {
    const auto& row = GetParam();
    const Route route = find_route(row.method, row.path);
    EXPECT_EQ(route.id, row.id);
    EXPECT_EQ(route.route_class, row.route_class);
    EXPECT_EQ(route.server, row.server);
    EXPECT_FALSE(route.allow.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Known, Routes,
    testing::Values(
        Expectation{verb::post, "/mcp/everything", RouteId::mcp_server, RouteClass::mcp, "everything"},
        Expectation{verb::get, "/mcp/everything", RouteId::mcp_server, RouteClass::mcp, "everything"},
        Expectation{verb::delete_, "/mcp/a.b-c_d", RouteId::mcp_server, RouteClass::mcp, "a.b-c_d"},
        Expectation{verb::get, "/mcp/one/sse", RouteId::sse, RouteClass::mcp, "one"},
        Expectation{verb::post, "/mcp/one/messages", RouteId::sse_messages, RouteClass::mcp, "one"},
        Expectation{verb::get, "/sse", RouteId::sse, RouteClass::mcp, ""},
        Expectation{verb::post, "/messages", RouteId::sse_messages, RouteClass::mcp, ""},
        Expectation{verb::post, "/mcp/sse", RouteId::mcp_server, RouteClass::mcp, "sse"},
        Expectation{verb::post, "/ollama/enhance", RouteId::enhance, RouteClass::admin, ""},
        Expectation{verb::get, "/ollama/stats", RouteId::enhance_stats, RouteClass::admin, ""},
        Expectation{verb::post, "/ollama/reset", RouteId::enhance_reset, RouteClass::admin, ""},
        Expectation{verb::post, "/llm/enhance", RouteId::enhance, RouteClass::admin, ""},
        Expectation{verb::get, "/llm/stats", RouteId::enhance_stats, RouteClass::admin, ""},
        Expectation{verb::post, "/llm/reset", RouteId::enhance_reset, RouteClass::admin, ""},
        Expectation{verb::post, "/mcp/one/tools/call", RouteId::compat_call, RouteClass::mcp, "one"},
        Expectation{verb::post, "/mcp/one/tools.list", RouteId::compat_call, RouteClass::mcp, "one"},
        Expectation{verb::post, "/mcp/one/sse/x", RouteId::compat_call, RouteClass::mcp, "one"},
        Expectation{verb::get, "/", RouteId::home, RouteClass::page, ""},
        Expectation{verb::get, "/docs", RouteId::guide_home, RouteClass::page, ""},
        Expectation{verb::get, "/openapi.json", RouteId::openapi, RouteClass::page, ""},
        Expectation{verb::get, "/dashboard", RouteId::dashboard, RouteClass::page, ""},
        Expectation{verb::get, "/dashboard/health-partial", RouteId::dashboard_partial, RouteClass::page, "health"},
        Expectation{verb::get, "/dashboard/guides/view/a.md", RouteId::dashboard_guide, RouteClass::page, "a.md"},
        Expectation{verb::post, "/dashboard/actions/clear-cache", RouteId::dashboard_clear, RouteClass::page, ""},
        Expectation{verb::post, "/dashboard/actions/start/one", RouteId::dashboard_start, RouteClass::page, "one"},
        Expectation{verb::post, "/dashboard/actions/stop/one", RouteId::dashboard_stop, RouteClass::page, "one"},
        Expectation{verb::post, "/dashboard/actions/restart/one", RouteId::dashboard_restart, RouteClass::page, "one"},
        Expectation{verb::get, "/static/css/a.css", RouteId::static_file, RouteClass::page, "css/a.css"},
        Expectation{verb::get, "/livez", RouteId::livez, RouteClass::probe, ""},
        Expectation{verb::get, "/readyz", RouteId::readyz, RouteClass::probe, ""},
        Expectation{verb::get, "/configs/vscode-tasks", RouteId::client_config, RouteClass::admin, "vscode-tasks"},
        Expectation{verb::get, "/health", RouteId::health, RouteClass::admin, ""},
        Expectation{verb::head, "/health", RouteId::health, RouteClass::admin, ""},
        Expectation{verb::get, "/health/one", RouteId::health_server, RouteClass::admin, "one"},
        Expectation{verb::get, "/metrics", RouteId::metrics, RouteClass::admin, ""},
        Expectation{verb::get, "/servers", RouteId::servers, RouteClass::admin, ""},
        Expectation{verb::get, "/servers/one", RouteId::server, RouteClass::admin, "one"},
        Expectation{verb::get, "/servers/start", RouteId::server, RouteClass::admin, "start"},
        Expectation{verb::post, "/servers/one/start", RouteId::server_start, RouteClass::admin, "one"},
        Expectation{verb::post, "/servers/start/start", RouteId::server_start, RouteClass::admin, "start"},
        Expectation{verb::post, "/servers/one/stop", RouteId::server_stop, RouteClass::admin, "one"},
        Expectation{verb::post, "/servers/one/restart", RouteId::server_restart, RouteClass::admin, "one"},
        Expectation{verb::post, "/servers/install", RouteId::server_install, RouteClass::admin, ""},
        Expectation{verb::delete_, "/servers/one", RouteId::server_remove, RouteClass::admin, "one"},
        Expectation{verb::post, "/admin/reload", RouteId::reload, RouteClass::admin, ""},
        Expectation{verb::get, "/circuit-breakers", RouteId::breakers, RouteClass::admin, ""},
        Expectation{verb::post, "/circuit-breakers/one/reset", RouteId::breaker_reset, RouteClass::admin, "one"},
        Expectation{verb::post, "/ollama/api/chat", RouteId::ollama_api, RouteClass::model, "chat"},
        Expectation{verb::get, "/llm/api/tags", RouteId::ollama_api, RouteClass::model, "tags"},
        Expectation{verb::head, "/ollama/api/blobs/sha256:0", RouteId::ollama_api, RouteClass::model, "blobs/sha256:0"},
        Expectation{verb::unknown, "/ollama/api/x", RouteId::ollama_api, RouteClass::model, "x"},
        Expectation{verb::post, "/v1/chat/completions", RouteId::openai_api, RouteClass::model, ""},
        Expectation{verb::post, "/v1/completions", RouteId::openai_api, RouteClass::model, ""},
        Expectation{verb::post, "/v1/embeddings", RouteId::openai_api, RouteClass::model, ""},
        Expectation{verb::post, "/v1/responses", RouteId::openai_api, RouteClass::model, ""},
        Expectation{verb::get, "/v1/models", RouteId::openai_api, RouteClass::model, ""},
        Expectation{verb::head, "/v1/models", RouteId::openai_api, RouteClass::model, ""},
        Expectation{verb::get, "/v1/models/hf.co/a/b:c", RouteId::openai_api, RouteClass::model, "hf.co/a/b:c"},
        Expectation{verb::get, "/audit/activity", RouteId::activity, RouteClass::admin, ""},
        Expectation{verb::delete_, "/audit/activity", RouteId::activity, RouteClass::admin, ""},
        Expectation{verb::get, "/audit/activity/stats", RouteId::activity_stats, RouteClass::admin, ""},
        Expectation{verb::post, "/audit/activity/cleanup", RouteId::activity_cleanup, RouteClass::admin, ""}));

TEST(Router, decodes_the_server_name_once_and_leaves_plus_alone) {
    EXPECT_EQ(find_route(verb::get, "/servers/a%2Eb").server, "a.b");
    EXPECT_EQ(find_route(verb::get, "/servers/a%252Eb").server, "a%2Eb");
    EXPECT_EQ(find_route(verb::get, "/servers/a+b").server, "a+b");
    EXPECT_EQ(find_route(verb::get, "/servers/a+b%2E").server, "a+b.") << "'+' is a blank in a query only";
    EXPECT_EQ(find_route(verb::post, "/mcp/a%2Fb").server, "a/b") << "an encoded slash is part of the name";
}

class Unknown : public testing::TestWithParam<std::string_view> {};

TEST_P(Unknown, path_allows_nothing) {
    for (const verb method : {verb::get, verb::post, verb::delete_, verb::head, verb::options, verb::unknown}) {
        const Route route = find_route(method, GetParam());
        EXPECT_EQ(route.id, RouteId::none);
        EXPECT_EQ(route.allow, "");
    }
}

INSTANTIATE_TEST_SUITE_P(Paths, Unknown,
                         testing::Values("", "*", "health", "/Health", "/health/", "/servers/", "/servers//start",
                                         "/servers/one/", "/servers/one/kill", "/servers/one/two/start", "/mcp/",
                                         "/mcp/one/", "/mcp/view/one/tools/call", "/mcp//tools/call", "//mcp/one",
                                         "/audit", "/circuit-breakers/", "/circuit-breakers/one",
                                         "/circuit-breakers//reset", "/ollama/api", "/ollama/api/", "/ollama/chat",
                                         "/v1", "/v1/models/", "/audit/activity/", "/audit/activity/other", "/livez/x",
                                         "http://127.0.0.1/health"));

struct Allowed {
    std::string_view path;
    std::string_view allow;
    // For the test's name; without it, GoogleTest would print the bytes.
    friend void PrintTo(const Allowed& row, std::ostream* out) { *out << row.path; }
};

class OtherMethods : public testing::TestWithParam<Allowed> {};

TEST_P(OtherMethods, are_told_what_is_allowed) {
    for (const verb method : {verb::put, verb::patch, verb::unknown}) {
        const Route route = find_route(method, GetParam().path);
        EXPECT_EQ(route.id, RouteId::none);
        EXPECT_EQ(route.allow, GetParam().allow);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Paths, OtherMethods,
    testing::Values(Allowed{"/mcp/one", "GET, POST, DELETE, OPTIONS"}, Allowed{"/livez", "GET, HEAD"},
                    Allowed{"/mcp/one/sse", "GET, OPTIONS"}, Allowed{"/mcp/one/messages", "POST, OPTIONS"},
                    Allowed{"/sse", "GET, OPTIONS"}, Allowed{"/messages", "POST, OPTIONS"},
                    Allowed{"/readyz", "GET, HEAD"}, Allowed{"/health", "GET, HEAD"},
                    Allowed{"/health/one", "GET, HEAD"}, Allowed{"/servers", "GET, HEAD"},
                    Allowed{"/servers/one", "GET, HEAD, DELETE"}, Allowed{"/servers/one/start", "POST"},
                    Allowed{"/servers/one/stop", "POST"}, Allowed{"/servers/one/restart", "POST"},
                    Allowed{"/servers/install", "GET, HEAD, POST, DELETE"}, Allowed{"/admin/reload", "POST"},
                    Allowed{"/circuit-breakers", "GET, HEAD"}, Allowed{"/circuit-breakers/one/reset", "POST"},
                    Allowed{"/audit/activity", "GET, HEAD, DELETE"}, Allowed{"/audit/activity/stats", "GET, HEAD"},
                    Allowed{"/audit/activity/cleanup", "POST"}, Allowed{"/v1/completions", "POST, OPTIONS"},
                    Allowed{"/v1/models", "GET, HEAD, OPTIONS"}, Allowed{"/v1/models/x", "GET, HEAD, OPTIONS"}));

TEST(Router, tells_the_path_behind_a_server_and_leaves_that_of_sessions_alone) {
    EXPECT_EQ(find_route(verb::post, "/mcp/one/tools/call").rest, "tools/call");
    EXPECT_EQ(find_route(verb::post, "/mcp/a%2Eb/tools%2Flist").rest, "tools/list");
    EXPECT_EQ(find_route(verb::post, "/mcp/a%2Eb/tools%2Flist").server, "a.b");
    EXPECT_EQ(find_route(verb::post, "/mcp/one/sse").id, RouteId::none);
    EXPECT_EQ(find_route(verb::post, "/mcp/one/sse").allow, "GET, OPTIONS");
    EXPECT_EQ(find_route(verb::get, "/mcp/one/tools/call").allow, "POST, OPTIONS");
}

TEST(Router, refuses_a_wrong_method_in_the_class_of_its_path) {
    const Route route = find_route(verb::get, "/servers/one/restart");
    EXPECT_EQ(route.id, RouteId::none);
    EXPECT_EQ(route.route_class, RouteClass::admin) << "the guard of the class stands before the 405 too";
}

TEST(Router, has_no_head_where_a_get_would_open_a_stream) {
    EXPECT_EQ(find_route(verb::head, "/mcp/one").id, RouteId::none);
    EXPECT_EQ(find_route(verb::head, "/mcp/one").allow, "GET, POST, DELETE, OPTIONS");
}

}  // namespace
}  // namespace agenthub
