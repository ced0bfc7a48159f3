#include "config/server_env.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

struct Outcome {
    std::vector<EnvVar> env;
    Findings findings;
};

Outcome read(const std::string& text, const Texts& variables = {}, const Texts& files = {}) {
    Outcome out;
    const auto json = nlohmann::ordered_json::parse(text);
    out.env = read_server_env(json, "s.env", fixed_environment(variables, files), out.findings);
    return out;
}

std::string value_of(const std::string& value, const Texts& variables = {}, const Texts& files = {}) {
    const Outcome out = read("{\"K\": " + value + "}", variables, files);
    EXPECT_TRUE(out.findings.faults.empty()) << out.findings.faults.front().text();
    return out.env.size() == 1 ? out.env.front().value : "not one variable";
}

std::string fault_of(const std::string& value, const Texts& variables = {}, const Texts& files = {}) {
    const Outcome out = read("{\"K\": " + value + "}", variables, files);
    EXPECT_EQ(out.env, (std::vector<EnvVar>{{"K", ""}})) << "the name is kept, the value is not";
    return out.findings.faults.size() == 1 ? out.findings.faults.front().text() : "not one fault";
}

TEST(ServerEnv, values_in_the_order_of_the_file) {
    EXPECT_EQ(read(R"({"Z": "1", "A": "", "M": "a=b"})").env,
              (std::vector<EnvVar>{{"Z", "1"}, {"A", ""}, {"M", "a=b"}}));
}

TEST(ServerEnv, values_are_expanded) {
    EXPECT_EQ(value_of(R"("x${A}y${B:-z}")", {{"A", "1"}}), "x1yz");
}

TEST(ServerEnv, a_whole_number_is_its_text) {
    EXPECT_EQ(value_of("8080"), "8080");
    EXPECT_EQ(value_of("-1"), "-1");
}

TEST(ServerEnv, secrets_from_a_variable) {
    EXPECT_EQ(value_of(R"({"source": "env", "key": "TOKEN"})", {{"TOKEN", "${A}"}}), "${A}") << "not expanded again";
}

TEST(ServerEnv, secrets_from_a_file_without_the_last_line_end) {
    const Texts files{
        {"/s/unix", "a\nb\n"}, {"/s/dos", "a\r\n"}, {"/s/bare", "a"}, {"/s/empty", ""}, {"/s/two", "a\n\n"}};
    EXPECT_EQ(value_of(R"({"source": "file", "path": "/s/unix"})", {}, files), "a\nb");
    EXPECT_EQ(value_of(R"({"source": "file", "path": "/s/dos"})", {}, files), "a");
    EXPECT_EQ(value_of(R"({"source": "file", "path": "/s/bare"})", {}, files), "a");
    EXPECT_EQ(value_of(R"({"source": "file", "path": "/s/empty"})", {}, files), "");
    EXPECT_EQ(value_of(R"({"source": "file", "path": "/s/two"})", {}, files), "a\n");
    EXPECT_EQ(value_of(R"({"source": "file", "key": "/s/bare"})", {}, files), "a");
    EXPECT_EQ(value_of(R"({"source": "file", "path": "${D}/bare", "key": "/x"})", {{"D", "/s"}}, files), "a");
}

TEST(ServerEnv, secret_file_at_the_limit_and_one_over) {
    const std::string value = R"({"source": "file", "path": "/s"})";
    EXPECT_EQ(value_of(value, {}, {{"/s", std::string(kMaxSecretBytes, 'x')}}).size(), kMaxSecretBytes);
    EXPECT_EQ(fault_of(value, {}, {{"/s", std::string(kMaxSecretBytes + 1, 'x')}}),
              "s.env.K: the secret file \"/s\" is longer than the 65536 bytes allowed");
}

TEST(ServerEnv, other_sources_are_named) {
    EXPECT_EQ(fault_of(R"({"source": "vault", "service": "x", "key": "y"})"),
              "s.env.K: secrets from the source \"vault\" are not supported; allowed: \"env\", \"file\", "
              "\"credential\", \"keyring\", \"command\"");
}

