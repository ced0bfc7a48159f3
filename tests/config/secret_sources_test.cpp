// Secrets from each of their sources, and what is said when one cannot be had.

#include "config/secret_sources.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

// What a program is to say; remembers how it was called.
struct Programs {
    result<CommandOutcome> outcome = CommandOutcome();
    std::vector<CommandCall> calls;

    Environment environment(Texts variables = {}, Texts files = {}) {
        Environment out = fixed_environment(std::move(variables), std::move(files));
        out.run = [this](const CommandCall& call) {
            calls.push_back(call);
            return outcome;
        };
        return out;
    }
};

result<std::string> secret(const std::string& reference, const Environment& environment) {
    Findings findings;
    const auto read = read_secret_reference(nlohmann::ordered_json::parse(reference), "s", findings);
    if (!read)
        return read.error();
    if (!findings.faults.empty())
        return Error(errc::invalid_config, findings.faults.front().text());
    return get_secret(*read, environment, Deadline());
}

std::string failure(const std::string& reference, const Environment& environment = fixed_environment()) {
    const auto got = secret(reference, environment);
    return got ? "none" : got.error().message;
}

TEST(SecretSources, a_variable_by_either_name) {
    const auto environment = fixed_environment({{"TOKEN", "t0ken"}});
    EXPECT_EQ(secret(R"({"source": "env", "name": "TOKEN"})", environment).value(), "t0ken");
    EXPECT_EQ(secret(R"({"source": "env", "key": "TOKEN"})", environment).value(), "t0ken");
    EXPECT_EQ(failure(R"({"source": "env", "name": "OTHER"})"),
              "the variable OTHER is not defined; set it where AgentHub is started");
}

TEST(SecretSources, a_credential_of_the_service_manager) {
    const auto environment = fixed_environment({{"CREDENTIALS_DIRECTORY", "/run/c"}},
                                               {{"/run/c/token", "t0ken\n"}, {"/run/c/zero", std::string("a\0b", 3)}});
    EXPECT_EQ(secret(R"({"source": "credential", "name": "token"})", environment).value(), "t0ken");
    EXPECT_EQ(failure(R"({"source": "credential", "name": "other"})", environment),
              "the credential \"other\" does not exist");
    EXPECT_EQ(failure(R"({"source": "credential", "name": "zero"})", environment),
              "the credential \"zero\" holds a zero byte; allowed: text");
    EXPECT_NE(failure(R"({"source": "credential", "name": "token"})").find("LoadCredential="), std::string::npos);
    for (const char* name : {"../token", "a/b", "..", "."})
        EXPECT_NE(failure(std::string(R"({"source": "credential", "name": ")") + name + "\"}", environment)
                      .find("is not the name of a credential"),
                  std::string::npos);
}

TEST(SecretSources, files_get_the_time_that_is_left_for_all_secrets) {
    Findings findings;
    const auto file =
        read_secret_reference(nlohmann::ordered_json::parse(R"({"source": "file", "path": "/s"})"), "s", findings);
    ASSERT_TRUE(file);
    auto environment = fixed_environment({}, {{"/s", "t0ken"}});
    const auto late = get_secret(*file, environment, Deadline(Clock::now()));
    ASSERT_FALSE(late);
    EXPECT_NE(late.error().message.find("was not asked: the secrets before it took the 30s"), std::string::npos);
    Deadline given;
    environment.read_file_by = [&given](const std::string&, std::size_t,
                                        Deadline deadline) -> result<std::optional<std::string>> {
        given = deadline;
        return std::optional<std::string>("by then");
    };
    const Deadline deadline = Deadline::after(Duration(5000));
    EXPECT_EQ(get_secret(*file, environment, deadline).value(), "by then");
    EXPECT_EQ(given.at(), deadline.at());
}

TEST(SecretSources, a_command_and_what_it_may_do_wrong) {
    Programs programs;
    const auto environment = programs.environment();
    const std::string reference = R"({"source": "command", "command": ["pass", "show", "s3cret-arg"], "timeout": 3})";
    programs.outcome = CommandOutcome{0, "t0ken\r\n", ""};
    EXPECT_EQ(secret(reference, environment).value(), "t0ken");
    EXPECT_EQ(programs.calls.back().argv, (std::vector<std::string>{"pass", "show", "s3cret-arg"}));
    EXPECT_EQ(programs.calls.back().timeout, Duration(3000));
    std::vector<std::string> said;
    for (const result<CommandOutcome>& outcome :
         {result<CommandOutcome>(CommandOutcome{0, "", "s3cret-said"}),
          result<CommandOutcome>(CommandOutcome{256, "s3cret-said", "s3cret-said"}),
          result<CommandOutcome>(CommandOutcome{9, "", ""}),
          result<CommandOutcome>(Error(errc::start_failed, "No such file or directory")),
          result<CommandOutcome>(Error(errc::timeout, "did not end within 3000 ms")),
          result<CommandOutcome>(CommandOutcome{0, std::string("a\0b", 3), ""})}) {
        programs.outcome = outcome;
        said.push_back(failure(reference, environment));
    }
    EXPECT_EQ(
        said,
        (std::vector<std::string>{
            "the command \"pass\" wrote nothing to its standard output; allowed: the secret",
            "the command \"pass\" failed with exit code 1; run it by hand, as the user of AgentHub, to see what it "
            "says",
            "the command \"pass\" failed with signal 9; run it by hand, as the user of AgentHub, to see what it says",
            "the command \"pass\" cannot be run: No such file or directory; install it, or correct \"command\"",
            "the command \"pass\" did not end within 3000 ms and was killed; it may be waiting for somebody to type: "
            "run it by hand, or raise \"timeout\"",
            "the command \"pass\" holds a zero byte; allowed: text"}))
        << "none says what the program said, or was told";
}

