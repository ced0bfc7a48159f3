// What a reload does to servers whose processes are not shared, or no longer.

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "tests/integration/isolated_server.hpp"
#include "tests/integration/reload_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST(IsolationReload, of_a_server_without_processes_changes_it_at_once) {
    Daemon daemon(isolated_config("session"));
    daemon.write_config(isolated_config("caller"));
    ASSERT_EQ(reload(daemon).status, 200);
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_GT(server_of(client), 0);
    daemon.write_config(hostile_config());
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_GT(server_of(client), 0);
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(IsolationReload, who_waits_for_a_place_is_served_by_what_comes_next) {
    Daemon daemon(isolated_config("session", {{"max_instances", 1}, {"queue_timeout", "20s"}}));
    std::vector<std::unique_ptr<McpClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<McpClient>(daemon.port()));
        clients.back()->initialize();
    }
    server_of(*clients[0]);
    std::vector<std::future<Reply>> waiting;
    for (int i = 1; i < 4; ++i)
        waiting.push_back(clients[static_cast<std::size_t>(i)]->call_later("stats"));
    ASSERT_TRUE(wait_until([&] { return calls_running(daemon) == 3; }));
    daemon.write_config(hostile_config());
    ASSERT_EQ(reload(daemon).status, 200);
    std::set<std::string> pids;
    for (auto& reply : waiting)
        pids.insert(reply.get().result()["structuredContent"]["pid"].dump());
    EXPECT_EQ(pids.size(), 1U);
    EXPECT_FALSE(pids.contains("null"));
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(IsolationReload, a_session_that_ends_while_its_process_waits_for_the_old_ones_hangs_nobody) {
    Daemon daemon(isolated_config("session"));
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    first.initialize();
    second.initialize();
    auto slow = first.call_later("sleep", {{"ms", 1000}, {"text", "from the old one"}});
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().size() == 1; }));
    daemon.write_config(isolated_config("caller"));
    ASSERT_EQ(reload(daemon).status, 200);
    auto waiting = second.call_later("echo", {{"text", "nobody waits for it"}});
    second.end_session();
    slow.wait();
    waiting.wait();
    McpClient third(daemon.port());
    third.initialize();
    EXPECT_EQ(third.call("echo", {{"text", "goes on"}}).text(), "goes on");
    EXPECT_EQ(daemon.stop(), 0);
}

TEST(IsolationReload, what_an_operator_has_stopped_stays_stopped) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    httplib::Client http("127.0.0.1", daemon.port());
    ASSERT_EQ(http.Post("/servers/hostile/stop")->status, 200);
    daemon.write_config(isolated_config("session"));
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_EQ(client.call("echo").rpc_error()["data"]["reason"], "server_stopped");
    daemon.write_config(hostile_config());
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_EQ(client.call("echo").rpc_error()["data"]["reason"], "server_stopped");
    EXPECT_EQ(http.Post("/servers/hostile/start")->status, 200);
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
}

TEST(IsolationReload, processes_that_failed_are_started_by_calls_and_not_by_the_reload) {
    auto broken = isolated_config("session", {{"max_restarts", 0}});
    broken["mcpServers"]["hostile"]["args"] = {"--exit-at-initialize", "3"};
    Daemon daemon(isolated_config("session"));
    std::vector<std::unique_ptr<McpClient>> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(std::make_unique<McpClient>(daemon.port()));
        clients.back()->initialize();
        server_of(*clients.back());
    }
    daemon.write_config(broken);
    ASSERT_EQ(reload(daemon).status, 200);
    for (const auto& client : clients)
        EXPECT_TRUE(client->call("echo").rpc_error().is_object());
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().empty(); }));
    daemon.write_config(isolated_config("session"));
    ASSERT_EQ(reload(daemon).status, 200);
    const auto mended = clients.front()->call("echo", {{"text", "mended"}});
    EXPECT_EQ(mended.text(), "mended") << mended.body;
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().size() == 1; }));
}

TEST(IsolationReload, fewer_warm_processes_are_kept_when_fewer_are_asked_for) {
    Daemon daemon(isolated_config("session", {{"warm", 3}}));
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().size() == 3; }));
    daemon.write_config(isolated_config("session", {{"warm", 1}}));
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().size() == 1; }));
    auto disabled = isolated_config("session", {{"warm", 1}, {"disabled", true}});
    daemon.write_config(disabled);
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty(); }));
    daemon.write_config(isolated_config("session", {{"warm", 2}}));
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().size() == 2; }));
}

}  // namespace
}  // namespace agenthub::test
