// The sections "ollama" and "enhancement".

#include <gtest/gtest.h>

#include "config/describe.hpp"
#include "config/difference.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

TEST(OllamaSection, every_setting) {
    const Config config =
        parsed(R"({"ollama": {"enabled": false, "url": "https://models.local:8443/", "ca_file": "/ca.pem",
        "api_key": "k3y-k3y", "api": "openai", "model": "m", "connect_timeout": 1, "timeout": 2, "stream_timeout": 3,
        "max_concurrency": 4, "queue": 5, "queue_timeout": 6, "stream_buffer_bytes": 2048, "breaker_threshold": 7,
        "breaker_recovery": 8}})");
    OllamaConfig expected;
    expected.enabled = false;
    expected.url = "https://models.local:8443";
    expected.ca_file = "/ca.pem";
    expected.api_key = "k3y-k3y";
    expected.api = OllamaApi::openai;
    expected.model = "m";
    expected.connect_timeout = 1s;
    expected.timeout = 2s;
    expected.stream_timeout = 3s;
    expected.max_concurrency = 4;
    expected.queue = 5;
    expected.queue_timeout = 6s;
    expected.stream_buffer_bytes = 2048;
    expected.breaker_threshold = 7;
    expected.breaker_recovery = 8s;
    EXPECT_EQ(config.ollama, expected);
    EXPECT_EQ(config.secrets, one("k3y-k3y"));
    EXPECT_EQ(parsed("").ollama, OllamaConfig());
}

TEST(OllamaSection, ranges_at_the_limit_and_one_over) {
    const struct {
        const char* key;
        const char* good[2];
        const char* bad[2];
    } rows[] = {{"connect_timeout", {"0.1", "60"}, {"0.099", "60.001"}},
                {"timeout", {"0.1", "3600"}, {"0.099", "3600.001"}},
                {"stream_timeout", {"0.1", "3600"}, {"0.099", "3600.001"}},
                {"max_concurrency", {"0", "1000000"}, {"-1", "1000001"}},
                {"queue", {"0", "1000000"}, {"-1", "1000001"}},
                {"queue_timeout", {"0.1", "3600"}, {"0.099", "3600.001"}},
                {"stream_buffer_bytes", {"1024", "67108864"}, {"1023", "67108865"}},
                {"breaker_threshold", {"0", "1000"}, {"-1", "1001"}},
                {"breaker_recovery", {"0.1", "3600"}, {"0.099", "3600.001"}}};
    for (const auto& row : rows)
        for (int i = 0; i < 2; ++i) {
            const auto text = [&row](const char* value) {
                return std::string(R"({"ollama": {")") + row.key + "\": " + value + "}}";
            };
            EXPECT_EQ(faults_of(text(row.good[i])), std::vector<std::string>()) << row.key;
            EXPECT_EQ(faults_of(text(row.bad[i])).size(), 1U) << row.key << " " << row.bad[i];
        }
}

TEST(OllamaSection, what_is_refused_and_how) {
    EXPECT_EQ(faults_of(R"({"ollama": {"api": "grpc"}})"),
              one(R"(ollama.api: found "grpc"; allowed: "native", "openai")"));
    EXPECT_EQ(faults_of(R"({"ollama": {"ca_file": "ca.pem"}})"),
              one(R"(ollama.ca_file: found "ca.pem"; allowed: an absolute path)"));
    for (const char* url : {"localhost:11434", "http://", "ftp://x", "http://me:hunter22@x", "http://x/api",
                            "http://x?y", "http://x:70000"}) {
        const auto faults = faults_of(std::string(R"({"ollama": {"url": ")") + url + "\"}}");
        ASSERT_EQ(faults.size(), 1U) << url;
        EXPECT_EQ(faults[0].find("hunter"), std::string::npos);
    }
    const Config config = parsed(R"({"ollama": {"modell": "x", "_note": 1}})");
    EXPECT_EQ(texts_of(config.warnings), one(R"(ollama.modell: unknown key, ignored; did you mean "model"?)"));
}

