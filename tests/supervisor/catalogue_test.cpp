#include "supervisor/catalogue.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

Catalogue example() {
    Catalogue catalogue;
    catalogue.info =
        read_server_info(
            R"({"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"x":{"n":1.0}},)"
            R"("serverInfo":{"name":"s","version":"1"},"instructions":"Be \"nice\""})")
            .value();
    catalogue.lists[0] = R"({"tools":[{"name":"a","inputSchema":{"n":9007199254740993,"n":-0}}],"_meta":{"k":1.0}})";
    return catalogue;
}

TEST(Catalogue, comes_back_from_its_text_as_it_was) {
    const Catalogue catalogue = example();
    const auto read = parse_catalogue(print_catalogue(catalogue, "abc"), "abc");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->lists, catalogue.lists);
    EXPECT_EQ(initialize_result_for(read->info, "2025-11-25"), initialize_result_for(catalogue.info, "2025-11-25"));
    EXPECT_TRUE(read->info.has_tools);
    EXPECT_TRUE(read->info.tools_change);
    EXPECT_FALSE(read->info.has_prompts);
    EXPECT_EQ(*read->list("tools/list"), catalogue.lists[0]);
    EXPECT_EQ(read->list("prompts/list"), nullptr);
    EXPECT_EQ(read->list("tools/call"), nullptr);
}

TEST(Catalogue, of_another_configuration_or_format_or_cut_short_is_none) {
    const std::string text = print_catalogue(example(), "abc");
    EXPECT_FALSE(parse_catalogue(text, "abd"));
    std::string other_format = text;
    other_format.replace(text.find(R"("format":1)"), 10, R"("format":2)");
    EXPECT_FALSE(parse_catalogue(other_format, "abc"));
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_catalogue(text.substr(0, size), "abc")) << size;
}

TEST(ListPages, a_single_page_stays_as_it_is) {
    ListPages pages(kListKinds[0]);
    ASSERT_TRUE(pages.add(R"({ "_meta":{}, "tools":[ {"name":"a"} ] })"));
    EXPECT_TRUE(pages.next().empty());
    EXPECT_EQ(pages.whole(), R"({ "_meta":{}, "tools":[ {"name":"a"} ] })");
}

TEST(ListPages, several_pages_become_one_list_without_a_cursor) {
    ListPages pages(kListKinds[0]);
    ASSERT_TRUE(pages.add(R"({"tools":[{"name":"a"}, {"name":"b"}],"_meta":{"x":1.0},"nextCursor":"p\"2"})"));
    EXPECT_EQ(pages.next(), R"("p\"2")");
    ASSERT_TRUE(pages.add(R"({"tools":[],"nextCursor":"3"})"));
    ASSERT_TRUE(pages.add(R"({"tools":[ {"name":"c"} ]})"));
    EXPECT_TRUE(pages.next().empty());
    EXPECT_EQ(pages.whole(), R"({"_meta":{"x":1.0},"tools":[{"name":"a"}, {"name":"b"},{"name":"c"}]})");
}

TEST(ListPages, what_is_no_page_of_the_list_is_refused) {
    ListPages pages(kListKinds[1]);
    EXPECT_FALSE(pages.add(R"({"tools":[]})"));
    EXPECT_FALSE(pages.add(R"({"prompts":{}})"));
    EXPECT_FALSE(pages.add("{"));
}

TEST(Catalogue, remembers_the_era_and_whether_the_server_asks) {
    Catalogue catalogue;
    catalogue.info = read_discover_result(R"({"capabilities":{"tools":{}}})").value();
    catalogue.asks = true;
    const auto back = parse_catalogue(print_catalogue(catalogue, "f"), "f");
    ASSERT_TRUE(back.has_value());
    EXPECT_TRUE(back->info.modern);
    EXPECT_TRUE(back->asks);
    catalogue.info.protocol_version = "2025-11-25";
    catalogue.asks = false;
    const auto legacy = parse_catalogue(print_catalogue(catalogue, "f"), "f");
    ASSERT_TRUE(legacy.has_value());
    EXPECT_FALSE(legacy->info.modern);
    EXPECT_FALSE(legacy->asks);
}

}  // namespace
}  // namespace agenthub
