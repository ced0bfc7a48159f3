#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/cli/command_run.hpp"
#include "tests/cli/fake_daemon.hpp"

namespace agenthub {
namespace {

constexpr const char* kHealth =
    R"({"status":"healthy", "version":"9.9","uptime_seconds":5,"services":{"router":"up","ollama":"down"},
        "servers":{"total":1,"running":1,"stopped":0,"failed":0,
                   "servers":{"files":{"status":"running","pid":42,"restart_count":0,"calls":3,"p50_ms":1.5}}}})";
constexpr const char* kServers = R"({"servers":[{"name":"files","status":"running","pid":42}]})";

TEST(StatusCommand, prints_the_page_and_succeeds) {
    FakeDaemon daemon;
    daemon.get_json("/health", kHealth);
    daemon.get_json("/servers", kServers);
    const auto run = run_command({"status", "--url", daemon.url()});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.err, "");
    EXPECT_TRUE(run.out.starts_with("AgentHub 9.9 at " + daemon.url() + ": healthy, up 5 s\n")) << run.out;
    EXPECT_NE(run.out.find("\nfiles   running  42   0         3      -       1.50 "), std::string::npos) << run.out;
    EXPECT_EQ(daemon.seen(), (std::vector<std::string>{"GET /health", "GET /servers"}));
}

TEST(StatusCommand, json_is_the_document_as_it_came) {
    FakeDaemon daemon;
    daemon.get_json("/health", kHealth);
    const auto run = run_command({"status", "--json", "--url", daemon.url()});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out, kHealth + std::string("\n"));
    EXPECT_EQ(daemon.seen(), std::vector<std::string>{"GET /health"});
}

TEST(StatusCommand, takes_the_address_from_the_environment) {
    FakeDaemon daemon;
    daemon.get_json("/health", "{}");
    const ScopedVariable variable("AGENTHUB_URL", daemon.url());
    EXPECT_EQ(run_command({"status", "--json"}).out, "{}\n");
}

TEST(StatusCommand, reaches_a_unix_socket) {
    const std::string path = ::testing::TempDir() + "agenthub_status_" + std::to_string(::getpid()) + ".sock";
    std::filesystem::remove(path);
    FakeDaemon daemon(path);
    daemon.get_json("/health", kHealth);
    daemon.get_json("/servers", kServers);
    const auto run = run_command({"status", "--url", "unix:" + path});
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_TRUE(run.out.starts_with("AgentHub 9.9 at unix:" + path)) << run.out;
    std::filesystem::remove(path);
}

TEST(StatusCommand, a_wrong_address_is_a_matter_of_usage) {
    const auto run = run_command({"status", "--url", "ftp://x"});
    EXPECT_EQ(run.code, 2);
    EXPECT_TRUE(run.err.starts_with("agenthub status: --url: 'ftp://x' is no address")) << run.err;
    EXPECT_EQ(run.out, "");
}

TEST(StatusCommand, a_daemon_that_is_not_there_fails_with_what_to_do) {
    std::string url;
    {
        const FakeDaemon daemon;
        url = daemon.url();
    }
    const auto run = run_command({"status", "--url", url});
    EXPECT_EQ(run.code, 1);
    EXPECT_TRUE(run.err.starts_with("agenthub status: cannot reach AgentHub at " + url)) << run.err;
    EXPECT_NE(run.err.find("agenthub serve"), std::string::npos) << run.err;
}

TEST(StatusCommand, without_the_list_of_servers_it_shows_what_it_has_and_fails) {
    FakeDaemon daemon;
    daemon.get_json("/health", kHealth);
    daemon.get_json("/servers", R"({"detail":"the supervisor is starting"})", 503);
    const auto run = run_command({"status", "--url", daemon.url()});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.out.find("\nfiles "), std::string::npos) << run.out;
    EXPECT_NE(run.err.find("HTTP 503: the supervisor is starting"), std::string::npos) << run.err;
}

TEST(StatusCommand, answers_that_are_not_agenthubs_fail) {
    FakeDaemon daemon;
    daemon.get_json("/broken/health", "{\"status\":");
    daemon.get_json("/array/health", "[1]");
    daemon.get("/half/health", answer_half("{\"status\":", "application/json"));
    const auto error_at = [&](const std::string& prefix) {
        const auto run = run_command({"status", "--json", "--url", daemon.url() + prefix});
        EXPECT_EQ(run.code, 1) << prefix;
        EXPECT_EQ(run.out, "") << prefix;
        return run.err;
    };
    EXPECT_NE(error_at("/broken").find("a body that is not JSON"), std::string::npos) << error_at("/broken");
    EXPECT_NE(error_at("/array").find("JSON of another shape"), std::string::npos) << error_at("/array");
    EXPECT_NE(error_at("/half").find("ended before the answer was complete"), std::string::npos) << error_at("/half");
    EXPECT_NE(error_at("/nothing").find("HTTP 404"), std::string::npos) << error_at("/nothing");
}

}  // namespace
}  // namespace agenthub