TEST(EnhancementSection, a_clients_rule_has_the_rest_from_the_default) {
    const Config config = parsed(R"({"enhancement": {
        "default": {"model": "m", "temperature": 0.5, "max_tokens": 9, "system_prompt": "s", "budget": 7, "chat": true},
        "clients": {"a": {"model": "n", "enhance": ["github/*"], "budget": "500ms"}, "b": {"enabled": false}, "_c": {}},
        "fallback_chain": ["x", null], "max_body_bytes": 2048,
        "cache": {"max_entries": 1, "ttl": 5, "persistent": true, "semantic": true, "embedding_model": "e", "similarity": 1}}})");
    const EnhancementConfig& enhancement = config.enhancement;
    EXPECT_TRUE(enhancement.enabled);
    EnhancementRule fallback;
    fallback.model = "m";
    fallback.temperature = 0.5;
    fallback.max_tokens = 9;
    fallback.system_prompt = "s";
    fallback.budget = 7s;
    fallback.chat = true;
    EXPECT_EQ(enhancement.fallback, fallback);
    ASSERT_EQ(enhancement.clients.size(), 2U);
    EnhancementRule a = fallback;
    a.model = "n";
    a.tools = {"github/*"};
    a.budget = 500ms;
    EXPECT_EQ(enhancement.clients[0], std::pair(std::string("a"), a));
    EXPECT_FALSE(enhancement.clients[1].second.enabled);
    EXPECT_EQ(enhancement.clients[1].second.model, "m");
    EXPECT_EQ(enhancement.fallback_chain, (std::vector<std::optional<std::string>>{"x", std::nullopt}));
    EXPECT_EQ(enhancement.max_body_bytes, 2048U);
    EXPECT_EQ(enhancement.cache, (EnhancementCacheConfig{1, 5s, true, true, "e", 1.0}));
    EXPECT_FALSE(parsed("").enhancement.enabled) << "nothing names it";
    EXPECT_FALSE(parsed(R"({"enhancement": {"enabled": false}})").enhancement.enabled);
    EXPECT_TRUE(parsed(R"({"enhancement": {}})").enhancement.enabled);
}

TEST(EnhancementSection, ranges_at_the_limit_and_one_over) {
    const auto text = [](const std::string& member) { return "{\"enhancement\": {" + member + "}}"; };
    for (const char* good :
         {R"("default": {"temperature": 0})", R"("default": {"temperature": 2})", R"("default": {"max_tokens": 1})",
          R"("default": {"max_tokens": 1000000})", R"("default": {"budget": 0.1})", R"("default": {"budget": 3600})",
          R"("default": {"timeout": 3600})", R"("max_body_bytes": 1024)", R"("max_body_bytes": 1073741824)",
          R"("cache": {"max_entries": 0})", R"("cache": {"max_entries": 1000000})", R"("cache": {"similarity": 0})",
          R"("cache": {"ttl": 1})", R"("cache": {"ttl": "8760h"})",
          R"("fallback_chain": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1])"}) {
        std::string fixed = text(good);
        for (auto at = fixed.find("1,1"); at != std::string::npos; at = fixed.find("1,1"))
            fixed.replace(at, 1, "\"m\"");
        if (const auto at = fixed.find("1]"); at != std::string::npos)
            fixed.replace(at, 1, "null");
        EXPECT_EQ(faults_of(fixed), std::vector<std::string>()) << fixed;
    }
    for (
        const char* bad :
        {R"("default": {"temperature": -0.1})", R"("default": {"temperature": 2.1})",
         R"("default": {"temperature": "hot"})", R"("default": {"max_tokens": 0})",
         R"("default": {"max_tokens": 1000001})", R"("default": {"budget": 0.09})", R"("default": {"budget": 3601})",
         R"("default": {"enhance": [""]})", R"("max_body_bytes": 1023)", R"("max_body_bytes": 1073741825)",
         R"("cache": {"max_entries": 1000001})", R"("cache": {"similarity": 1.1})", R"("cache": {"ttl": 0.9})",
         R"("clients": {"a": 1})", R"("fallback_chain": "m")", R"("fallback_chain": [1])", R"("fallback_chain": [""])",
         R"("fallback_chain": [null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null])"})
        EXPECT_EQ(faults_of(text(bad)).size(), 1U) << bad;
    EXPECT_EQ(faults_of(text(R"("clients": {"a": {"temperature": 3}})")),
              one("enhancement.clients.a.temperature: found 3; allowed: a number from 0.0 to 2.0"));
}

