#include "gateway/admin_documents.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/gateway/idle_supervisor.hpp"

namespace agenthub {
namespace {

using Keys = std::vector<std::string>;

Keys keys_of(const Document& document) {
    Keys keys;
    for (const auto& [key, value] : document.items())
        keys.push_back(key);
    return keys;
}

struct AdminDocuments : testing::Test {
    static ServerConfig secretive() {
        ServerConfig config = server_named("two");
        config.env = {{"TOKEN", "hunter2"}};
        config.disabled_reason = "its command is missing";
        return config;
    }

    IdleSupervisor supervised{{server_named("one"), secretive()}};
    const Supervisor& supervisor = supervised.supervisor;
    const ServerSlot& one = *supervisor.find("one");
};

// AgentHub's clients read the first keys of each; what follows is ours.
TEST_F(AdminDocuments, of_health_have_the_keys_that_clients_know) {
    DaemonFacts facts;
    facts.uptime_seconds = 5;
    facts.connections = 3;
    facts.sessions = 2;
    facts.activity.recorded = 7;
    const Document health = health_document(supervisor, facts);
    EXPECT_EQ(keys_of(health), (Keys{"status", "version", "uptime_seconds", "connections", "sessions", "services",
                                     "servers", "details"}));
    EXPECT_EQ(health["status"], "healthy");
    EXPECT_EQ(health["uptime_seconds"], 5);
    EXPECT_EQ(health["connections"], 3);
    EXPECT_EQ(health["sessions"], 2);
    EXPECT_EQ(keys_of(health["services"]), (Keys{"router", "ollama", "cache", "activity", "audit"}));
    EXPECT_EQ(health["services"]["router"], "up");
    EXPECT_EQ(health["services"]["ollama"], "unknown");
    facts.ollama.state = BackendState::down;
    EXPECT_EQ(health_document(supervisor, facts)["services"]["ollama"], "down");
    EXPECT_EQ(keys_of(health["services"]["cache"]), (Keys{"status", "hit_rate", "size"}));
    EXPECT_EQ(keys_of(health["services"]["activity"]),
              (Keys{"recorded", "committed", "dropped", "queued", "last_error", "mode"}));
    EXPECT_EQ(health["services"]["activity"]["recorded"], 7);
    EXPECT_EQ(keys_of(health["servers"]), (Keys{"total", "running", "stopped", "failed", "servers"}));
    EXPECT_EQ(health["servers"]["total"], 2);
    EXPECT_EQ(health["servers"]["stopped"], 2);
    EXPECT_EQ(keys_of(health["servers"]["servers"]), (Keys{"one", "two"}));
    EXPECT_EQ(keys_of(health["servers"]["servers"]["one"]),
              (Keys{"status", "pid", "restart_count", "reason", "calls", "errors", "p50_ms", "p99_ms", "last_error",
                    "last_error_code"}));
}

TEST_F(AdminDocuments, of_health_say_why_a_server_is_disabled) {
    const Document health = health_document(supervisor, DaemonFacts());
    EXPECT_EQ(health["servers"]["servers"]["two"]["reason"], "disabled: its command is missing");
    EXPECT_EQ(health["servers"]["servers"]["one"]["reason"], "not started yet; the first call starts it");
}

TEST_F(AdminDocuments, of_health_without_servers_hold_an_empty_object) {
    const IdleSupervisor none;
    const Document health = health_document(none.supervisor, DaemonFacts());
    EXPECT_EQ(health["servers"]["servers"].dump(), "{}");
    EXPECT_EQ(server_list_document(none.supervisor).dump(), R"({"servers":[]})");
}

TEST_F(AdminDocuments, of_a_servers_health_have_exactly_the_prototypes_keys) {
    const Document health = server_health_document(one);
    EXPECT_EQ(keys_of(health),
              (Keys{"server", "status", "pid", "restart_count", "last_error", "circuit_breaker", "config"}));
    EXPECT_EQ(keys_of(health["circuit_breaker"]),
              (Keys{"state", "failure_count", "success_count", "last_failure_time", "last_success_time",
                    "total_failures", "total_successes", "times_opened"}));
    EXPECT_EQ(keys_of(health["config"]), (Keys{"package", "transport", "auto_start"}));
    EXPECT_EQ(health["server"], "one");
    EXPECT_EQ(health["status"], "stopped");
    EXPECT_TRUE(health["pid"].is_null());
    EXPECT_TRUE(health["last_error"].is_null());
    EXPECT_EQ(health["config"]["package"], "@example/one");
}

TEST_F(AdminDocuments, of_health_count_a_servers_calls) {
    ServerStats& stats = supervised.supervisor.find("one")->stats();
    stats.failed();
    stats.answered(std::chrono::microseconds(5));
    stats.failed();
    const Document summary = health_document(supervisor, DaemonFacts())["servers"]["servers"]["one"];
    EXPECT_EQ(summary["calls"], 3);
    EXPECT_EQ(summary["errors"], 2);
    EXPECT_EQ(summary["p50_ms"], 0.005);
}

void fail_a_call(CallGate& gate) {
    CallPass pass;
    ASSERT_TRUE(gate.try_enter(pass));
    pass.settle(Error(errc::call_timeout, "too slow"));
}

TEST_F(AdminDocuments, of_circuit_breakers_tell_of_every_server) {
    const Document fresh = breaker_list_document(supervisor);
    EXPECT_EQ(keys_of(fresh), (Keys{"one", "two"}));
    EXPECT_EQ(fresh["one"].dump(), R"({"state":"closed","failure_count":0,"success_count":0,"last_failure_time":null,)"
                                   R"("last_success_time":null,"total_failures":0,"total_successes":0,)"
                                   R"("times_opened":0})");
    for (int i = 0; i < 3; ++i)
        fail_a_call(supervised.supervisor.find("one")->gate());
    const Document now = breaker_list_document(supervisor);
    EXPECT_EQ(now["one"]["state"], "open");
    EXPECT_EQ(now["one"]["failure_count"], 3);
    EXPECT_EQ(now["one"]["times_opened"], 1);
    EXPECT_TRUE(now["one"]["last_failure_time"].is_string());
    EXPECT_EQ(now["two"]["state"], "closed") << "each server has its own";
    EXPECT_EQ(server_health_document(one)["circuit_breaker"], now["one"]);
    OllamaFacts ollama;
    ollama.enabled = true;
    ollama.breaker.times_opened = 7;
    const Document with_ollama = breaker_list_document(supervisor, ollama);
    EXPECT_EQ(keys_of(with_ollama), (Keys{"ollama", "one", "two"}));
    EXPECT_EQ(with_ollama["ollama"]["times_opened"], 7);
}

TEST_F(AdminDocuments, of_the_list_have_exactly_the_prototypes_keys) {
    const Document list = server_list_document(supervisor);
    EXPECT_EQ(keys_of(list), Keys{"servers"});
    ASSERT_EQ(list["servers"].size(), 2u);
    EXPECT_EQ(keys_of(list["servers"][0]),
              (Keys{"name", "package", "transport", "status", "pid", "auto_start", "restart_count", "description"}));
    EXPECT_EQ(list["servers"][0]["name"], "one");
    EXPECT_EQ(list["servers"][1]["name"], "two");
    EXPECT_EQ(list["servers"][0]["transport"], "stdio");
    EXPECT_EQ(list["servers"][0]["auto_start"], false);
}

TEST_F(AdminDocuments, of_one_server_have_its_whole_configuration_without_secrets) {
    const Document document = server_document(*supervisor.find("two"));
    EXPECT_EQ(keys_of(document), (Keys{"name", "config", "process", "calls"}));
    for (const char* field : {"package", "transport", "command", "args", "env", "url", "auto_start",
                              "restart_on_failure", "max_restarts", "health_check_interval", "description"})
        EXPECT_TRUE(document["config"].contains(field)) << field;
    EXPECT_EQ(document["config"]["env"]["TOKEN"], "***");
    EXPECT_EQ(document.dump().find("hunter2"), std::string::npos);
    EXPECT_EQ(keys_of(document["process"]), (Keys{"pid", "status", "started_at", "restart_count", "last_error",
                                                  "last_error_code", "reason", "since", "next_attempt", "stderr"}));
    EXPECT_TRUE(document["process"]["last_error_code"].is_null());
    EXPECT_TRUE(document["process"]["started_at"].is_null());
}

}  // namespace
}  // namespace agenthub
