// Control groups and limits of servers, with the real daemon.

#include <gtest/gtest.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/integration/admin_http.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/test_cgroup.hpp"

namespace agenthub::test {
namespace {

using Strings = std::vector<std::string>;

nlohmann::json config_in(const std::string& cgroup, std::vector<std::string> args = {"--ignore-term", "--grandchild"}) {
    auto config = hostile_config(std::move(args));
    config["cgroup"] = cgroup;
    config["mcpServers"]["hostile"]["stop_timeout"] = "200ms";
    return config;
}

nlohmann::json limits_of(const Daemon& daemon) {
    return get(daemon, "/servers/hostile")["process"]["limits"];
}

std::size_t lines_in(const std::string& file) {
    const std::string text = read_file(file);
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Cgroups, kill_9_of_the_daemon_leaves_neither_a_process_nor_a_group) {
    const TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    DaemonOptions options;
    options.config = config_in(group.path());
    options.expect_no_leftovers = false;  // this test looks itself
    Daemon daemon(std::move(options));
    ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
    EXPECT_EQ(daemon.server_processes().size(), 2U);
    EXPECT_EQ(group.groups(), Strings{"mcp-hostile-1"});
    EXPECT_EQ(lines_in(group.below("mcp-hostile-1/cgroup.procs")), 2U)
        << "the server and its grandchild, not the guard";
    daemon.kill9();
    EXPECT_TRUE(wait_until([&] { return daemon.processes().empty(); }, std::chrono::seconds(2)));
    EXPECT_TRUE(wait_until([&] { return group.groups().empty(); }, std::chrono::seconds(2)));
    daemon.start();
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200) << "the group is free again";
    EXPECT_EQ(group.groups(), Strings{"mcp-hostile-1"});
}

TEST(Cgroups, kill_9_of_daemon_and_guard_is_made_good_by_the_next_daemon) {
    const TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    DaemonOptions options;
    options.config = config_in(group.path());
    options.expect_no_leftovers = false;
    Daemon daemon(std::move(options));
    ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
    const auto server = get(daemon, "/servers/hostile")["process"]["pid"].get<pid_t>();
    const auto below = daemon.server_processes();
    for (const pid_t guard : children_of(daemon.pid()))
        ::kill(guard, SIGSTOP);
    const auto guards = children_of(daemon.pid());
    daemon.kill9();
    for (const pid_t guard : guards)
        ::kill(guard, SIGKILL);
    ASSERT_TRUE(wait_until([&] { return !is_alive(server); })) << "the parent-death signal";
    EXPECT_EQ(daemon.server_processes().size(), 1U) << "its grandchild, which nobody knows any more";
    daemon.start();
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty(); }));
    EXPECT_EQ(group.groups(), Strings());
}

TEST(Cgroups, a_stop_a_restart_and_the_daemons_end_remove_the_group) {
    const TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    Daemon daemon(config_in(group.path()));
    ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
    EXPECT_EQ(limits_of(daemon)["cgroup"], group.below("mcp-hostile-1"));
    EXPECT_TRUE(limits_of(daemon)["why_no_cgroup"].is_null());
    ASSERT_EQ(post(daemon, "/servers/hostile/restart"), 200);
    EXPECT_EQ(group.groups(), Strings{"mcp-hostile-2"});
    ASSERT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    EXPECT_EQ(group.groups(), Strings());
    EXPECT_TRUE(limits_of(daemon).is_null()) << "there is no process that they could hold for";
    ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(group.groups(), Strings());
}

TEST(Cgroups, a_server_that_dies_starts_again_in_a_new_group) {
    const TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    Daemon daemon(config_in(group.path(), {"--grandchild"}));
    McpClient client(daemon.port());
    client.initialize();
    client.call("die", {{"code", 9}});
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
    EXPECT_TRUE(wait_until([&] { return group.groups() == Strings{"mcp-hostile-2"}; }));
}

