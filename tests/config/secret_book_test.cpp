// The secrets of a whole configuration: all at the same time, each once, and what becomes of who lacks one.

#include "config/secret_book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <mutex>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

std::string server_with(const std::string& name, const std::string& reference, const std::string& more = "") {
    return "\"" + name + R"(": {"command": "x", "env": {"TOKEN": )" + reference + "}" + more + "}";
}

std::string command(const std::string& word) {
    return R"({"source": "command", "command": [")" + word + R"("]})";
}

TEST(SecretBook, asks_all_programs_at_the_same_time) {
    constexpr int kSecrets = 20;
    std::barrier together(kSecrets);  // passes nobody before the last has come
    Environment environment = fixed_environment();
    environment.run = [&together](const CommandCall& call) -> result<CommandOutcome> {
        together.arrive_and_wait();
        return CommandOutcome{0, "secret of " + call.argv.front(), ""};
    };
    std::string text;
    for (int i = 0; i < kSecrets; ++i)
        text += (i == 0 ? "" : ", ") + server_with("s" + std::to_string(i), command("p" + std::to_string(i)));
    const Config config = parsed("{\"mcpServers\": {" + text + "}}", environment);
    ASSERT_EQ(config.servers.size(), 20U);
    for (int i = 0; i < kSecrets; ++i)
        EXPECT_EQ(config.servers[static_cast<std::size_t>(i)].env.front().value, "secret of p" + std::to_string(i));
}

TEST(SecretBook, asks_once_for_what_several_need_and_not_for_what_is_switched_off) {
    std::mutex mutex;
    std::vector<std::string> asked;
    Environment environment = fixed_environment();
    environment.run = [&](const CommandCall& call) -> result<CommandOutcome> {
        const std::lock_guard lock(mutex);
        asked.push_back(call.argv.front());
        return CommandOutcome{0, "the secret", ""};
    };
    const Config config = parsed(
        "{\"mcpServers\": {" + server_with("a", command("p")) + "," + server_with("b", command("p")) + "," +
            server_with("c", command("q"), R"(, "disabled": true)") + "," + server_with("_d", command("r")) + "}}",
        environment);
    ASSERT_EQ(config.servers.size(), 3U);
    EXPECT_EQ(config.servers[0].env, config.servers[1].env);
    EXPECT_EQ(std::count(asked.begin(), asked.end(), "p"), 1);
    EXPECT_EQ(std::count(asked.begin(), asked.end(), "q"), 0);
    EXPECT_EQ(std::count(asked.begin(), asked.end(), "r"), 0);
}

TEST(SecretBook, who_lacks_a_secret_is_disabled_and_the_others_are_not) {
    Environment environment = fixed_environment();
    environment.run = [](const CommandCall& call) -> result<CommandOutcome> {
        if (call.argv.front() == "broken")
            return CommandOutcome{512, "half a s3cret", "s3cret words"};
        return CommandOutcome{0, "whole-secret", ""};
    };
    const Config config = parsed(
        "{\"mcpServers\": {" + server_with("a", command("broken")) + "," + server_with("b", command("fine")) + "}}",
        environment);
    ASSERT_EQ(config.servers.size(), 2U);
    EXPECT_EQ(config.servers[0].disabled_reason,
              "mcpServers.a.env.TOKEN: the command \"broken\" failed with exit code 2; run it by hand, as the user of "
              "AgentHub, to see what it says");
    EXPECT_EQ(config.servers[1].disabled_reason, "");
    EXPECT_EQ(config.secrets, one("whole-secret"));
    EXPECT_EQ(texts_of(config.warnings).size(), 1U);
}

TEST(SecretBook, the_key_of_ollama_may_be_kept_elsewhere_too) {
    const std::string text = R"({"ollama": {"api_key": {"source": "file", "path": "/k"}}})";
    const Config config = parsed(text, fixed_environment({}, {{"/k", "ollama-key\n"}}));
    EXPECT_EQ(config.ollama.api_key, "ollama-key");
    EXPECT_EQ(config.secrets, one("ollama-key"));
    EXPECT_TRUE(config.ollama.enabled);
    const Config without = parsed(text);
    EXPECT_FALSE(without.ollama.enabled);
    EXPECT_EQ(without.ollama.disabled_reason, "ollama.api_key cannot be used: the secret file \"/k\" does not exist");
    EXPECT_EQ(texts_of(without.warnings),
              one("ollama.api_key: the secret file \"/k\" does not exist; until then Ollama is switched off"));
}

}  // namespace
}  // namespace agenthub
