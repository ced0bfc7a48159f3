// What a bad server may do at its worst, one fault each: its callers are answered, others notice nothing, nothing is
// left.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "tests/integration/admin_http.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

// The bad server, and one beside it that must not notice.
json with_a_neighbour(std::vector<std::string> args = {}) {
    auto config = hostile_config(std::move(args));
    config["mcpServers"]["neighbour"] = hostile();
    return config;
}

void expect_neighbour_works(const Daemon& daemon) {
    McpClient neighbour(daemon.port(), "neighbour");
    neighbour.initialize();
    EXPECT_EQ(neighbour.call("echo", {{"text", "untouched"}}).text(), "untouched");
}

TEST(ServerFaults, a_crash_at_every_start_ends_in_failed_and_costs_nothing_from_then_on) {
    auto config = with_a_neighbour({"--exit-at-start", "3"});
    config["mcpServers"]["hostile"]["auto_start"] = true;
    config["mcpServers"]["hostile"]["max_restarts"] = 2;
    Daemon daemon(config);
    ASSERT_TRUE(wait_until([&] { return get(daemon, "/servers/hostile")["process"]["status"] == "failed"; }));
    const json process = get(daemon, "/servers/hostile")["process"];
    EXPECT_EQ(process["restart_count"], 2);
    EXPECT_EQ(process["last_error_code"], "AH-205");
    EXPECT_TRUE(process["next_attempt"].is_string());
    EXPECT_TRUE(daemon.server_processes().empty());
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 503);
    expect_neighbour_works(daemon);
}

TEST(ServerFaults, a_start_of_five_seconds_makes_one_process_and_fifty_answers) {
    Daemon daemon(hostile_config({"--slow-start", "5000"}));
    std::vector<std::future<std::string>> pids;
    for (int i = 0; i < 50; ++i)
        pids.push_back(std::async(std::launch::async, [&daemon] {
            McpClient client(daemon.port());
            client.initialize();
            return client.call("stats").result()["structuredContent"]["pid"].dump();
        }));
    std::set<std::string> seen;
    for (auto& pid : pids)
        seen.insert(pid.get());
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(ServerFaults, half_a_line_and_then_death_is_an_error_for_its_call_alone) {
    Daemon daemon(with_a_neighbour());
    McpClient client(daemon.port());
    client.initialize();
    const Reply reply = client.call("die", {{"code", 7}, {"half", true}});
    EXPECT_EQ(reply.rpc_error()["data"]["reason"], "server_exited");
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
    expect_neighbour_works(daemon);
}

TEST(ServerFaults, a_line_of_64_MiB_is_the_longest_that_is_taken) {
    Daemon daemon(with_a_neighbour());
    McpClient client(daemon.port());
    client.timeout = 4 * kBound;
    client.initialize();
    constexpr std::size_t kLimit = 64u << 20;
    const Reply whole = client.call("huge_line", {{"n", kLimit}});
    EXPECT_EQ(whole.status, 200);
    EXPECT_GT(whole.body.size(), kLimit - 100);
    const Reply over = client.call("huge_line", {{"n", kLimit + 1}});
    EXPECT_EQ(over.rpc_error()["data"]["reason"], "too_large");
    EXPECT_EQ(client.call("echo", {{"text", "still there"}}).text(), "still there");
    expect_neighbour_works(daemon);
}

TEST(ServerFaults, fifty_MiB_on_stderr_are_read_and_bounded) {
    Daemon daemon(with_a_neighbour());
    McpClient client(daemon.port());
    client.timeout = 4 * kBound;
    client.initialize();
    const auto before = daemon.rss();
    EXPECT_EQ(client.call("noise", {{"n", 50 << 20}}).status, 200);
    EXPECT_EQ(client.call("noise", {{"n", 1 << 20}, {"one_line", true}}).status, 200);
#ifdef __SANITIZE_ADDRESS__
    (void)before;  // the sanitizer keeps what is freed
#else
    EXPECT_LT(daemon.rss(), before + 10'000);
#endif
    EXPECT_LT(get(daemon, "/servers/hostile")["process"]["stderr"].get<std::string>().size(), 100'000U);
    expect_neighbour_works(daemon);
}

TEST(ServerFaults, a_hung_server_owes_its_callers_an_error_and_is_replaced) {
    auto config = with_a_neighbour();
    config["mcpServers"]["hostile"]["health_check_interval"] = "100ms";
    config["mcpServers"]["hostile"]["health_check_timeout"] = "200ms";
    config["mcpServers"]["hostile"]["health_check_failures"] = 2;
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    auto hung = client.call_later("hang");
    expect_neighbour_works(daemon);
    EXPECT_EQ(hung.get().rpc_error()["data"]["reason"], "server_unhealthy");
    EXPECT_EQ(client.call("echo", {{"text", "another one"}}).text(), "another one");
}

TEST(ServerFaults, a_grandchild_that_ignores_signals_ends_with_its_server) {
    auto config = with_a_neighbour({"--ignore-term"});
    config["mcpServers"]["hostile"]["stop_timeout"] = "200ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const auto grandchild = static_cast<pid_t>(std::stol(client.call("fork_grandchild", {{"seconds", 100}}).text()));
    ASSERT_TRUE(is_alive(grandchild));
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    EXPECT_FALSE(is_alive(grandchild));
    expect_neighbour_works(daemon);
}

TEST(ServerFaults, killing_the_daemon_ends_twenty_servers_and_their_grandchildren) {
    json config;
    for (int i = 0; i < 20; ++i) {
        config["mcpServers"]["s" + std::to_string(i)] = hostile({"--grandchild", "--ignore-term"});
        config["mcpServers"]["s" + std::to_string(i)]["auto_start"] = true;
    }
    Daemon daemon(config);
    ASSERT_TRUE(wait_until([&] { return get(daemon, "/health")["servers"]["running"] == 20; }));
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().size() >= 40; }));
    daemon.kill9();
    EXPECT_TRUE(wait_until([&] { return daemon.processes().empty(); }, std::chrono::seconds(2)));
}

