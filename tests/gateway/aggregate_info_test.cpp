#include "gateway/aggregate_info.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(AggregateInfo, capabilities_are_the_union_of_what_can_be_served) {
    EXPECT_EQ(aggregate_capabilities({}), "{}");
    EXPECT_EQ(aggregate_capabilities({{"a", R"({"tools":{}})", ""}}), R"({"tools":{"listChanged":true}})");
    EXPECT_EQ(aggregate_capabilities({{"a", R"({"tools":{"listChanged":false},"logging":{},"tasks":{}})", ""},
                                      {"b", R"({"resources":{"subscribe":true},"experimental":{"x":{}}})", ""},
                                      {"c", R"({"prompts":{},"completions":{},"resources":{}})", ""}}),
              R"({"tools":{"listChanged":true},"prompts":{"listChanged":true},)"
              R"("resources":{"listChanged":true,"subscribe":true},"completions":{},"logging":{}})");
    EXPECT_EQ(aggregate_capabilities({{"a", R"({"resources":{"subscribe":"true"},"tools":null,"logging":true})", ""}}),
              R"({"resources":{"listChanged":true}})");
}

TEST(AggregateInfo, of_extensions_tasks_alone_are_for_many) {
    constexpr const char* kOwn = R"({"extensions":{"io.modelcontextprotocol/tasks":{"x":1},"other/one":{}}})";
    EXPECT_EQ(aggregate_capabilities({{"a", kOwn, "", true}, {"b", "{}", ""}}),
              R"({"extensions":{"io.modelcontextprotocol/tasks":{}}})");
    EXPECT_EQ(aggregate_capabilities({{"a", kOwn, "", false}}), "{}");
}

TEST(AggregateInfo, a_server_that_is_not_known_yet_may_offer_any_list) {
    EXPECT_EQ(aggregate_capabilities({{"a", "{}", ""}, {"b", "", ""}}),
              R"({"tools":{"listChanged":true},"prompts":{"listChanged":true},"resources":{"listChanged":true}})");
}

TEST(AggregateInfo, instructions_stand_under_their_servers_names) {
    EXPECT_EQ(aggregate_instructions({}), "");
    EXPECT_EQ(aggregate_instructions({{"a", "{}", ""}, {"b", "{}", "\"\""}, {"c", "{}", "5"}}), "");
    EXPECT_EQ(aggregate_instructions({{"a", "{}", R"("Use \"x\".\nThen y.")"}, {"b", "{}", ""}, {"c", "{}", R"("é")"}}),
              R"("# a\n\nUse \"x\".\nThen y.\n\n# c\n\né")");
}

}  // namespace
}  // namespace agenthub