TEST(Models, what_a_reload_changes_is_named) {
    const Config before = parsed("");
    const auto changed = [&before](const char* text) { return difference(before, parsed(text)); };
    ConfigDifference expected;
    expected.applied = {"ollama.url", "ollama.api_key"};
    EXPECT_EQ(changed(R"({"ollama": {"url": "http://x", "api_key": "k3y-k3y"}})"), expected);
    expected.applied = {"enhancement.enabled", "enhancement.default", "enhancement.fallback_chain",
                        "enhancement.cache"};
    EXPECT_EQ(changed(R"({"enhancement": {"default": {"model": "m"}, "fallback_chain": ["x"], "cache": {"ttl": 1}}})"),
              expected);
    expected.applied = {"api_keys"};
    const Config with_keys = parsed(R"({"keys": {}})");
    EXPECT_EQ(difference(before, with_keys), expected);
}

TEST(Models, are_described_with_secrets_hidden) {
    const std::string text = describe_config(parsed(R"({"ollama": {"api_key": "k3y-k3y", "max_concurrency": 0},
        "enhancement": {"clients": {"a": {"enhance": ["x/*"]}}, "fallback_chain": ["m", null]}})"));
    const auto start = text.find("ollama:");
    EXPECT_EQ(
        text.substr(start, text.find("rights:") - start),
        "ollama:\n"
        "  enabled: true\n"
        "  url: \"http://127.0.0.1:11434\"\n"
        "  ca_file: that of the system\n"
        "  api_key: (hidden)\n"
        "  api: native\n"
        "  model: \"llama3.2:3b\"\n"
        "  connect_timeout: 5s\n"
        "  timeout: 30s\n"
        "  stream_timeout: 300s\n"
        "  max_concurrency: any\n"
        "  queue: 256\n"
        "  queue_timeout: 30s\n"
        "  stream_buffer_bytes: 65536\n"
        "  breaker_threshold: 3\n"
        "  breaker_recovery: 30s\n"
        "enhancement:\n"
        "  enabled: true\n"
        "  default:\n"
        "    enabled: true\n"
        "    model: that of ollama\n"
        "    system_prompt: \"Make the prompt clearer and more specific, keep its intent, and return only the …\"\n"
        "    temperature: 0.3\n"
        "    max_tokens: 500\n"
        "    budget: 30s\n"
        "    enhance: nothing unasked\n"
        "    chat: false\n"
        "  client \"a\":\n"
        "    enabled: true\n"
        "    model: that of ollama\n"
        "    system_prompt: \"Make the prompt clearer and more specific, keep its intent, and return only the …\"\n"
        "    temperature: 0.3\n"
        "    max_tokens: 500\n"
        "    budget: 30s\n"
        "    enhance: \"x/*\"\n"
        "    chat: false\n"
        "  fallback_chain: \"m\", unchanged\n"
        "  max_body_bytes: 1048576\n"
        "  cache:\n"
        "    max_entries: 500\n"
        "    ttl: 7200s\n"
        "    persistent: false\n"
        "    semantic: false\n"
        "    embedding_model: \"nomic-embed-text\"\n"
        "    similarity: 0.85\n"
        "api_keys: none, /v1 asks for no token\n");
}

}  // namespace
}  // namespace agenthub
