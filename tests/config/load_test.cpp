#include "config/load.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

constexpr const char* kXdgFile = "/xdg/agenthub/agenthub.json";
constexpr const char* kHomeFile = "/home/u/.config/agenthub/agenthub.json";
constexpr const char* kEtcFile = "/etc/agenthub/agenthub.json";

// The path of the file that was read, or the first fault.
std::string source_of(const std::optional<std::string>& cli, const Texts& variables, const Texts& files) {
    const auto config = load_config(cli, fixed_environment(variables, files));
    return config.has_value() ? config->source_path : config.error().faults.front().text();
}

const Texts kAllFiles{{"/cli.json", ""}, {"/var.json", ""}, {kXdgFile, ""}, {kHomeFile, ""}, {kEtcFile, ""}};

TEST(Load, the_command_line_wins_then_the_variable_then_the_user_then_the_machine) {
    Texts variables{{"AGENTHUB_CONFIG", "/var.json"}, {"XDG_CONFIG_HOME", "/xdg"}, {"HOME", "/home/u"}};
    EXPECT_EQ(source_of("/cli.json", variables, kAllFiles), "/cli.json");
    EXPECT_EQ(source_of(std::nullopt, variables, kAllFiles), "/var.json");
    variables["AGENTHUB_CONFIG"] = "";
    EXPECT_EQ(source_of(std::nullopt, variables, kAllFiles), kXdgFile);
    variables.erase("XDG_CONFIG_HOME");
    EXPECT_EQ(source_of(std::nullopt, variables, kAllFiles), kHomeFile);
    variables.erase("HOME");
    EXPECT_EQ(source_of(std::nullopt, variables, kAllFiles), kEtcFile);
}

TEST(Load, a_file_that_is_looked_for_and_not_there_is_skipped) {
    const Texts variables{{"XDG_CONFIG_HOME", "/xdg"}, {"HOME", "/home/u"}};
    EXPECT_EQ(source_of(std::nullopt, variables, {{kEtcFile, ""}}), kEtcFile);
    EXPECT_EQ(source_of(std::nullopt, variables, {{kHomeFile, ""}}), "") << "XDG_CONFIG_HOME replaces ~/.config";
    EXPECT_EQ(source_of(std::nullopt, {{"XDG_CONFIG_HOME", "relative"}, {"HOME", "/home/u"}}, kAllFiles), kHomeFile);
}

TEST(Load, without_any_file_the_defaults_run) {
    const auto config = load_config(std::nullopt, fixed_environment({{"PORT", "8123"}}));
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->source_path, "");
    EXPECT_EQ(config->listen.front().text(), "127.0.0.1:8123");
}

TEST(Load, a_file_that_is_named_must_exist) {
    EXPECT_EQ(source_of("/none.json", {}, kAllFiles), "/none.json: does not exist; it is named by the command line");
    EXPECT_EQ(source_of(std::nullopt, {{"AGENTHUB_CONFIG", "/none.json"}}, kAllFiles),
              "/none.json: does not exist; it is named by $AGENTHUB_CONFIG");
}

TEST(Load, a_file_that_cannot_be_read_refuses_wherever_it_was_found) {
    const Texts files{{kEtcFile, std::string(kUnreadable)}, {"/cli.json", std::string(kUnreadable)}};
    EXPECT_EQ(source_of("/cli.json", {}, files), "/cli.json: cannot be opened: Permission denied");
    EXPECT_EQ(source_of(std::nullopt, {}, files), "/etc/agenthub/agenthub.json: cannot be opened: Permission denied");
}

TEST(Load, a_file_at_the_size_limit_and_one_over) {
    EXPECT_EQ(source_of("/c", {}, {{"/c", std::string(kMaxConfigBytes, ' ')}}), "/c");
    EXPECT_EQ(source_of("/c", {}, {{"/c", std::string(kMaxConfigBytes + 1, ' ')}}),
              "/c: is longer than the 4194304 bytes allowed");
}

TEST(Load, faults_carry_the_file_they_stand_in) {
    const auto config = load_config("/c", fixed_environment({}, {{"/c", R"({"log": 1})"}}));
    ASSERT_TRUE(config.has_error());
    EXPECT_EQ(config.error().source_path, "/c");
    EXPECT_EQ(config.error().text().find("the configuration /c is refused:\n  log: found 1"), 0U);
}

std::string state_dir_of(const std::optional<std::string>& cli, const std::string& configured, const Texts& variables) {
    Config config;
    config.state_dir = configured;
    const auto directory = resolve_state_dir(cli, config, fixed_environment(variables));
    return directory.has_value() ? *directory : "error: " + directory.error().message;
}

TEST(Load, state_directory_in_the_order_promised) {
    Texts variables{{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}, {"XDG_STATE_HOME", "/xs"}, {"HOME", "/home/u"}};
    EXPECT_EQ(state_dir_of("rel/cli", "/conf", variables), "rel/cli");
    EXPECT_EQ(state_dir_of(std::nullopt, "/conf", variables), "/conf");
    EXPECT_EQ(state_dir_of("", "", variables), "/var/lib/a");
    variables["STATE_DIRECTORY"] = "/var/lib/one";
    EXPECT_EQ(state_dir_of(std::nullopt, "", variables), "/var/lib/one");
    variables.erase("STATE_DIRECTORY");
    EXPECT_EQ(state_dir_of(std::nullopt, "", variables), "/xs/agenthub");
    variables["XDG_STATE_HOME"] = "relative";
    EXPECT_EQ(state_dir_of(std::nullopt, "", variables), "/home/u/.local/state/agenthub");
}

TEST(Load, nowhere_to_keep_the_state_is_an_error_with_advice) {
    EXPECT_EQ(state_dir_of(std::nullopt, "", {}),
              "error: no directory for the state: neither $STATE_DIRECTORY nor $XDG_STATE_HOME nor $HOME is set; give "
              "--state-dir or \"state_dir\" in the configuration");
}

}  // namespace
}  // namespace agenthub
