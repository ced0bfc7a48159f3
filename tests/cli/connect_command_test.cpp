#include "cli/connect_command.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/command_run.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

namespace fs = std::filesystem;

class Connect : public testing::Test {
protected:
    std::string content(const std::string& name) const {
        std::ostringstream out;
        out << std::ifstream(dir_.path() / name, std::ios::binary).rdbuf();
        return out.str();
    }

    test::TempDir dir_;
    ScopedVariable home_{"HOME", dir_.path().string()};
    ScopedVariable config_{"XDG_CONFIG_HOME", std::nullopt};
    ScopedVariable claude_{"CLAUDE_CONFIG_DIR", std::nullopt};
    ScopedVariable url_{"AGENTHUB_URL", std::nullopt};
};

TEST_F(Connect, shows_the_change_and_writes_nothing_unless_told) {
    const auto run = run_command({"connect", "cursor"});
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_TRUE(run.out.starts_with("Would make " + (dir_.path() / ".cursor/mcp.json").string() + ":\n+ {\n"))
        << run.out;
    EXPECT_NE(run.out.find("+       \"url\": \"http://127.0.0.1:9090/mcp\"\n"), std::string::npos) << run.out;
    EXPECT_TRUE(fs::is_empty(dir_.path()));
}

TEST_F(Connect, every_client_with_a_file_is_written_again_and_undone) {
    for (const std::string client : {"claude-desktop", "claude-code", "cursor", "vscode", "vscode-tasks"}) {
        const auto written = run_command({"connect", client, "--write"});
        EXPECT_EQ(written.code, 0) << written.err;
        EXPECT_NE(written.out.find(" is made:"), std::string::npos) << written.out;
        const auto again = run_command({"connect", client, "--write"});
        EXPECT_NE(again.out.find("nothing to change"), std::string::npos) << again.out;
        const auto undone = run_command({"connect", client, "--undo"});
        EXPECT_EQ(undone.code, 0) << undone.err;
        EXPECT_TRUE(fs::is_empty(dir_.path())) << client;
    }
}

TEST_F(Connect, comments_and_foreign_entries_stay) {
    const std::string before =
        "{\n    // servers of mine\n    \"servers\": {\n        \"a\": {} // the first\n    }\n}\n";
    fs::create_directories(dir_.path() / ".config/Code/User");
    std::ofstream(dir_.path() / ".config/Code/User/mcp.json") << before;
    EXPECT_EQ(run_command({"connect", "vscode", "--write"}).code, 0);
    const std::string after = content(".config/Code/User/mcp.json");
    EXPECT_NE(after.find("// servers of mine"), std::string::npos);
    EXPECT_NE(after.find("\"a\": {}, // the first\n        \"agenthub\": {"), std::string::npos) << after;
    EXPECT_EQ(run_command({"connect", "vscode", "--undo"}).code, 0);
    EXPECT_EQ(content(".config/Code/User/mcp.json"), before);
}

TEST_F(Connect, print_writes_a_whole_document) {
    const auto run = run_command({"connect", "claude-code", "--print", "--server", "files", "--url", "127.0.0.1:9191"});
    EXPECT_EQ(nlohmann::json::parse(run.out)["mcpServers"]["agenthub-files"]["url"], "http://127.0.0.1:9191/mcp/files");
    const auto script = run_command({"connect", "raycast", "--print"});
    EXPECT_TRUE(script.out.starts_with("#!/bin/bash\n")) << script.out;
}

TEST_F(Connect, what_makes_no_sense_is_a_usage_error) {
    EXPECT_EQ(run_command({"connect", "emacs"}).code, 2);
    EXPECT_EQ(run_command({"connect"}).code, 2);
    EXPECT_EQ(run_command({"connect", "cursor", "--write", "--undo"}).code, 2);
    EXPECT_EQ(run_command({"connect", "cursor", "--print", "--write"}).code, 2);
    EXPECT_EQ(run_command({"connect", "cursor", "--server", "a", "--view", "b"}).code, 2);
    EXPECT_EQ(run_command({"connect", "claude-desktop", "--project"}).code, 2);
    const auto raycast = run_command({"connect", "raycast", "--write"});
    EXPECT_EQ(raycast.code, 2);
    EXPECT_NE(raycast.err.find("Script Commands"), std::string::npos) << raycast.err;
}

TEST_F(Connect, failures_say_what_to_do) {
    const auto undone = run_command({"connect", "cursor", "--undo"});
    EXPECT_EQ(undone.code, 1);
    EXPECT_NE(undone.err.find("nothing was written to"), std::string::npos) << undone.err;
    fs::create_directories(dir_.path() / ".cursor");
    std::ofstream(dir_.path() / ".cursor/mcp.json") << "{ broken";
    const auto broken = run_command({"connect", "cursor", "--write"});
    EXPECT_EQ(broken.code, 1);
    EXPECT_NE(broken.err.find("line 1: "), std::string::npos) << broken.err;
    EXPECT_EQ(content(".cursor/mcp.json"), "{ broken");
}

TEST(Stdio, gets_what_was_typed_and_the_address) {
    const ScopedVariable variable("AGENTHUB_URL", "unix:/run/hub.sock");
    StdioOptions given;
    const auto take = [&](const StdioOptions& options) {
        given = options;
        return 5;
    };
    EXPECT_EQ(run_command({"stdio", "files", "--autostart"}, "", {}, take).code, 5);
    EXPECT_EQ(given.server, "files");
    EXPECT_TRUE(given.autostart);
    EXPECT_EQ(given.url, "unix:/run/hub.sock");
    EXPECT_FALSE(given.url_option.has_value());
    EXPECT_EQ(run_command({"stdio", "--view", "v", "--url", "[::1]:91"}, "", {}, take).code, 5);
    EXPECT_EQ(given.view, "v");
    EXPECT_EQ(given.url, "http://[::1]:91");
    EXPECT_EQ(run_command({"stdio", "files", "--view", "v"}, "", {}, take).code, 2);
    EXPECT_EQ(run_command({"stdio", "--url", "ftp://x"}, "", {}, take).code, 2);
}

}  // namespace
}  // namespace agenthub
