// The faults of the process itself: ends, hangs, noise, descendants.

#include <gtest/gtest.h>

#include <csignal>

#include "tests/support/hostile_driver.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST(HostileProcess, ends_at_start_when_told) {
    const TempDir dir;
    const std::string starts = dir.file("starts");
    for (int i = 0; i < 2; ++i) {
        HostileDriver server({"--exit-at-start", "3", "--start-file", starts, "--stderr-text", "no key"},
                             dir.file("stderr"));
        EXPECT_EQ(server.process().wait(), 3);
    }
    const std::string pids = read_file(starts);
    EXPECT_EQ(std::count(pids.begin(), pids.end(), '\n'), 2);
    EXPECT_EQ(read_file(dir.file("stderr")), "no key\nno key\n");

    HostileDriver server({"--exit-at-initialize", "4"});
    server.send_request(1, "initialize");
    EXPECT_EQ(server.process().wait(), 4);
    HostileDriver wrong({"--no-such-switch"}, dir.file("usage"));
    EXPECT_EQ(wrong.process().wait(), 2);
}

TEST(HostileProcess, dies_by_code_by_signal_and_mid_answer) {
    HostileDriver coded;
    coded.send_call(1, "die", {{"code", 9}});
    EXPECT_EQ(coded.process().wait(), 9);

    HostileDriver killed;
    killed.send_call(1, "die", {{"signal", SIGSEGV}});
    EXPECT_EQ(killed.process().wait(), 128 + SIGSEGV);

    HostileDriver half;
    half.send_call(1, "die", {{"half", true}});
    EXPECT_FALSE(half.process().read_line().has_value());
    EXPECT_EQ(half.process().wait(), 1);

    HostileDriver answered({"--crash-after", "1"});
    EXPECT_EQ(answered.call(1, "echo")["id"], 1);
    answered.send_call(2, "echo");
    EXPECT_EQ(answered.process().wait(), 70);
}

TEST(HostileProcess, ends_at_eof_unless_it_ignores_it) {
    HostileDriver polite;
    polite.process().close_stdin();
    EXPECT_EQ(polite.process().wait(), 0);

    HostileDriver rude({"--ignore-term"});
    rude.initialize();
    rude.send_call(1, "sleep", {{"ms", 100}});
    rude.process().close_stdin();
    rude.process().signal(SIGTERM);
    EXPECT_EQ(rude.message()["id"], 1);
    EXPECT_TRUE(is_alive(rude.process().pid()));
}

TEST(HostileProcess, hangs_and_stops_reading) {
    HostileDriver hanging;
    hanging.send_call(1, "hang");
    hanging.send_request(2, "ping");
    EXPECT_FALSE(hanging.process().read_line(std::chrono::milliseconds(100)).has_value());
    hanging.process().signal(SIGTERM);
    EXPECT_EQ(hanging.process().wait(), 128 + SIGTERM);

    HostileDriver deaf({"--stop-reading-after", "1"});
    EXPECT_EQ(deaf.call(1, "echo")["id"], 1);
    deaf.send_request(2, "ping");
    deaf.process().close_stdin();
    EXPECT_FALSE(deaf.process().read_line(std::chrono::milliseconds(100)).has_value());
    EXPECT_TRUE(is_alive(deaf.process().pid()));
}

TEST(HostileProcess, never_outlives_its_lifetime) {
    HostileDriver hanging({"--lifetime", "1", "--ignore-term"});
    hanging.send_call(1, "hang");
    EXPECT_EQ(hanging.process().wait(), 99);
}

TEST(HostileProcess, makes_as_much_noise_as_asked) {
    const TempDir dir;
    HostileDriver server({}, dir.file("stderr"));
    EXPECT_EQ(server.call(1, "noise", {{"n", 100'050}})["id"], 1);
    EXPECT_EQ(read_file(dir.file("stderr")).size(), 100'050u);
}

TEST(HostileProcess, leaves_a_grandchild_that_ignores_signals) {
    HostileDriver server;
    const pid_t grandchild = std::stoi(text_of(server.call(1, "fork_grandchild")));
    ASSERT_GT(grandchild, 0);
    server.process().close_stdin();
    EXPECT_EQ(server.process().wait(), 0);
    ::kill(grandchild, SIGTERM);
    ::kill(grandchild, SIGHUP);
    EXPECT_TRUE(is_alive(grandchild));
    EXPECT_NE(::getsid(grandchild), ::getsid(0));
    ::kill(grandchild, SIGKILL);
    EXPECT_TRUE(wait_until([&] { return !is_alive(grandchild); }));
}

TEST(HostileProcess, tells_its_environment_and_descriptors) {
    HostileDriver server;
    const json environment = json::parse(text_of(server.call(1, "env")));
    EXPECT_EQ(environment["PATH"], ::getenv("PATH"));
    const json files = json::parse(text_of(server.call(2, "fds")));
    EXPECT_TRUE(files.contains("0"));
    EXPECT_TRUE(files["1"].get<std::string>().starts_with("pipe:"));
}

TEST(HostileProcess, crashes_until_the_counter_is_full) {
    const TempDir dir;
    const json arguments = {{"file", dir.file("count")}, {"crashes", 2}};
    for (int i = 0; i < 2; ++i) {
        HostileDriver server;
        server.send_call(1, "crash_counter", arguments);
        EXPECT_EQ(server.process().wait(), 71);
    }
    HostileDriver server;
    EXPECT_EQ(text_of(server.call(1, "crash_counter", arguments)), "2");
}

}  // namespace
}  // namespace agenthub::test
