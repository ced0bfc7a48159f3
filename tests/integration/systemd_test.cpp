// Under a service manager: what the daemon tells it, and how its loop feeds the watchdog.

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/service_manager.hpp"

namespace agenthub::test {
namespace {

using namespace std::chrono_literals;

nlohmann::json get(const Daemon& daemon, const std::string& path) {
    httplib::Client http("127.0.0.1", daemon.port());
    http.set_read_timeout(30);
    const auto reply = http.Get(path);
    return reply ? nlohmann::json::parse(reply->body) : nlohmann::json();
}

int post(const Daemon& daemon, const std::string& path) {
    httplib::Client http("127.0.0.1", daemon.port());
    http.set_read_timeout(30);
    const auto reply = http.Post(path);
    return reply ? reply->status : 0;
}

DaemonOptions told(const NotifyReceiver& manager, nlohmann::json config = hostile_config()) {
    DaemonOptions options;
    options.config = std::move(config);
    options.env["NOTIFY_SOCKET"] = manager.address();
    return options;
}

TEST(Notify, tells_that_it_is_ready_what_runs_and_that_it_stops) {
    const NotifyReceiver manager;
    auto config = hostile_config();
    config["mcpServers"]["broken"] = {{"command", "/nonexistent/server"}};
    Daemon daemon(told(manager, config));
    EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=2 servers, 0 running, 0 failed");
    McpClient(daemon.port()).initialize();
    EXPECT_EQ(manager.receive(), "STATUS=2 servers, 1 running, 0 failed");
    EXPECT_EQ(post(daemon, "/servers/broken/start"), 500);
    EXPECT_EQ(manager.receive(), "STATUS=2 servers, 1 running, 1 failed");
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(manager.receive(), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(manager.receive(0ms), std::nullopt) << "without WATCHDOG_USEC nothing else is said";
}

TEST(Notify, is_ready_when_it_listens_and_not_before) {
    const NotifyReceiver manager;
    auto options = told(manager);
    options.wait_ready = false;
    Daemon daemon(std::move(options));
    EXPECT_TRUE(manager.hears("READY=1"));
    EXPECT_NE(daemon.stderr_text().find("listening on "), std::string::npos);
}

TEST(Notify, a_manager_that_is_gone_does_no_harm) {
    DaemonOptions options;
    options.config = hostile_config();
    options.env["NOTIFY_SOCKET"] = "/nonexistent/notify";
    options.env["WATCHDOG_USEC"] = "20000";
    Daemon daemon(std::move(options));
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.call("echo", {{"text", "hello"}}).text(), "hello");
    EXPECT_EQ(daemon.stop(), 0);
    const std::string text = daemon.stderr_text();
    const auto at = text.find("/nonexistent/notify");
    ASSERT_NE(at, std::string::npos) << text;
    EXPECT_EQ(text.find("/nonexistent/notify", at + 1), std::string::npos) << "said once:\n" << text;
}

TEST(Notify, servers_do_not_learn_of_the_manager) {
    const NotifyReceiver manager;
    auto options = told(manager);
    options.env["WATCHDOG_USEC"] = "60000000";
    options.env["LISTEN_FDS"] = "1";
    options.env["LISTEN_PID"] = "1";
    options.env["LISTEN_FDNAMES"] = "x";
    Daemon daemon(std::move(options));
    McpClient client(daemon.port());
    client.initialize();
    const auto environment = nlohmann::json::parse(client.call("env").text());
    EXPECT_TRUE(environment.contains("PATH"));
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"})
        EXPECT_FALSE(environment.contains(name)) << name;
}

// The loop's thread alone is held, as a call that never returns would; the others go on.
class HeldLoop {
public:
    explicit HeldLoop(pid_t thread) : thread_(thread) {
        held_ = ::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) == 0 &&
                ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0 &&
                ::waitpid(thread_, nullptr, __WALL) == thread_;
    }
    ~HeldLoop() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }
    bool held() const { return held_; }

private:
    pid_t thread_;
    bool held_ = false;
};

TEST(Watchdog, is_fed_by_the_loop_and_starves_when_that_is_stuck) {
    const NotifyReceiver manager;
    auto options = told(manager);
    options.env["WATCHDOG_USEC"] = "400000";
    Daemon daemon(std::move(options));
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(manager.hears("WATCHDOG=1"));
    {
        const HeldLoop loop(daemon.pid());
        ASSERT_TRUE(loop.held());
        manager.forget_what_came();
        EXPECT_EQ(manager.receive(1'000ms), std::nullopt) << "systemd would have ended it by now";
    }
    EXPECT_TRUE(manager.hears("WATCHDOG=1"));
    EXPECT_GE(get(daemon, "/health")["details"]["loop"]["max_lag_ms"], 400) << "and the lag was seen";
}

TEST(Watchdog, comes_at_half_of_its_time) {
    const NotifyReceiver manager;
    auto options = told(manager);
    options.env["WATCHDOG_USEC"] = "1000000";
    Daemon daemon(std::move(options));
    ASSERT_TRUE(manager.hears("WATCHDOG=1"));
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(manager.hears("WATCHDOG=1"));
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took, 1'800ms);
    EXPECT_LT(took, 4'000ms) << "later than the whole time would be too late";
}

TEST(Watchdog, is_fed_while_the_daemon_drains) {
    const NotifyReceiver manager;
    auto options = told(manager);
    options.env["WATCHDOG_USEC"] = "200000";
    Daemon daemon(std::move(options));
    McpClient client(daemon.port());
    client.initialize();
    auto call = client.call_later("sleep", {{"ms", 1'500}, {"text", "answered"}});
    ASSERT_TRUE(wait_until([&] { return get(daemon, "/servers/hostile")["process"]["counters"]["calls"] >= 1; }));
    daemon.signal(SIGTERM);
    ASSERT_TRUE(manager.hears("STOPPING=1"));
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(manager.hears("WATCHDOG=1"));
    EXPECT_EQ(daemon.wait_exit(), 0);
    EXPECT_EQ(call.get().text(), "answered");
}

TEST(Watchdog, of_another_process_is_not_fed) {
    const NotifyReceiver manager;
    auto options = told(manager);
    options.env["WATCHDOG_USEC"] = "20000";
    options.env["WATCHDOG_PID"] = "1";
    Daemon daemon(std::move(options));
    EXPECT_TRUE(manager.hears("READY=1"));
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(manager.receive(), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(manager.receive(0ms), std::nullopt);
}

}  // namespace
}  // namespace agenthub::test