TEST(Cgroups, the_daemon_divides_the_group_that_was_delegated_to_it) {
    const TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    ASSERT_EQ(::setxattr(group.path().c_str(), "user.delegate", "1", 1, 0), 0);
    // A shell enters the group and becomes the daemon, as systemd would have started it.
    TempDir dir;
    write_file(dir.file("in-group"),
               "#!/bin/sh\necho 0 >" + group.path() + "/cgroup.procs\nexec " AGENTHUB_BINARY " \"$@\"\n");
    ::chmod(dir.file("in-group").c_str(), 0700);
    DaemonOptions options;
    options.config = config_in("auto");
    options.binary = dir.file("in-group");
    {
        Daemon daemon(std::move(options));
        ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
        EXPECT_NE(read_file("/proc/" + std::to_string(daemon.pid()) + "/cgroup").find("/daemon\n"), std::string::npos);
        EXPECT_EQ(lines_in(group.below("cgroup.procs")), 0U) << "a group with controllers may hold no process";
        EXPECT_EQ(lines_in(group.below("mcp-hostile-1/cgroup.procs")), 2U);
        EXPECT_NE(daemon.stderr_text().find("each server gets a control group in " + group.path()), std::string::npos);
    }
    EXPECT_EQ(group.groups(), Strings{"daemon"});
}

TEST(Cgroups, limits_are_shown_as_they_hold_and_what_has_no_effect_is_said_once) {
    auto config = config_in("off", {});
    config["mcpServers"]["hostile"]["rlimits"] = {{"nofile", 256}, {"core", 0}};
    config["mcpServers"]["hostile"]["memory_max"] = 1073741824;
    Daemon daemon(config);
    ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
    ASSERT_EQ(post(daemon, "/servers/hostile/restart"), 200);
    EXPECT_EQ(limits_of(daemon), nlohmann::json::parse(R"({"cgroup": null, "why_no_cgroup": "\"cgroup\" is \"off\"",
        "in_force": {"rlimits.nofile": 256, "rlimits.core": 0},
        "without_effect": {"memory_max": {"value": 1073741824, "reason": "\"cgroup\" is \"off\""}}})"));
    const auto pid = get(daemon, "/servers/hostile")["process"]["pid"].get<pid_t>();
    const std::string limits = read_file("/proc/" + std::to_string(pid) + "/limits");
    EXPECT_NE(limits.find("Max open files            256                  256"), std::string::npos) << limits;
    EXPECT_NE(limits.find("Max core file size        0                    0"), std::string::npos) << limits;
    const std::string said = "server hostile: memory_max has no effect, because \"cgroup\" is \"off\"";
    const std::string log = daemon.stderr_text();
    EXPECT_NE(log.find(said), std::string::npos) << log;
    EXPECT_EQ(log.find(said), log.rfind(said)) << "once, though it was started twice";
}

TEST(Cgroups, a_path_that_is_no_group_is_warned_of_and_lived_without) {
    TempDir dir;
    Daemon daemon(config_in(dir.path()));
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200);
    EXPECT_NE(daemon.stderr_text().find("\"cgroup\" has no effect, servers run without control groups: " +
                                        dir.path().string() + " is no control group of version 2"),
              std::string::npos)
        << daemon.stderr_text();
}

TEST(Cgroups, another_limit_replaces_the_process) {
    auto config = config_in("off", {});
    Daemon daemon(config);
    ASSERT_EQ(post(daemon, "/servers/hostile/start"), 200);
    const auto before = get(daemon, "/servers/hostile")["process"]["pid"];
    config["mcpServers"]["hostile"]["rlimits"]["nofile"] = 128;
    daemon.write_config(config);
    ASSERT_EQ(post(daemon, "/admin/reload"), 200);
    ASSERT_TRUE(wait_until([&] { return limits_of(daemon)["in_force"] == nlohmann::json{{"rlimits.nofile", 128}}; }));
    EXPECT_NE(get(daemon, "/servers/hostile")["process"]["pid"], before);
}

}  // namespace
}  // namespace agenthub::test