TEST(SecretSources, the_keyring_is_asked_for_service_and_username) {
    Programs programs;
    const auto environment = programs.environment({{"DBUS_SESSION_BUS_ADDRESS", "unix:path=/b"}});
    programs.outcome = CommandOutcome{0, "t0ken\n", ""};
    EXPECT_EQ(secret(R"({"source": "keyring", "service": "s", "key": "k"})", environment).value(), "t0ken\n")
        << "as it is kept";
    EXPECT_EQ(programs.calls.back().argv,
              (std::vector<std::string>{"secret-tool", "lookup", "service", "s", "username", "k"}));
    EXPECT_EQ(secret(R"({"source": "keyring", "key": "k"})", environment).value(), "t0ken\n");
    EXPECT_EQ(programs.calls.back().argv[3], "agenthub");
    programs.calls.clear();
    programs.outcome = CommandOutcome{256, "", ""};
    EXPECT_EQ(failure(R"({"source": "keyring", "service": "s", "key": "k"})", environment),
              "the keyring's entry \"k\" of the service \"s\" does not exist; store it with: secret-tool store "
              "--label=AgentHub service s username k");
    ASSERT_EQ(programs.calls.size(), 2U) << "the service of before is asked as well";
    EXPECT_EQ(programs.calls[1].argv[3], "agenthub");
    programs.outcome = CommandOutcome{256, "", "secret-tool: locked"};
    EXPECT_NE(failure(R"({"source": "keyring", "key": "k"})", environment)
                  .find("failed with exit code 1; is a keyring running"),
              std::string::npos);
    programs.outcome = Error(errc::start_failed, "No such file or directory");
    EXPECT_NE(failure(R"({"source": "keyring", "key": "k"})", environment).find("install the package libsecret-tools"),
              std::string::npos);
    programs.outcome = Error(errc::timeout, "did not end within 10000 ms");
    EXPECT_NE(failure(R"({"source": "keyring", "key": "k"})", environment).find("is the keyring unlocked?"),
              std::string::npos);
}

TEST(SecretSources, no_keyring_is_asked_without_a_session_bus) {
    Programs programs;
    programs.outcome = CommandOutcome{0, "t0ken", ""};
    const std::string reference = R"({"source": "keyring", "key": "k"})";
    EXPECT_NE(failure(reference, programs.environment()).find("there is no session bus"), std::string::npos);
    EXPECT_NE(failure(reference, programs.environment({{"XDG_RUNTIME_DIR", "/run/u"}})).find("no session bus"),
              std::string::npos);
    EXPECT_TRUE(programs.calls.empty());
    // A socket is something that is there and cannot be read.
    const auto with_socket =
        programs.environment({{"XDG_RUNTIME_DIR", "/run/u"}}, {{"/run/u/bus", std::string(kUnreadable)}});
    EXPECT_EQ(secret(reference, with_socket).value(), "t0ken");
    EXPECT_EQ(programs.calls.back().env,
              (std::vector<std::pair<std::string, std::string>>{{"DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/u/bus"}}));
}

TEST(SecretSources, a_reference_that_is_none_says_so_without_showing_what_it_holds) {
    const std::pair<const char*, const char*> rows[] = {
        {R"({})", "has no \"source\"; allowed: \"env\", \"file\", \"credential\", \"keyring\", \"command\""},
        {R"({"source": "vault"})", "secrets from the source \"vault\" are not supported"},
        {R"({"source": 1})", "\"source\" of the secret reference is a number; allowed: a string"},
        {R"({"source": "env"})", "the secret reference has no \"name\""},
        {R"({"source": "file"})", "the secret reference has no \"path\""},
        {R"({"source": "keyring"})", "the secret reference has no \"key\""},
        {R"({"source": "env", "name": "s3cret value"})", "is not the name of a variable"},
        {R"({"source": "command"})", "has no \"command\""},
        {R"({"source": "command", "command": "s3cret"})",
         "\"command\" of the secret reference is a string; allowed: a list"},
        {R"({"source": "command", "command": []})", "an empty list"},
        {R"({"source": "command", "command": [1]})", "something else than text"},
        {R"({"source": "command", "command": [""]})", "without a program"},
        {R"({"source": "command", "command": ["x"], "timeout": 0.09})", "from 100ms to 30s"},
        {R"({"source": "command", "command": ["x"], "timeout": 30.1})", "from 100ms to 30s"},
        {R"({"source": "keyring", "key": "k", "service": 1})", "\"service\" of the secret reference is a number"}};
    for (const auto& [reference, words] : rows) {
        const std::string said = failure(reference);
        EXPECT_NE(said.find(words), std::string::npos) << reference << ": " << said;
        EXPECT_EQ(said.find("s3cret"), std::string::npos);
    }
    Programs programs;
    programs.outcome = CommandOutcome{0, "t0ken", ""};
    for (const char* limit : {"0.1", "30"})
        EXPECT_TRUE(secret(std::string(R"({"source": "command", "command": ["x"], "timeout": )") + limit + "}",
                           programs.environment()));
}

}  // namespace
}  // namespace agenthub
