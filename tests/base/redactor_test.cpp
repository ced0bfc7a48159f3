#include "base/redactor.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr const char* kToken = "ghp_S3cret/Tok\"en+1";

std::string cleaned(const std::vector<std::string>& secrets, std::string_view text) {
    return Redactor(secrets).without_secrets(text).value_or("nothing found");
}

std::string cleaned_json(const std::vector<std::string>& secrets, std::string_view text) {
    return Redactor(secrets).json_without_secrets(text).value_or("nothing found");
}

TEST(Redactor, replaces_each_secret_and_nothing_else) {
    EXPECT_EQ(cleaned({"secret-1", "secret-2"}, "a secret-1, secret-2 and secret-3"),
              "a [redacted], [redacted] and secret-3");
    EXPECT_EQ(cleaned({"secret-1"}, "nothing of it"), "nothing found");
    EXPECT_EQ(cleaned({}, "secret-1"), "nothing found");
    EXPECT_EQ(cleaned({"abcdef", "defghi"}, "xabcdefghix"), "x[redacted]x") << "they overlap";
}

TEST(Redactor, a_secret_at_the_shortest_length_and_one_under) {
    ASSERT_EQ(kShortestSecret, 6U);
    EXPECT_EQ(cleaned({"123abc"}, "it is 123abc"), "it is [redacted]");
    EXPECT_EQ(cleaned({"123ab"}, "it is 123ab"), "nothing found");
}

TEST(Redactor, knows_other_spellings) {
    std::string json;
    append_json_string(json, kToken);
    std::string json_in_json;
    append_json_string(json_in_json, json);
    for (const std::string& spelled :
         {std::string(kToken), json.substr(1, json.size() - 2), std::string(R"(ghp\u005fS3cret\/Tok\u0022en\u002B1)"),
          std::string("ghp_S3cret%2FTok%22en%2B1"), std::string("ghp_S3cret%2fTok%22en%2b1"),
          std::string("%67hp_S3cret/Tok\"en+1"), std::string(R"(ghp_S3cret%2FTok\u002522en%2B1)")})
        EXPECT_EQ(cleaned({kToken}, "<" + spelled + ">"), "<[redacted]>") << spelled;
    EXPECT_EQ(cleaned({kToken}, json_in_json), "\"\\\"[redacted]\\\"\"");
    EXPECT_EQ(cleaned({"pass word"}, "pass+word pass%20word pass word"), "[redacted] [redacted] [redacted]");
    EXPECT_EQ(cleaned({"gr\u00fc\u00dfe!"}, R"(gr\u00fc\u00dfe!)"), "[redacted]");
    EXPECT_EQ(cleaned({"bytes\xFF\xFE"}, "bytes\u00EF"), "nothing found");
    std::string not_utf8;
    append_json_string(not_utf8, "bytes\xFF\xFE");
    EXPECT_EQ(cleaned({"bytes\xFF\xFE"}, not_utf8), "\"[redacted]\"");
}

TEST(Redactor, each_line_of_a_secret_with_several_is_one) {
    const std::string key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\r\nBgkqhkiG9w0B\nabc\n-----END PRIVATE KEY-----\n";
    EXPECT_EQ(cleaned({key}, "stderr: MIIEvQIBADAN"), "stderr: [redacted]");
    EXPECT_EQ(cleaned({key}, "BgkqhkiG9w0B"), "[redacted]");
    EXPECT_EQ(cleaned({key}, "-----BEGIN PRIVATE KEY-----"), "nothing found");
    EXPECT_EQ(cleaned({key}, "abc"), "nothing found");
    EXPECT_EQ(cleaned({key}, "{" + key + "}"), "{[redacted]}");
}

TEST(Redactor, json_stays_json) {
    EXPECT_EQ(cleaned_json({"100000"}, R"({"n":100000,"t":"is 100000"})"), R"({"n":100000,"t":"is [redacted]"})");
    EXPECT_EQ(cleaned_json({"\",\"b\":\""}, R"({"a":"","b":""})"), "nothing found") << "the grammar is no secret";
    EXPECT_EQ(cleaned_json({"nope12"}, R"({"a":"\nope12"})"), "nothing found") << "the n belongs to its escape";
    EXPECT_EQ(cleaned_json({"\nope12"}, R"({"a":"\nope12"})"), R"({"a":"[redacted]"})");
    EXPECT_EQ(cleaned_json({"secret"}, R"({"secret":"\\secret\""})"), R"({"[redacted]":"\\[redacted]\""})");
    EXPECT_EQ(cleaned_json({kToken}, R"({"url":"http://x/?t=ghp_S3cret%2FTok%22en%2B1&u"})"),
              R"({"url":"http://x/?t=[redacted]&u"})");
    EXPECT_EQ(cleaned_json({"secret"}, R"({"open":"secret)"), R"({"open":"[redacted])");
}

TEST(Redactor, the_beginning_of_a_secret_at_the_end_of_what_may_go_on) {
    const Redactor redactor({"secret-token"});
    EXPECT_EQ(redactor.unfinished_without_secrets("a secret-tok"), "a [redacted]");
    EXPECT_EQ(redactor.unfinished_without_secrets("a secr"), "a [redacted]");
    EXPECT_EQ(redactor.unfinished_without_secrets("a sec"), "a sec") << "too little to be one";
    EXPECT_EQ(redactor.unfinished_without_secrets("secret-token and secret"), "[redacted] and [redacted]");
}

TEST(Redactor, of_the_process_is_for_every_thread_and_remembers_the_last_ones) {
    hide_secrets({"the-first-one"});
    EXPECT_EQ(redacted("the-first-one"), "[redacted]");
    std::string seen;
    std::thread([&seen] { seen = redacted("see the-first-one"); }).join();
    EXPECT_EQ(seen, "see [redacted]");
    hide_secrets({"the-second-one"});
    EXPECT_EQ(redacted("the-first-one the-second-one"), "[redacted] [redacted]");
    std::vector<std::string> many;
    for (std::size_t i = 0; i < kRetiredSecrets; ++i)
        many.push_back("number " + std::to_string(i) + " of many");
    hide_secrets(many);
    hide_secrets({});
    EXPECT_EQ(redacted("number 0 of many"), "[redacted]") << "the limit";
    EXPECT_EQ(redacted("number 999 of many"), "[redacted]");
    EXPECT_EQ(redacted("the-second-one"), "the-second-one") << "one over";
}

TEST(Redactor, is_applied_before_a_text_is_cut) {
    hide_secrets({"a-long-secret-value"});
    EXPECT_EQ(redacted_clip("it is a-long-secret-value", 14), clip("it is [redacted]", 14));
    hide_secrets({});
}

TEST(Redactor, no_line_of_the_log_has_a_secret) {
    hide_secrets({"quoted \"secret\""});
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        start_log(spdlog::level::trace, format);
        testing::internal::CaptureStderr();
        log().trace("it is quoted \"secret\", and JSON: {}", R"({"a":"quoted \"secret\""})");
        stop_log();
        log().error("also of the plain logger: quoted \"secret\"");
        const std::string text = testing::internal::GetCapturedStderr();
        EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        EXPECT_NE(text.find("it is [redacted], and JSON: "), std::string::npos) << text;
        EXPECT_NE(text.find("plain logger: [redacted]"), std::string::npos) << text;
    }
    hide_secrets({});
}

}  // namespace
}  // namespace agenthub
