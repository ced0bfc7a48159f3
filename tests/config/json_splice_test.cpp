#include "config/json_splice.hpp"

#include <gtest/gtest.h>

#include "config/edit.hpp"
#include "config/json_text.hpp"

namespace agenthub {
namespace {

constexpr const char* kWritten = R"(// written by hand
{
    "listen": "127.0.0.1:1",  // } not an end
    "servers": {
        // the first, "{" of its kind
        "a": { "command": "x", "args": ["}", "\"{"] },  // and its remark
        /* the second */
        "b": {
            "command": "y"  /* of several
                               lines } */
        }  // the last
    },
    "limits": {}
}
)";

std::string edited(const result<std::string>& text) {
    return text ? *text : text.error().message;
}

TEST(JsonSplice, a_server_is_added_and_every_other_byte_stays) {
    const std::string expected = R"(// written by hand
{
    "listen": "127.0.0.1:1",  // } not an end
    "servers": {
        // the first, "{" of its kind
        "a": { "command": "x", "args": ["}", "\"{"] },  // and its remark
        /* the second */
        "b": {
            "command": "y"  /* of several
                               lines } */
        },  // the last
        "foo": {
          "package": "@x/foo-mcp",
          "transport": "stdio",
          "command": "npx",
          "args": [
            "-y",
            "@x/foo-mcp"
          ],
          "env": {},
          "auto_start": true,
          "restart_on_failure": true,
          "max_restarts": 3,
          "health_check_interval": 30,
          "description": "d"
        }
    },
    "limits": {}
}
)";
    const std::string added = edited(with_server(kWritten, {"foo", "@x/foo-mcp", "d", true}));
    EXPECT_EQ(added, expected);
    EXPECT_EQ(edited(without_server(added, "foo")), kWritten) << "taken out again nothing is left of it";
}

TEST(JsonSplice, a_server_is_taken_out_with_its_line) {
    EXPECT_EQ(edited(without_server("{\n  \"servers\": {\n    \"a\": 1, // a\n    \"b\": 2 // b\n  }\n}\n", "a")),
              "{\n  \"servers\": {\n    \"b\": 2 // b\n  }\n}\n");
    EXPECT_EQ(edited(without_server("{\n  \"servers\": {\n    \"a\": 1, // a\n    \"b\": 2 // b\n  }\n}\n", "b")),
              "{\n  \"servers\": {\n    \"a\": 1 // a\n  }\n}\n");
    EXPECT_EQ(edited(without_server("{\n  \"servers\": {\n    \"a\": 1\n  }\n}\n", "a")),
              "{\n  \"servers\": {\n  }\n}\n");
    EXPECT_EQ(edited(without_server("// c\n{\"servers\": {\"a\": 1, \"b\": 2}}", "a")),
              "// c\n{\"servers\": { \"b\": 2}}");
}

TEST(JsonSplice, the_first_server_of_a_file) {
    for (const char* text :
         {"{\n}\n", "{\n  // nothing yet\n}", "// c\n{}", "{\n  \"servers\": {}\n}\n",
          "{\n  \"servers\": {\n    // none\n  }\n}\n", "{\n  \"listen\": \"127.0.0.1:1\"  // here\n}\n"}) {
        const std::string added = edited(with_server(text, {"foo", "foo", "", false}));
        Findings findings;
        const auto tree = parse_json_text(added, findings);
        ASSERT_TRUE(tree) << added;
        const char* section =
            std::string_view(text).find("servers") == std::string_view::npos ? "mcpServers" : "servers";
        EXPECT_TRUE((*tree)[section].contains("foo")) << added;
        EXPECT_EQ(std::count(added.begin(), added.end(), '/'),
                  std::count(text, text + std::string_view(text).size(), '/'))
            << "comments stay: " << added;
    }
}

TEST(JsonSplice, unusual_texts_are_still_right) {
    // A section that stands twice: the last one counts. Escapes in keys. A byte order mark.
    for (const char* text :
         {"{\n\"servers\": {\"a\": 1},\n\"servers\": {\"b\": 1}\n}", "{\n\"ser\\u0076ers\": {\"\\u0062\": 1}\n}",
          "\xEF\xBB\xBF{\n\"servers\": {\"b\": 1}}", "{\n\"servers\": {\"b\": 1, \"b\": 2}}"}) {
        const std::string added = edited(with_server(text, {"foo", "foo", "", false}));
        const std::string removed = edited(without_server(text, "b"));
        Findings findings;
        const auto with = parse_json_text(added, findings);
        const auto without = parse_json_text(removed, findings);
        ASSERT_TRUE(with && without) << added << removed;
        EXPECT_TRUE((*with)["servers"].contains("foo")) << added;
        EXPECT_TRUE((*with)["servers"].contains("b")) << added;
        EXPECT_FALSE((*without)["servers"].contains("b")) << removed;
    }
}

TEST(JsonSplice, broken_text_is_no_object) {
    for (const char* text : {"", "[", "{", "{\"a\"", "{\"a\":", "{\"a\": 1", "{\"a\": 1,", "{\"a", "// {}", "/* {}"})
        EXPECT_FALSE(object_at(text, 0)) << text;
}

}  // namespace
}  // namespace agenthub
