// GET /metrics of the real binary.

#include <gtest/gtest.h>

#include "tests/integration/admin_http.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/prometheus_text.hpp"

namespace agenthub::test {
namespace {

PrometheusPage metrics(const Daemon& daemon) {
    httplib::Client http("127.0.0.1", daemon.port());
    const auto reply = http.Get("/metrics");
    if (!reply || reply->status != 200) {
        ADD_FAILURE() << "no metrics";
        return {};
    }
    EXPECT_EQ(reply->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    PrometheusPage page = read_prometheus(reply->body);
    for (const auto& fault : page.faults)
        ADD_FAILURE() << fault;
    return page;
}

TEST(Metrics, tell_what_a_daemon_at_work_does_and_costs) {
    auto config = hostile_config();
    config["mcpServers"]["idle"] = hostile();
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client.call("echo", {{"text", "x"}}).text(), "x");
    client.call("garbage");
    const PrometheusPage page = metrics(daemon);
    EXPECT_EQ(page.at("agenthub_server_state{server=\"hostile\",state=\"running\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_state{server=\"idle\",state=\"stopped\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_calls_total{server=\"hostile\"}"), 4);
    EXPECT_EQ(page.at("agenthub_server_call_errors_total{server=\"hostile\"}"), 0);
    EXPECT_EQ(page.at("agenthub_server_call_duration_seconds_count{server=\"hostile\"}"), 4);
    EXPECT_GT(page.at("agenthub_server_call_duration_seconds_sum{server=\"hostile\"}"), 0);
    EXPECT_EQ(page.at("agenthub_server_bridge_events_total{server=\"hostile\",event=\"call\"}"), 4);
    EXPECT_GE(page.at("agenthub_server_bridge_events_total{server=\"hostile\",event=\"garbage_line\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_bridge_events_total{server=\"idle\",event=\"call\"}"), 0);
    EXPECT_EQ(page.at("agenthub_server_processes{server=\"hostile\"}"), 2);
    EXPECT_GT(page.at("agenthub_server_resident_memory_bytes{server=\"hostile\"}"), 1e5);
    EXPECT_GE(page.at("agenthub_server_cpu_seconds{server=\"hostile\"}"), 0);
    EXPECT_EQ(page.at("agenthub_processes_expected"), 2);
    EXPECT_EQ(page.at("agenthub_processes_found"), 2);
    EXPECT_EQ(page.at("agenthub_sessions"), 1);
    EXPECT_GE(page.at("agenthub_connections"), 1);
    EXPECT_GT(page.at("agenthub_activity_recorded_total"), 3);
    EXPECT_EQ(page.at("agenthub_activity_dropped_total"), 0);
}

TEST(Metrics, count_restarts_and_failed_calls) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_FALSE(client.call("die").rpc_error().is_null());
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
    const PrometheusPage page = metrics(daemon);
    EXPECT_EQ(page.at("agenthub_server_bridge_events_total{server=\"hostile\",event=\"call\"}"), 2)
        << "of both processes: a total does not fall";
    EXPECT_EQ(page.at("agenthub_server_restarts_total{server=\"hostile\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_call_errors_total{server=\"hostile\"}"), 1);
}

TEST(Metrics, are_not_for_web_pages_and_can_only_be_read) {
    Daemon daemon(hostile_config());
    httplib::Client http("127.0.0.1", daemon.port());
    EXPECT_EQ(http.Get("/metrics", {{"Sec-Fetch-Site", "cross-site"}})->status, 403);
    const auto posted = http.Post("/metrics");
    EXPECT_EQ(posted->status, 405);
    EXPECT_EQ(posted->get_header_value("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace agenthub::test
