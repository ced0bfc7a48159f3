#include "config/secret_names.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

TEST(SecretNames, names_that_say_so) {
    for (const char* name : {"TOKEN",
                             "GITHUB_TOKEN",
                             "github-token",
                             "API_KEY",
                             "APIKEY",
                             "OPENAI_API_KEY",
                             "AWS_SECRET_ACCESS_KEY",
                             "DB_PASSWORD",
                             "PGPASSWORD",
                             "MYSQL_PASSWD",
                             "DB_PASS",
                             "PASSWORDS",
                             "APP_CREDENTIALS",
                             "GPG_PASSPHRASE",
                             "BASIC_AUTH",
                             "AUTH_HEADER",
                             "GH_PAT",
                             "SESSION_COOKIE",
                             "accessToken",
                             "my.secret"})
        EXPECT_TRUE(names_secret(name)) << name;
    for (const char* name :
         {"", "PATH", "HOME", "KEYBOARD", "TOKENIZER", "PATTERN", "AUTHOR", "PASSIVE", "LANG", "FORMAT"})
        EXPECT_FALSE(names_secret(name)) << name;
}

TEST(SecretNames, values_that_can_be_one) {
    EXPECT_TRUE(looks_secret("abc123"));
    EXPECT_FALSE(looks_secret("abc12")) << "one under the shortest";
    EXPECT_TRUE(looks_secret("12345678"));
    EXPECT_FALSE(looks_secret("1234567"));
    EXPECT_FALSE(looks_secret("/run/secrets/key"));
    EXPECT_FALSE(looks_secret("~/.ssh/id_rsa"));
}

std::vector<std::string> secrets_of(const std::string& entry, const Texts& variables = {}, const Texts& files = {}) {
    return parsed(R"({"mcpServers": {"github": )" + entry + "}}", fixed_environment(variables, files)).secrets;
}

using Secrets = std::vector<std::string>;

TEST(SecretNames, a_configuration_knows_its_secrets) {
    EXPECT_EQ(secrets_of(R"({"command": "x", "env": {"API_KEY": "k3y-k3y", "LANG": "de_DE.UTF-8"}})"),
              Secrets{"k3y-k3y"});
    EXPECT_EQ(secrets_of(R"({"command": "x", "env": {"A": "${MY_TOKEN}", "B": "${HOME}"}})",
                         {{"MY_TOKEN", "t0ken-t0ken"}, {"HOME", "/home/u"}}),
              Secrets{"t0ken-t0ken"});
    EXPECT_EQ(secrets_of(R"({"command": "x", "args": ["--token=${MY_TOKEN}"]})", {{"MY_TOKEN", "t0ken-t0ken"}}),
              Secrets{"t0ken-t0ken"});
    EXPECT_EQ(secrets_of(R"({"command": "x", "env": {"A": {"source": "file", "path": "/s"}}})", {},
                         {{"/s", "from a file\n"}}),
              Secrets{"from a file"});
    EXPECT_EQ(secrets_of(R"({"command": "x", "env": {"DATABASE_URL": "postgres://me:hunter22@db/x"}})"),
              Secrets{"hunter22"});
    EXPECT_EQ(secrets_of(R"({"url": "https://me:hunter22@far/mcp"})"), Secrets{"hunter22"});
}

TEST(SecretNames, what_servers_inherit_is_known_too) {
    Environment environment = fixed_environment();
    environment.variables = [] {
        return std::vector<std::pair<std::string, std::string>>{{"GITHUB_TOKEN", "inherited"}, {"LANG", "de_DE.UTF-8"}};
    };
    EXPECT_EQ(parsed("", environment).secrets, Secrets{"inherited"});
}

TEST(SecretNames, what_everybody_sees_is_no_secret) {
    EXPECT_EQ(secrets_of(R"({"command": "x", "env": {"API_KEY": "github", "B_KEY": "github "}})"), Secrets{"github "})
        << "the server's own name";
    EXPECT_EQ(secrets_of(R"({"command": "x", "env": {"A": {"source": "file", "path": "/s"}}})", {}, {{"/s", "12345"}}),
              Secrets{})
        << "one under the shortest";
}

}  // namespace
}  // namespace agenthub
