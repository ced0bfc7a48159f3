#include "cli/cli.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/cli/command_run.hpp"
#include "tests/cli/fake_daemon.hpp"

namespace agenthub {
namespace {

// Runs `agenthub serve` with these options and returns what serve was given.
ServeOptions served(std::vector<std::string> args) {
    ServeOptions given;
    args.insert(args.begin(), "serve");
    const auto run = run_command(std::move(args), "", [&](const ServeOptions& options) {
        given = options;
        return 7;
    });
    EXPECT_EQ(run.code, 7) << run.err;
    return given;
}

// A file that is gone after the test.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& text)
        : path_(::testing::TempDir() + "agenthub_cli_" + std::to_string(::getpid()) + ".json") {
        std::ofstream(path_) << text;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

TEST(Cli, no_command_prints_the_help_and_is_a_usage_error) {
    const auto run = run_command({});
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.out, "");
    for (const char* command : {"serve", "check-config", "status", "reload", "call", "connect", "stdio", "Exit codes"})
        EXPECT_NE(run.err.find(command), std::string::npos) << run.err;
}

TEST(Cli, help_and_version_go_to_standard_output) {
    const auto help = run_command({"--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_NE(help.out.find("check-config"), std::string::npos) << help.out;
    const auto version = run_command({"--version"});
    EXPECT_EQ(version.code, 0);
    EXPECT_TRUE(version.out.starts_with("agenthub ")) << version.out;
    EXPECT_NE(version.out.find('.'), std::string::npos) << version.out;
}

TEST(Cli, every_command_has_help_with_an_example) {
    for (const std::string command : {"serve", "check-config", "status", "reload", "call", "connect", "stdio"}) {
        const auto run = run_command({command, "--help"});
        EXPECT_EQ(run.code, 0);
        EXPECT_NE(run.out.find("\n  agenthub " + command + " "), std::string::npos) << run.out;
    }
}

TEST(Cli, usage_errors_name_the_command_and_its_help) {
    const std::vector<std::vector<std::string>> lines{{"frobnicate"},
                                                      {"--frobnicate"},
                                                      {"call"},
                                                      {"call", "server"},
                                                      {"call", "s", "t", "{}", "more"},
                                                      {"status", "extra"},
                                                      {"reload", "extra"},
                                                      {"status", "--url"},
                                                      {"serve", "--listen", "nonsense"},
                                                      {"serve", "--log-level", "loud"},
                                                      {"serve", "--log-format", "xml"},
                                                      {"check-config", "a", "b"},
                                                      {"status", "status"}};
    for (const auto& line : lines) {
        const auto run = run_command(line);
        EXPECT_EQ(run.code, 2) << line.front();
        EXPECT_EQ(run.out, "") << line.front();
        EXPECT_NE(run.err.find("--help`"), std::string::npos) << run.err;
    }
    EXPECT_TRUE(run_command({"call", "server"}).err.starts_with("agenthub call: "));
}

TEST(Cli, the_timeout_of_a_call_has_limits) {
    const auto code = [](const char* seconds) {
        // Nobody listens on this port of the discard service.
        return run_command({"call", "--url", "http://127.0.0.1:9", "--timeout", seconds, "s", "t"}).code;
    };
    EXPECT_EQ(code("604800"), 1);
    EXPECT_EQ(code("604800.1"), 2);
    EXPECT_EQ(code("0.001"), 1);
    EXPECT_EQ(code("0.0009"), 2);
    for (const char* text : {"0", "-1", "nan", "inf", "x", "5s"})
        EXPECT_EQ(code(text), 2) << text;
}

TEST(Cli, serve_gets_the_options_and_its_code_is_returned) {
    const auto none = served({});
    EXPECT_FALSE(none.config || none.state_dir || none.log_level || none.log_format);
    EXPECT_TRUE(none.listen.empty());
    const auto all = served({"--config", "a.json", "--listen", "127.0.0.1:1", "--listen", "[::1]:2", "--listen",
                             "unix:/run/x.sock", "--state-dir", "/s", "--log-level", "debug", "--log-format", "json"});
    EXPECT_EQ(all.config, "a.json");
    EXPECT_EQ(all.listen, (std::vector<std::string>{"127.0.0.1:1", "[::1]:2", "unix:/run/x.sock"}));
    EXPECT_EQ(all.state_dir, "/s");
    EXPECT_EQ(all.log_level, "debug");
    EXPECT_EQ(all.log_format, "json");
}

TEST(Cli, servers_and_tools_may_be_named_like_commands) {
    FakeDaemon daemon;
    EXPECT_EQ(run_command({"call", "--url", daemon.url(), "everything", "status"}).code, 0);
    EXPECT_NE(daemon.request(2).body.find(R"("name":"status")"), std::string::npos);
    EXPECT_EQ(run_command({"call", "--url", daemon.url(), "serve", "call"}).code, 1) << "there is no such server";
}

TEST(Cli, check_config_describes_what_would_run) {
    const TemporaryFile file(R"({"listen": "127.0.0.1:7777", "mcpServers": {"files": {"command": "true"}}})");
    const auto run = run_command({"check-config", file.path()});
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(run.err, "");
    EXPECT_NE(run.out.find("127.0.0.1:7777"), std::string::npos) << run.out;
    EXPECT_NE(run.out.find("files"), std::string::npos) << run.out;
}

TEST(Cli, check_config_lists_every_fault_with_its_path) {
    const TemporaryFile file(R"({"listen": 5, "limits": {"connections": "many"}})");
    const auto run = run_command({"check-config", file.path()});
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_NE(run.err.find("listen"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("limits.connections"), std::string::npos) << run.err;
}

TEST(Cli, check_config_refuses_a_file_that_is_not_there) {
    const auto run = run_command({"check-config", "/nonexistent/agenthub.json"});
    EXPECT_EQ(run.code, 2);
    EXPECT_NE(run.err.find("/nonexistent/agenthub.json"), std::string::npos) << run.err;
}

TEST(Cli, check_config_without_a_file_reads_the_one_serve_would_read) {
    const TemporaryFile file(R"({"listen": "127.0.0.1:7778"})");
    const ScopedVariable variable("AGENTHUB_CONFIG", file.path());
    EXPECT_NE(run_command({"check-config"}).out.find("127.0.0.1:7778"), std::string::npos);
}

TEST(Cli, a_result_that_cannot_be_written_is_a_failure) {
    FakeDaemon daemon;
    std::string url = daemon.url();
    std::vector<std::string> args{"agenthub", "call", "--url", url, "everything", "echo"};
    std::vector<char*> argv;
    for (std::string& arg : args)
        argv.push_back(arg.data());
    std::istringstream in;
    std::ofstream full("/dev/full");
    std::ostringstream err;
    EXPECT_EQ(run_cli(static_cast<int>(argv.size()), argv.data(), {}, {}, Console{in, full, err}), 1);
    EXPECT_NE(err.str().find("could not be written"), std::string::npos) << err.str();
}

TEST(Cli, main_uses_the_streams_of_the_process) {
    std::string name = "agenthub", option = "--version";
    std::vector<char*> argv{name.data(), option.data()};
    ::testing::internal::CaptureStdout();
    const int code = run_cli(2, argv.data(), {}, {});
    EXPECT_TRUE(::testing::internal::GetCapturedStdout().starts_with("agenthub "));
    EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace agenthub
