// Servers whose processes are not shared: one for each session, or for each caller.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/integration/isolated_server.hpp"
#include "tests/integration/reload_client.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST(Isolation, each_session_has_a_process_of_its_own_that_ends_with_it) {
    Daemon daemon(isolated_config("session"));
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    first.initialize();
    second.initialize();
    const pid_t first_pid = server_of(first);
    const pid_t second_pid = server_of(second);
    EXPECT_NE(first_pid, second_pid);
    EXPECT_EQ(server_of(first), first_pid);
    EXPECT_EQ(daemon.server_processes().size(), 2U);
    EXPECT_EQ(first.end_session().status, 200);
    EXPECT_TRUE(wait_until([&] { return !is_alive(first_pid); }));
    EXPECT_EQ(server_of(second), second_pid);
    EXPECT_TRUE(wait_until([&] { return instances(daemon) == 1; }));
}

TEST(Isolation, what_one_process_says_goes_to_its_own_session_alone) {
    Daemon daemon(isolated_config("session"));
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    first.initialize();
    second.initialize();
    const auto first_stream = first.get_stream();
    const auto second_stream = second.get_stream();
    EXPECT_EQ(first.request("resources/subscribe", {{"uri", "hostile://a"}}).status, 200);
    EXPECT_EQ(second.request("resources/subscribe", {{"uri", "hostile://a"}}).status, 200);
    first.call("update", {{"uri", "hostile://a"}});
    const auto updated = [](const std::vector<json>& messages) {
        return std::any_of(messages.begin(), messages.end(), [](const json& message) {
            return message.value("method", "") == "notifications/resources/updated";
        });
    };
    EXPECT_TRUE(first_stream->wait_for(updated));
    second.call("echo", {{"text", "a round trip, so that whatever there was has come"}});
    EXPECT_FALSE(updated(second_stream->messages()));
}

TEST(Isolation, the_sessions_of_one_caller_share_a_process_until_the_last_of_them_ends) {
    Daemon daemon(isolated_config("caller"));
    McpClient one(daemon.port());
    McpClient same(daemon.port());
    McpClient other(daemon.port());
    one.headers.emplace("X-Client-ID", "alice");
    same.headers.emplace("X-Client-ID", "alice");
    other.headers.emplace("X-Client-ID", "bob");
    for (McpClient* client : {&one, &same, &other})
        client->initialize();
    const pid_t pid = server_of(one);
    EXPECT_EQ(server_of(same), pid);
    EXPECT_NE(server_of(other), pid);
    one.end_session();
    EXPECT_EQ(server_of(same), pid);
    same.end_session();
    EXPECT_TRUE(wait_until([&] { return !is_alive(pid); }));
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(Isolation, warm_processes_are_ready_before_anybody_comes_and_are_replaced) {
    Daemon daemon(isolated_config("session", {{"warm", 2}, {"max_instances", 3}}));
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().size() == 2; }));
    const auto ready = daemon.server_processes();
    McpClient first(daemon.port());
    first.initialize();
    const pid_t pid = server_of(first);
    EXPECT_NE(std::find(ready.begin(), ready.end(), pid), ready.end());
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().size() == 3; }));
    // At max_instances a session still gets a spare, and nothing takes the spare's place.
    McpClient second(daemon.port());
    second.initialize();
    EXPECT_NE(server_of(second), pid);
    EXPECT_EQ(daemon.server_processes().size(), 3U);
    EXPECT_EQ(instances(daemon), 3U);
}

TEST(Isolation, a_hundred_sessions_never_see_each_others_state) {
    Daemon daemon(isolated_config("session", {{"max_instances", 100}}));
    std::vector<std::future<std::string>> outcomes;
    for (int i = 0; i < 100; ++i)
        outcomes.push_back(std::async(std::launch::async, [&daemon, i]() -> std::string {
            McpClient client(daemon.port());
            client.timeout = 4 * kBound;
            if (const Reply opened = client.initialize(); opened.status != 200)
                return "not opened: " + opened.body;
            for (int call = 0; call < i % 5; ++call)
                client.call("echo", {{"text", "one more"}});
            // Its own calls, this one included, and nobody else's.
            const auto calls = client.call("stats").result()["structuredContent"]["requests"].value("tools/call", -1);
            return calls == i % 5 + 1 ? "" : "saw " + std::to_string(calls) + " calls";
        }));
    for (auto& outcome : outcomes)
        EXPECT_EQ(outcome.get(), "");
    EXPECT_EQ(daemon.server_processes().size(), 100U);
}

TEST(Isolation, stopped_by_an_operator_it_ends_all_processes_and_start_shows_that_one_runs) {
    Daemon daemon(isolated_config("session"));
    McpClient first(daemon.port());
    first.initialize();
    server_of(first);
    httplib::Client http("127.0.0.1", daemon.port());
    http.set_read_timeout(30);
    EXPECT_EQ(http.Post("/servers/hostile/stop")->status, 200);
    EXPECT_TRUE(daemon.server_processes().empty());
    EXPECT_EQ(first.call("echo").rpc_error()["data"]["reason"], "server_stopped");
    EXPECT_EQ(http.Post("/servers/hostile/stop")->status, 400);
    EXPECT_EQ(http.Post("/servers/hostile/start")->status, 200);
    EXPECT_EQ(http.Post("/servers/hostile/start")->status, 400);
    const auto ready = daemon.server_processes();
    ASSERT_EQ(ready.size(), 1U);
    EXPECT_EQ(server_of(first), ready.front());
    EXPECT_EQ(http.Post("/servers/hostile/restart")->status, 200);
    EXPECT_NE(server_of(first), ready.front());
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(Isolation, a_process_that_dies_is_started_again_for_its_session) {
    Daemon daemon(isolated_config("session"));
    McpClient client(daemon.port());
    client.initialize();
    const pid_t pid = server_of(client);
    ::kill(pid, SIGKILL);
    // A call that is written to it before could not be told from one that it has carried out.
    EXPECT_TRUE(wait_until([&] { return is_missed(daemon, pid); }));
    EXPECT_FALSE(is_alive(pid));
    EXPECT_NE(server_of(client), pid);
}

TEST(Isolation, a_reload_may_change_it_while_clients_keep_their_sessions) {
    Daemon daemon(hostile_config());
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    first.initialize();
    second.initialize();
    const pid_t shared = server_of(first);
    EXPECT_EQ(server_of(second), shared);
    auto slow = first.call_later("sleep", {{"ms", 500}, {"text", "from the shared one"}});
    ASSERT_TRUE(wait_until([&] { return has_called(second, 4); }));
    daemon.write_config(isolated_config("session"));
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_EQ(slow.get().text(), "from the shared one");
    EXPECT_NE(server_of(first), server_of(second));
    EXPECT_FALSE(is_alive(shared));
    daemon.write_config(hostile_config());
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_EQ(server_of(first), server_of(second));
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

}  // namespace
}  // namespace agenthub::test
