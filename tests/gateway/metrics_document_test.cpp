#include "gateway/metrics_document.hpp"

#include <gtest/gtest.h>

#include "hooks/hook_registry.hpp"
#include "tests/gateway/idle_supervisor.hpp"
#include "tests/hooks/seen_call.hpp"
#include "tests/support/prometheus_text.hpp"

namespace agenthub {
namespace {

using test::PrometheusPage;

PrometheusPage page_of(const Supervisor& supervisor, const DaemonFacts& facts = {}) {
    return test::read_prometheus(metrics_document(supervisor, facts));
}

std::string faults_of(const PrometheusPage& page) {
    std::string out;
    for (const auto& fault : page.faults)
        out += fault + "\n";
    return out;
}

TEST(MetricsDocument, is_a_page_that_a_scraper_takes) {
    IdleSupervisor supervised({server_named("one"), server_named("two")});
    supervised.supervisor.find("one")->stats().answered(std::chrono::microseconds(700));
    const PrometheusPage page = page_of(supervised.supervisor);
    EXPECT_EQ(faults_of(page), "");
    for (const auto& [name, family] : page.families) {
        EXPECT_TRUE(name.starts_with("agenthub_")) << name;
        EXPECT_TRUE(family.help.ends_with(".")) << name;
    }
    EXPECT_EQ(faults_of(page_of(IdleSupervisor().supervisor)), "") << "without servers";
}

TEST(MetricsDocument, tells_of_the_daemon_itself) {
    const IdleSupervisor supervised;
    DaemonFacts facts;
    facts.uptime_seconds = 5;
    facts.connections = 3;
    facts.sessions = 2;
    facts.activity.recorded = 7;
    facts.activity.committed = 6;
    facts.activity.dropped = 1;
    facts.activity.queued = 4;
    facts.loop = {std::chrono::microseconds(1500), std::chrono::microseconds(2'500'000), 9};
    const PrometheusPage page = page_of(supervised.supervisor, facts);
    EXPECT_EQ(page.at("agenthub_uptime_seconds"), 5);
    EXPECT_EQ(page.at("agenthub_connections"), 3);
    EXPECT_EQ(page.at("agenthub_sessions"), 2);
    EXPECT_EQ(page.at("agenthub_activity_recorded_total"), 7);
    EXPECT_EQ(page.at("agenthub_activity_committed_total"), 6);
    EXPECT_EQ(page.at("agenthub_activity_dropped_total"), 1);
    EXPECT_EQ(page.at("agenthub_activity_queued"), 4);
    EXPECT_EQ(page.at("agenthub_loop_lag_seconds"), 0.0015);
    EXPECT_EQ(page.at("agenthub_loop_lag_max_seconds"), 2.5);
    EXPECT_EQ(page.at("agenthub_tasks"), 9);
    EXPECT_EQ(page.at("agenthub_processes_expected"), 0);
    EXPECT_GE(page.at("agenthub_processes_found"), 0);
    EXPECT_GT(page.at("agenthub_resident_memory_bytes"), 1e6);
    EXPECT_GE(page.at("agenthub_cpu_seconds_total"), 0);
    EXPECT_GT(page.at("agenthub_open_descriptors"), 2);
    EXPECT_EQ(page.families.at("agenthub_info").type, "gauge");
}

TEST(MetricsDocument, counts_a_servers_calls_and_their_latencies) {
    IdleSupervisor supervised({server_named("one")});
    ServerStats& stats = supervised.supervisor.find("one")->stats();
    stats.answered(std::chrono::microseconds(511));
    stats.answered(std::chrono::microseconds(512));
    stats.answered(std::chrono::seconds(200));
    stats.failed();
    const PrometheusPage page = page_of(supervised.supervisor);
    EXPECT_EQ(page.at("agenthub_server_calls_total{server=\"one\"}"), 4);
    EXPECT_EQ(page.at("agenthub_server_call_errors_total{server=\"one\"}"), 1);
    const std::string name = "agenthub_server_call_duration_seconds";
    EXPECT_EQ(page.at(name + "_count{server=\"one\"}"), 3);
    EXPECT_NEAR(page.at(name + "_sum{server=\"one\"}"), 200.001023, 1e-6);
    EXPECT_EQ(page.at(name + "_bucket{server=\"one\",le=\"0.000511\"}"), 1);
    EXPECT_EQ(page.at(name + "_bucket{server=\"one\",le=\"0.001023\"}"), 2);
    EXPECT_EQ(page.at(name + "_bucket{server=\"one\",le=\"134.217727\"}"), 2);
    EXPECT_EQ(page.at(name + "_bucket{server=\"one\",le=\"+Inf\"}"), 3);
}

TEST(MetricsDocument, says_which_state_a_server_and_its_breaker_are_in) {
    IdleSupervisor supervised({server_named("one"), server_named("two")});
    for (int i = 0; i < 3; ++i) {
        CallPass pass;
        ASSERT_TRUE(supervised.supervisor.find("one")->gate().try_enter(pass));
        pass.settle(Error(errc::call_timeout, "too slow"));
    }
    CallPass place;
    ASSERT_TRUE(supervised.supervisor.find("two")->gate().try_enter(place));
    const PrometheusPage page = page_of(supervised.supervisor);
    EXPECT_EQ(page.at("agenthub_server_state{server=\"one\",state=\"stopped\"}"), 1);
    for (const char* state : {"starting", "running", "stopping", "failed"})
        EXPECT_EQ(page.at("agenthub_server_state{server=\"one\",state=\"" + std::string(state) + "\"}"), 0) << state;
    EXPECT_EQ(page.at("agenthub_server_restarts_total{server=\"one\"}"), 0);
    EXPECT_EQ(page.at("agenthub_server_breaker_state{server=\"one\",state=\"open\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_breaker_state{server=\"one\",state=\"closed\"}"), 0);
    EXPECT_EQ(page.at("agenthub_server_breaker_state{server=\"two\",state=\"closed\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_breaker_opened_total{server=\"one\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_calls_running{server=\"two\"}"), 1);
    EXPECT_EQ(page.at("agenthub_server_calls_waiting{server=\"two\"}"), 0);
    for (const char* by : {"breaker", "queue", "queue_timeout"})
        EXPECT_EQ(page.at("agenthub_server_calls_refused_total{server=\"one\",by=\"" + std::string(by) + "\"}"), 0);
}

TEST(MetricsDocument, says_how_often_each_hook_was_asked_and_what_it_decided) {
    const IdleSupervisor supervised;
    const auto registry = std::make_shared<const HookRegistry>(
        std::vector{test::hook_config("limit"), test::hook_config("a \"b\"", "*", "*", HookPoint::after)}, nullptr,
        [](const HookConfig&) -> HookBody {
            return std::unique_ptr<QuickHook>(std::make_unique<test::Saying>(HookVerdict()));
        });
    HookCounts& counts = registry->all()[0]->counts;
    counts.calls = 9;
    counts.failed = 2;
    counts.refused = 3;
    counts.spent = std::chrono::microseconds(1500);
    DaemonFacts facts;
    facts.hooks = registry;
    facts.hook_processes = 1;
    const PrometheusPage page = page_of(supervised.supervisor, facts);
    EXPECT_EQ(faults_of(page), "");
    const std::string labels = "{hook=\"limit\",on=\"before\"";
    EXPECT_EQ(page.at("agenthub_hook_runs_total" + labels + "}"), 9);
    EXPECT_EQ(page.at("agenthub_hook_failures_total" + labels + "}"), 2);
    EXPECT_EQ(page.at("agenthub_hook_run_seconds_total" + labels + "}"), 0.0015);
    EXPECT_EQ(page.at("agenthub_hook_decisions_total" + labels + ",decision=\"refused\"}"), 3);
    EXPECT_EQ(page.at("agenthub_hook_decisions_total" + labels + ",decision=\"changed\"}"), 0);
    EXPECT_EQ(page.at("agenthub_hook_runs_total{hook=\"a \\\"b\\\"\",on=\"after\"}"), 0);
    EXPECT_EQ(page.at("agenthub_hook_processes"), 1);
}

TEST(MetricsDocument, counts_pipelines_and_batches) {
    const IdleSupervisor supervised;
    DaemonFacts facts;
    {
        const RunCount::Place first(facts.pipelines);
        const RunCount::Place second(facts.pipelines);
    }
    const RunCount::Place place(facts.batches);
    const PrometheusPage page = page_of(supervised.supervisor, facts);
    EXPECT_EQ(page.at("agenthub_pipelines_running"), 0);
    EXPECT_EQ(page.at("agenthub_pipeline_runs_total"), 2);
    EXPECT_EQ(page.at("agenthub_batches_running"), 1);
    EXPECT_EQ(page.at("agenthub_batches_total"), 1);
}

}  // namespace
}  // namespace agenthub