TEST(ServerEnv, faults_name_variable_file_and_reason) {
    const std::pair<const char*, const char*> cases[] = {
        {R"("${NONE}")",
         "s.env.K: the variable NONE is not defined; set it where AgentHub is started, or write ${NONE:-default}"},
        {R"({"source": "env", "key": "NONE"})",
         "s.env.K: the variable NONE is not defined; set it where AgentHub is started"},
        {R"({"source": "env"})", "s.env.K: the secret reference has no \"name\""},
        {R"({"source": "env", "key": 1})", "s.env.K: \"key\" of the secret reference is a number; allowed: a string"},
        {R"({"source": "file"})", "s.env.K: the secret reference has no \"path\""},
        {R"({"source": "file", "path": "x"})", "s.env.K: \"path\" of the secret reference is not an absolute path"},
        {R"({"source": "file", "path": []})", "s.env.K: \"path\" of the secret reference is a list; allowed: a string"},
        {R"({"source": "file", "path": "/none"})", "s.env.K: the secret file \"/none\" does not exist"},
        {R"({"source": "file", "path": "/locked"})",
         "s.env.K: the secret file \"/locked\" cannot be opened: Permission denied"},
        {R"({"source": "file", "path": "/zero"})",
         "s.env.K: the secret file \"/zero\" holds a zero byte; allowed: text"},
        {R"({"source": "file", "path": "${NONE}/x"})",
         "s.env.K: the variable NONE is not defined; set it where AgentHub is started, or write ${NONE:-default}"},
        {R"({"source": null})", "s.env.K: \"source\" of the secret reference is null; allowed: a string"},
        {R"({})",
         "s.env.K: the secret reference has no \"source\"; allowed: \"env\", \"file\", \"credential\", \"keyring\", "
         "\"command\""},
        {R"(true)", "s.env.K: found true or false; allowed: a string, or {\"source\": \"file\", ...}"},
        {R"("a\u0000b")", "s.env.K: found a zero character; allowed: a string without it"},
    };
    const Texts files{{"/locked", std::string(kUnreadable)}, {"/zero", std::string("a\0b", 3)}};
    for (const auto& [value, fault] : cases)
        EXPECT_EQ(fault_of(value, {}, files), fault) << value;
}

TEST(ServerEnv, no_value_ever_stands_in_a_message) {
    const std::string faulty[] = {
        R"("hunter2${NONE}")",
        R"("${NONE:-hunter2${X}}")",
        R"("hunter2\u0000")",
        R"({"source": "env", "key": "hunter2-x"})",
        R"({"source": "file", "path": "hunter2"})",
        R"({"source": "aws", "key": "hunter2"})",
        R"({"value": "hunter2"})",
        R"(["hunter2"])",
    };
    for (const std::string& value : faulty)
        EXPECT_EQ(fault_of(value).find("hunter2"), std::string::npos) << value;
    EXPECT_EQ(fault_of("27182818.5").find("27182818"), std::string::npos);
}

TEST(ServerEnv, unknown_keys_of_a_reference_are_warnings) {
    const Outcome out = read(R"({"K": {"source": "env", "key": "T", "kee": 1}})", {{"T", "v"}});
    EXPECT_EQ(texts_of(out.findings.warnings), one("s.env.K.kee: unknown key, ignored; did you mean \"key\"?"));
}

TEST(ServerEnv, keys_with_an_underscore_are_comments) {
    const Outcome out = read(R"({"_comment": "tokens", "_JAVA_OPTIONS": "-Xmx1g", "K": "v"})");
    EXPECT_EQ(out.env, (std::vector<EnvVar>{{"K", "v"}}));
    EXPECT_EQ(texts_of(out.findings.warnings),
              one("s.env._JAVA_OPTIONS: not passed to the server: keys that start with \"_\" are comments"));
}

TEST(ServerEnv, names_the_system_cannot_hold_are_faults) {
    for (const char* name : {"", "A=B", "TOKEN=hunter2", "A\\u0000"}) {
        const Outcome out = read("{\"" + std::string(name) + "\": \"hunter2\"}");
        EXPECT_TRUE(out.env.empty());
        ASSERT_EQ(out.findings.faults.size(), 1U) << name;
        EXPECT_EQ(out.findings.faults.front().text().find("hunter2"), std::string::npos);
        EXPECT_EQ(out.findings.faults.front().text().substr(0, 27), "s.env: the name of entry 1 ");
    }
}

TEST(ServerEnv, a_value_written_into_a_name_is_shown_in_no_warning_either) {
    const Outcome out = read(R"({"_TOKEN=hunter2": "", "B": "", "C=hunter2": ""})");
    EXPECT_EQ(texts_of(out.findings.warnings),
              one("s.env[\"_TOKEN=…\"]: not passed to the server: keys that start with \"_\" are comments"));
    ASSERT_EQ(out.findings.faults.size(), 1U);
    EXPECT_EQ(out.findings.faults.front().text().substr(0, 27), "s.env: the name of entry 3 ");
}

}  // namespace
}  // namespace agenthub
