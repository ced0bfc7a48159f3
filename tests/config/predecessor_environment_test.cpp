#include "config/predecessor_environment.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

Config with(Texts variables, std::string_view text = "") {
    return parsed(text, fixed_environment(std::move(variables)));
}

TEST(PredecessorVariables, where_the_model_is) {
    EXPECT_EQ(with({{"OLLAMA_HOST", "host.docker.internal"}}).ollama.url, "http://host.docker.internal:11434");
    EXPECT_EQ(with({{"OLLAMA_HOST", "10.0.0.7"}, {"OLLAMA_PORT", "8080"}}).ollama.url, "http://10.0.0.7:8080");
    EXPECT_EQ(with({{"OLLAMA_PORT", "8080"}}).ollama.url, "http://127.0.0.1:8080");
    EXPECT_EQ(with({{"OLLAMA_HOST", "0.0.0.0:5000"}}).ollama.url, "http://127.0.0.1:5000") << "as Ollama takes it";
    EXPECT_EQ(with({{"OLLAMA_HOST", "https://models.local/"}}).ollama.url, "https://models.local:443");
    EXPECT_EQ(with({{"OLLAMA_HOST", "::1"}}).ollama.url, "http://[::1]:11434");
    EXPECT_EQ(with({{"OLLAMA_HOST", ""}}).ollama, OllamaConfig()) << "empty is not set";
    EXPECT_EQ(with({{"OLLAMA_HOST", "x"}}, R"({"ollama": {"url": "http://ours"}})").ollama.url, "http://ours")
        << "the file wins";
}

TEST(PredecessorVariables, how_it_is_asked) {
    const OllamaConfig ollama =
        with({{"OLLAMA_MODEL", "m"}, {"OLLAMA_TIMEOUT", "45"}, {"OLLAMA_API_MODE", "OpenAI"}}).ollama;
    EXPECT_EQ(ollama.model, "m");
    EXPECT_EQ(ollama.timeout, 45s);
    EXPECT_EQ(ollama.api, OllamaApi::openai);
}

TEST(PredecessorVariables, the_successors_names_come_first_and_have_its_defaults) {
    const Config config = with({{"LLM_HOST", "localhost"},
                                {"LLM_MODEL", "q"},
                                {"LLM_API_KEY", "llm-key-1"},
                                {"OLLAMA_HOST", "x"},
                                {"OLLAMA_MODEL", "y"}});
    EXPECT_EQ(config.ollama.url, "http://localhost:1234");
    EXPECT_EQ(config.ollama.api, OllamaApi::openai);
    EXPECT_EQ(config.ollama.timeout, 120s);
    EXPECT_EQ(config.ollama.model, "q");
    EXPECT_EQ(config.ollama.api_key, "llm-key-1");
    EXPECT_EQ(config.secrets, one("llm-key-1"));
    EXPECT_EQ(with({{"LLM_PORT", "99"}, {"LLM_TIMEOUT", "7"}, {"OLLAMA_API_MODE", "native"}}).ollama.url,
              "http://127.0.0.1:99");
    EXPECT_EQ(with({{"LLM_PORT", "99"}, {"LLM_TIMEOUT", "7"}}).ollama.timeout, 7s);
    EXPECT_EQ(with({{"LLM_PORT", "99"}, {"OLLAMA_API_MODE", "native"}}).ollama.api, OllamaApi::native);
    EXPECT_EQ(with({{"LM_API_TOKEN", "lm-token"}}).ollama.api_key, "lm-token");
}

TEST(PredecessorVariables, breakers_and_caches) {
    const Texts variables{{"CB_FAILURE_THRESHOLD", "5"}, {"CB_RECOVERY_TIMEOUT", "12.5"},
                          {"CACHE_MAX_SIZE", "1000"},    {"CACHE_SIMILARITY_THRESHOLD", "0.9"},
                          {"CACHE_PERSISTENT", "True"},  {"MAX_ENHANCEMENT_BODY_SIZE", "2048"}};
    const Config config =
        with(variables, R"({"servers": {"a": {"command": "x"}, "b": {"command": "x", "breaker_threshold": 1}}})");
    EXPECT_EQ(config.ollama.breaker_threshold, 5U);
    EXPECT_EQ(config.ollama.breaker_recovery, 12500ms);
    EXPECT_EQ(config.servers[0].breaker_threshold, 5U);
    EXPECT_EQ(config.servers[0].breaker_recovery, 12500ms);
    EXPECT_EQ(config.servers[1].breaker_threshold, 1U) << "the file wins";
    EXPECT_EQ(config.enhancement.cache.max_entries, 1000U);
    EXPECT_EQ(config.enhancement.cache.similarity, 0.9);
    EXPECT_TRUE(config.enhancement.cache.persistent);
    EXPECT_EQ(config.enhancement.max_body_bytes, 2048U);
    EXPECT_FALSE(config.enhancement.enabled) << "nothing asks for it";
    EXPECT_TRUE(with({{"CACHE_PERSISTENT", "1"}}).enhancement.cache.persistent);
    EXPECT_FALSE(with({{"CACHE_PERSISTENT", "off"}}).enhancement.cache.persistent);
}

TEST(PredecessorVariables, the_level_of_the_log_in_any_case) {
    EXPECT_EQ(with({{"LOG_LEVEL", "DEBUG"}}).log.level, "debug");
    EXPECT_EQ(with({{"LOG_LEVEL", "Warning"}}).log.level, "warn");
    EXPECT_EQ(with({{"LOG_LEVEL", "CRITICAL"}}).log.level, "error");
    EXPECT_EQ(with({{"LOG_LEVEL", "debug"}}, R"({"log": {"level": "error"}})").log.level, "error") << "the file wins";
    const Config other = with({{"LOG_LEVEL", "chatty"}});
    EXPECT_EQ(other.log.level, "info");
    EXPECT_EQ(other.warnings.size(), 1U) << "others use this variable too";
}

TEST(PredecessorVariables, values_that_do_not_fit_are_refused_with_their_variable) {
    const std::pair<Texts, const char*> rows[] = {
        {{{"OLLAMA_PORT", "many"}}, "$OLLAMA_PORT: found \"many\"; allowed: a port"},
        {{{"OLLAMA_HOST", "http://me:s3cret@x"}}, "$OLLAMA_HOST: found something else than an address"},
        {{{"OLLAMA_TIMEOUT", "0.09"}}, "$OLLAMA_TIMEOUT: found 0.09; allowed: seconds"},
        {{{"OLLAMA_TIMEOUT", "soon"}}, "$OLLAMA_TIMEOUT: found \"soon\"; allowed: seconds"},
        {{{"OLLAMA_API_MODE", "grpc"}}, "$OLLAMA_API_MODE: found \"grpc\"; allowed: \"native\", \"openai\""},
        {{{"CB_FAILURE_THRESHOLD", "1001"}},
         "$CB_FAILURE_THRESHOLD: found 1001; allowed: a whole number from 0 to 1000"},
        {{{"CACHE_SIMILARITY_THRESHOLD", "1.1"}}, "$CACHE_SIMILARITY_THRESHOLD: found 1.1"},
        {{{"CACHE_PERSISTENT", "maybe"}}, "$CACHE_PERSISTENT: found \"maybe\"; allowed: true or false"}};
    for (const auto& [variables, words] : rows) {
        const auto faults = faults_of("", fixed_environment(variables));
        ASSERT_EQ(faults.size(), 1U) << words;
        EXPECT_EQ(faults[0].find(words), 0U) << faults[0];
        EXPECT_EQ(faults[0].find("s3cret"), std::string::npos);
    }
}

}  // namespace
}  // namespace agenthub
