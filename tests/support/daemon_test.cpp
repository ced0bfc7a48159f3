// The fixture itself, with a shell script in the daemon's place: it announces a port that this test serves.

#include "tests/support/daemon.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <thread>

#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

class DaemonFixture : public ::testing::Test {
protected:
    DaemonFixture() {
        server_.Get("/readyz", [](const httplib::Request&, httplib::Response&) {});
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        wait_until([this] { return server_.is_running(); });
    }
    ~DaemonFixture() override {
        server_.stop();
        thread_.join();
    }

    // `at_start` and `at_term` are shell commands; the script ends with 0 on SIGTERM after the latter.
    DaemonOptions script(const std::string& at_start, const std::string& at_term = ":") {
        const std::string path = dir_.file("daemon");
        write_file(path, "#!/bin/sh\ntrap '" + at_term + "; exit 0' TERM\n" + at_start +
                             "\necho \"info listening on http://127.0.0.1:" + std::to_string(port_) +
                             "\" >&2\nwhile :; do sleep 0.01; done\n");
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        DaemonOptions options;
        options.binary = path;
        options.config = hostile_config({"--silent"});
        return options;
    }

    TempDir dir_;
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
};

TEST_F(DaemonFixture, learns_the_port_and_stops_cleanly) {
    Daemon daemon(script("echo \"$@\" >&2"));
    EXPECT_EQ(daemon.port(), port_);
    EXPECT_TRUE(daemon.running());
    EXPECT_NE(daemon.stderr_text().find("serve --config " + daemon.config_file()), std::string::npos);
    EXPECT_GE(daemon.fds(), 3);
    EXPECT_GT(daemon.rss(), 0);
    EXPECT_GE(daemon.cpu(), 0);
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_FALSE(daemon.running());
    EXPECT_EQ(daemon.fds(), -1);

    daemon.start();
    EXPECT_TRUE(daemon.running());
    daemon.kill9();
    EXPECT_FALSE(daemon.running());
}

TEST_F(DaemonFixture, the_configuration_carries_the_mark) {
    Daemon daemon(script(""));
    const auto config = nlohmann::json::parse(read_file(daemon.config_file()));
    const auto& entry = config["mcpServers"]["hostile"];
    EXPECT_EQ(entry["env"][kMarkVariable], daemon.mark());
    EXPECT_EQ(entry["args"], nlohmann::json::array({"--silent"}));
    EXPECT_TRUE(std::filesystem::exists(entry["command"].get<std::string>()));
}

TEST_F(DaemonFixture, finds_everything_that_was_started_from_it) {
    DaemonOptions options = script("setsid sleep 60 &", "kill -KILL $!");
    Daemon daemon(std::move(options));
    EXPECT_TRUE(wait_until([&] { return !daemon.server_processes().empty(); }));
    // The shell reaps what it has run for itself a moment later.
    EXPECT_TRUE(wait_until([&] { return daemon.zombies() == 0; }));
}

TEST_F(DaemonFixture, reports_and_kills_what_is_left_over) {
    std::string mark;
    EXPECT_NONFATAL_FAILURE(
        {
            Daemon daemon(script("setsid sleep 60 &"));
            mark = daemon.mark();
        },
        "left over from the daemon");
    EXPECT_TRUE(wait_until([&] { return processes_with_mark(mark).empty(); }));
}

TEST_F(DaemonFixture, a_daemon_that_ends_at_once_is_a_failure_with_its_log) {
    EXPECT_NONFATAL_FAILURE({ Daemon daemon(script("echo no such file >&2; exit 2")); }, "no such file");
}

TEST_F(DaemonFixture, an_expected_end_tells_its_exit_code) {
    DaemonOptions options = script("exit 2");
    options.wait_ready = false;
    Daemon daemon(std::move(options));
    EXPECT_EQ(daemon.wait_exit(), 2);
}

}  // namespace
}  // namespace agenthub::test
