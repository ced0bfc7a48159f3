// The program agenthub is a door: what it becomes, and what it says when that is not there.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include "tests/support/daemon.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {
namespace {

// Exit code, and what it wrote to both streams.
std::pair<int, std::string> outcome_of(const std::string& command) {
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr)
        return {-1, "popen failed"};
    std::string said(65536, '\0');
    said.resize(std::fread(said.data(), 1, said.size(), pipe));
    return {WEXITSTATUS(::pclose(pipe)), said};
}

const std::string kAgenthub = AGENTHUB_BINARY;

TEST(Programs, a_plain_serve_is_the_daemon_in_the_same_process) {
    const Daemon daemon{hostile_config()};
    EXPECT_NE(command_of(daemon.pid()).find("/agenthubd --config "), std::string::npos) << command_of(daemon.pid());
}

TEST(Programs, a_serve_with_more_to_say_is_the_daemon_too) {
    DaemonOptions options;
    options.config = hostile_config();
    options.args = {"--log-level", "debug", "--log-format=json"};
    const Daemon daemon(std::move(options));
    EXPECT_NE(command_of(daemon.pid()).find("/agenthubd --config "), std::string::npos) << command_of(daemon.pid());
    EXPECT_TRUE(wait_until([&] { return daemon.stderr_text().find(R"("level":"debug")") != std::string::npos; }))
        << daemon.stderr_text();
}

TEST(Programs, help_and_mistakes_are_the_command_lines) {
    const auto expect = [](const std::string& words, int code, const std::string& part) {
        const auto [exit_code, said] = outcome_of(kAgenthub + " " + words);
        EXPECT_EQ(exit_code, code) << words;
        EXPECT_NE(said.find(part), std::string::npos) << words << ": " << said;
    };
    expect("--version", 0, "agenthub ");
    expect("serve --help", 0, "--state-dir");
    expect("", 2, "serve");
    expect("serve --config", 2, "--config");
    expect("serve --config a --config b", 2, "At Most 1");
    expect("serve --config --listen", 2, "--listen: does not exist");
    expect("serve --listen ''", 2, "allowed");
    expect("serve --listen nonsense", 2, "allowed");
    expect("serve --log-level loud", 2, "--log-level");
    expect("serve --sate-dir x", 2, "--sate-dir");
    expect("serve more", 2, "more");
    expect("server", 2, "server");
    expect("serve --config /nonexistent.json", 2, "/nonexistent.json");
}

TEST(Programs, are_found_beside_the_door_wherever_it_is_called_from) {
    const TempDir dir;
    std::filesystem::create_symlink(kAgenthub, dir.file("hub"));
    EXPECT_EQ(outcome_of("cd / && " + dir.file("hub") + " --version"), outcome_of(kAgenthub + " --version"));
    EXPECT_EQ(outcome_of("PATH=" + dir.path().string() + ":$PATH hub --version").first, 0);
}

TEST(Programs, a_missing_one_is_named_with_what_to_do) {
    const TempDir dir;
    std::filesystem::copy_file(kAgenthub, dir.file("agenthub"));
    for (const auto& [words, name] :
         {std::pair{" serve", "agenthubd"}, {" status", "agenthub-cli"}, {"", "agenthub-cli"}}) {
        const auto [code, said] = outcome_of(dir.file("agenthub") + words);
        EXPECT_EQ(code, 1);
        EXPECT_NE(said.find(dir.file(name) + ": No such file"), std::string::npos) << said;
        EXPECT_NE(said.find("install both"), std::string::npos) << said;
    }
}

}  // namespace
}  // namespace agenthub::test