TEST(ServerFaults, a_hundred_starts_and_stops_leave_no_zombie_and_no_descriptor) {
    Daemon daemon(hostile_config());
    const auto cycle = [&] {
        EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200);
        EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    };
    cycle();
    daemon.settle();
    const auto before = daemon.fds();
    for (int i = 0; i < 100; ++i)
        cycle();
    EXPECT_EQ(daemon.zombies(), 0U);
    EXPECT_TRUE(daemon.server_processes().empty());
    EXPECT_TRUE(wait_until([&] { return daemon.fds() <= before; })) << before << " → " << daemon.fds();
}

// One session among many with the same ids and the same progress token. Its number shows in what the server says: in
// the progress as `total`, in logs and answers as text. Empty, or what went wrong.
std::string talk(const Daemon& daemon, int number) {
    McpClient client(daemon.port());
    client.timeout = 4 * kBound;
    client.initialize();
    const std::string mine = "of " + std::to_string(number) + ".";
    const int total = 3 + number;
    const auto call = [&](const std::string& tool, const json& arguments) {
        return client.request("tools/call",
                              {{"name", tool}, {"arguments", arguments}, {"_meta", {{"progressToken", 1}}}}, 1);
    };
    const Reply progress = call("progress", {{"n", total}});
    if (progress.unasked().empty())
        return "no progress: " + progress.body;
    for (const json& notice : progress.unasked())
        if (notice["method"] == "notifications/progress" && notice["params"]["total"] != total)
            return "progress of another: " + notice.dump();
    // Whose a log message is cannot be known while several sessions have calls: then nobody gets it.
    for (const json& notice : call("log", {{"n", 3}, {"text", mine}}).unasked())
        if (notice["method"] == "notifications/message" &&
            !notice["params"]["data"].get<std::string>().starts_with(mine))
            return "a log message of another: " + notice.dump();
    auto slept = std::async(std::launch::async, [&] { return call("sleep", {{"ms", 300}, {"text", mine}}); });
    if (number % 2 == 1)
        client.notify("notifications/cancelled", {{"requestId", 1}});
    const Reply reply = slept.get();
    // A cancel that came before its call, or after the answer, changes nothing; another's would end it.
    if (reply.status == 202)
        return number % 2 == 1 ? "" : "cancelled by another";
    return reply.text() == mine ? "" : "answered " + reply.body;
}

TEST(ServerFaults, a_hundred_sessions_of_a_shared_server_see_only_what_is_theirs) {
    Daemon daemon(hostile_config());
    std::vector<std::future<std::string>> outcomes;
    for (int i = 0; i < 100; ++i)
        outcomes.push_back(std::async(std::launch::async, [&daemon, i] { return talk(daemon, i); }));
    for (auto& outcome : outcomes)
        EXPECT_EQ(outcome.get(), "");
}

}  // namespace
}  // namespace agenthub::test
