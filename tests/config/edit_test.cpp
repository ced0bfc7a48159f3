#include "config/edit.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

NewServer foo() {
    return {"foo", "@x/foo-mcp", "what it does", true};
}

TEST(Edit, names_a_server_after_its_package) {
    EXPECT_EQ(server_name_of("@x/foo-mcp"), "foo");
    EXPECT_EQ(server_name_of("foo"), "foo");
    EXPECT_EQ(server_name_of("a-mcp-server-mcp"), "a-server");
    EXPECT_EQ(server_name_of("@x/foo@1.2.3"), "foo");
    EXPECT_EQ(server_name_of("foo-mcp@latest"), "foo");
    EXPECT_EQ(server_name_of(""), "");
    EXPECT_EQ(server_name_of("@"), "");
}

TEST(Edit, takes_packages_of_the_registry_only) {
    for (const char* good :
         {"foo", "@x/foo-mcp", "foo@1.2.3", "foo@^1.0.0-rc.1+b", "F_o.o~1", "@x/foo@latest", "tar", "foo@1.0.0-tar"})
        EXPECT_TRUE(is_registry_package(good)) << good;
    for (const char* bad : {"", "--yes", "./here", "/there", "a b", "${HOME}", "a;b", "git+ssh://x", "a\n"})
        EXPECT_FALSE(is_registry_package(bad)) << bad;
    // npm takes the first for repositories at GitHub, and the others for files.
    for (const char* bad : {"owner/repository", "foo@owner/repository", "@x/foo@owner/repository", "@x/y/z", "@x",
                            "@/x", "@x/", "a/@b/c", "foo.tgz", "foo@b.tar.gz", "@x/foo@x.tar"})
        EXPECT_FALSE(is_registry_package(bad)) << bad;
    EXPECT_TRUE(is_registry_package(std::string(278, 'a')));
    EXPECT_FALSE(is_registry_package(std::string(279, 'a')));
}

TEST(Edit, adds_a_server_and_keeps_everything_else) {
    const auto text = with_server(R"({"limits": {"sessions": 5}, "servers": {"a": {"command": "x"}}})", foo());
    ASSERT_TRUE(text) << text.error().message;
    const Config config = parsed(*text);
    EXPECT_EQ(config.limits.sessions, 5U);
    ASSERT_EQ(config.servers.size(), 2U);
    EXPECT_EQ(config.servers[0].name, "a");
    const ServerConfig& added = config.servers[1];
    EXPECT_EQ(added.name, "foo");
    EXPECT_EQ(added.disabled_reason, "");
    EXPECT_EQ(added.command, "npx");
    EXPECT_EQ(added.args, (std::vector<std::string>{"-y", "@x/foo-mcp"}));
    EXPECT_EQ(added.package, "@x/foo-mcp");
    EXPECT_EQ(added.description, "what it does");
    EXPECT_TRUE(added.auto_start);
    EXPECT_EQ(config.warnings, std::vector<Fault>());
}

TEST(Edit, adds_to_an_empty_file_and_to_one_with_comments) {
    for (const char* text : {"", "{}", "// nothing yet\n{\"mcpServers\": {}}"}) {
        const auto edited = with_server(text, foo());
        ASSERT_TRUE(edited) << text;
        EXPECT_EQ(parsed(*edited).servers.size(), 1U);
    }
}

TEST(Edit, a_second_server_of_a_name_is_refused_wherever_the_first_stands) {
    for (const char* text : {R"({"servers": {"foo": {}}})", R"({"mcpServers": {"foo": {}}})",
                             R"({"mcpServers": {}, "servers": {"foo": {}}})"}) {
        const auto edited = with_server(text, foo());
        ASSERT_FALSE(edited) << text;
        EXPECT_EQ(edited.error().code, errc::invalid_request);
    }
}

TEST(Edit, takes_a_server_out_of_either_section) {
    const auto text = without_server(R"({"mcpServers": {"a": {}}, "servers": {"b": {}, "c": {}}})", "b");
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "{\n  \"mcpServers\": {\n    \"a\": {}\n  },\n  \"servers\": {\n    \"c\": {}\n  }\n}\n");
    const auto unknown = without_server(*text, "b");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, errc::server_unknown);
}

TEST(Edit, text_that_is_no_object_is_refused) {
    for (const char* text : {"[]", "{", "1"}) {
        const auto edited = with_server(text, foo());
        ASSERT_FALSE(edited) << text;
        EXPECT_EQ(edited.error().code, errc::invalid_config);
    }
}

}  // namespace
}  // namespace agenthub
