// The shapes of the prototype's documentation pipeline.

#include "gateway/documentation_route.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(DocumentationInput, has_the_defaults_of_the_prototype) {
    BodyReader body(R"({"repo_path":"/r","project_name":"n \"q\""})");
    EXPECT_EQ(documentation_input(body), R"({"repo_path":"/r","project_name":"n \"q\"","include_structure":true})");
    EXPECT_TRUE(body.ok());
}

TEST(DocumentationInput, takes_everything) {
    BodyReader body(R"({"repo_path":"/r","project_name":"n","vault_path":"v","include_structure":"no","more":1})");
    EXPECT_EQ(documentation_input(body),
              R"({"repo_path":"/r","project_name":"n","vault_path":"v","include_structure":false})");
    EXPECT_TRUE(body.ok());
}

TEST(DocumentationInput, notes_what_is_missing) {
    BodyReader body(R"({"vault_path":1})");
    documentation_input(body);
    EXPECT_EQ(body.summary(),
              "\"repo_path\": Field required; \"project_name\": Field required; \"vault_path\": Input should be "
              "a valid string");
}

TEST(DocumentationReply, has_the_five_members) {
    EXPECT_EQ(documentation_reply(
                  R"({"status":"complete","output":{"output_path":"/v/a b.md","content_length":12},"error":null})"),
              R"({"status":"complete","output_path":"/v/a b.md","obsidian_url":"obsidian://open?path=%2Fv%2Fa%20b.md",)"
              R"("content_length":12,"error":null})");
}

TEST(DocumentationReply, says_what_was_left_out) {
    EXPECT_EQ(
        documentation_reply(
            R"({"status":"partial","output":{"output_path":null,"content_length":3},"error":{"code":1,"message":"w"}})"),
        R"({"status":"partial","output_path":null,"obsidian_url":null,"content_length":3,"error":"w"})");
    EXPECT_EQ(documentation_reply(R"({"status":"failed","output":null,"error":{"message":"w"}})"),
              R"({"status":"failed","output_path":null,"obsidian_url":null,"content_length":null,"error":"w"})");
}

TEST(DocumentationReply, leaves_an_url_of_the_pipeline_as_it_is) {
    EXPECT_NE(documentation_reply(R"({"status":"complete","output":{"output_path":"/a","obsidian_url":"own"}})")
                  .find(R"("obsidian_url":"own")"),
              std::string::npos);
}

}  // namespace
}  // namespace agenthub
