#include "config/api_keys.hpp"

#include <gtest/gtest.h>

#include "config/describe.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

Config with_keys(const std::string& keys) {
    return parsed(R"({"api_keys_file": "/keys"})", fixed_environment({}, {{"/keys", keys}}));
}

TEST(ApiKeys, tokens_are_kept_as_digests_and_hidden) {
    const Config config = with_keys(R"({"keys": {"abcdef": {"client_name": "a", "enhance": false, "description": "d"},
        "sha256:2BD806C97F0E00AF1A1FC3328FA763A9269723C8DB8FAC4F93AF71DB186D6E90": {"client_name": "b"}}})");
    ASSERT_EQ(config.api_keys.size(), 2U);
    EXPECT_EQ(config.api_keys[0],
              (ApiKey{"bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721", "a", "d", false}));
    EXPECT_EQ(config.api_keys[1],
              (ApiKey{"2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90", "b", "", true}));
    EXPECT_EQ(config.secrets, one("abcdef"));
    EXPECT_EQ(config.warnings, std::vector<Fault>());
    EXPECT_EQ(describe_config(config).find("abcdef"), std::string::npos);
}

TEST(ApiKeys, an_entry_that_cannot_be_used_is_left_out_without_being_shown) {
    const Config config =
        with_keys(R"({"keys": {"s3cret-1": "laptop", "sha256:abc": {}, "s3cret-2": {"enhance": "yes"}, "": {},
        "_comment": "x", "s3cret-3": {}, "short": {}}})");
    ASSERT_EQ(config.api_keys.size(), 2U);
    const auto warnings = texts_of(config.warnings);
    EXPECT_EQ(warnings.size(), 5U);
    for (const std::string& warning : warnings)
        EXPECT_EQ(warning.find("s3cret"), std::string::npos) << warning;
    EXPECT_EQ(warnings[0].substr(0, 15), "/keys: keys[1]:");
}

TEST(ApiKeys, no_path_shows_a_token) {
    const std::string twice = R"({"keys": {"s3cret-1": {"enhance": true, "enhance": true}, "s3cret-1": {}}})";
    const std::string said = "this key stands here more than once; the last value counts";
    const Config named = with_keys(twice);
    EXPECT_EQ(texts_of(named.warnings),
              (std::vector<std::string>{"/keys: keys[…]: " + said, "/keys: keys[…]: " + said}));
    const Config itself = parsed(twice);
    EXPECT_EQ(texts_of(itself.warnings), (std::vector<std::string>{"keys[…]: " + said, "keys[…]: " + said}));
    const auto without_keys = fixed_environment({}, {{"/keys", R"({"s3cret-1": {}, "s3cret-1": {}})"}});
    for (const std::string& fault : faults_of(R"({"api_keys_file": "/keys"})", without_keys))
        EXPECT_EQ(fault.find("s3cret"), std::string::npos) << fault;
    std::string deep = "{\"keys\": {\"s3cret-1\": ";
    for (std::size_t i = 0; i < 70; ++i)
        deep += "[";
    const auto faults = faults_of(deep);
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults.front().find("s3cret"), std::string::npos) << faults.front();
}

TEST(ApiKeys, a_file_without_a_key_lets_nobody_in) {
    const Config config = with_keys(R"({"keys": {}})");
    ASSERT_EQ(config.api_keys.size(), 1U);
    EXPECT_EQ(config.api_keys[0].digest, std::string(64, '0'));
    EXPECT_EQ(texts_of(config.warnings), one("/keys: holds no key that can be used, so nobody can use /v1"));
    EXPECT_TRUE(parsed("").api_keys.empty());
}

TEST(ApiKeys, a_file_that_cannot_be_read_refuses_the_start) {
    const std::string text = R"({"api_keys_file": "/keys"})";
    EXPECT_EQ(faults_of(text), one("/keys: does not exist; it is named by \"api_keys_file\""));
    EXPECT_EQ(faults_of(text, fixed_environment({}, {{"/keys", "{"}})).size(), 1U);
    EXPECT_EQ(faults_of(text, fixed_environment({}, {{"/keys", "[]"}})),
              one("/keys: found a list; allowed: an object"));
    EXPECT_EQ(faults_of(text, fixed_environment({}, {{"/keys", "{}"}})).size(), 1U);
    EXPECT_EQ(faults_of(text, fixed_environment({}, {{"/keys", std::string(kUnreadable)}})),
              one("/keys: cannot be opened: Permission denied"));
    EXPECT_EQ(faults_of("{}", fixed_environment({{"API_KEYS_CONFIG", "/k"}})),
              one("/k: does not exist; it is named by $API_KEYS_CONFIG"));
}

}  // namespace
}  // namespace agenthub
