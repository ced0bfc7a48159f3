#include "gateway/aggregate_cursor.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "mcp/json_members.hpp"

namespace agenthub {
namespace {

AggregateList list_of(int size) {
    std::vector<AggregateEntry> entries;
    for (int i = 0; i < size; ++i) {
        const std::string name = "t" + std::to_string(i);
        entries.push_back({name, "", "s", name, "{\"name\":\"" + name + "\"}"});
    }
    return {std::move(entries), {}};
}

std::string page(const AggregateList& list, std::string_view cursor, std::size_t size) {
    const auto found = page_of(list, "tools", cursor, size);
    return found ? *found : "refused: " + found.error().message;
}

// The entries' numbers over all pages, "|" between pages.
std::string walk(const AggregateList& list, std::size_t size) {
    std::string out;
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
        const std::string text = page(list, cursor, size);
        for (const auto entry : mcp::elements_of(mcp::member(text, "tools")))
            out += std::string(mcp::member(entry, "name")).substr(2, entry.size() - 12) + " ";
        cursor = mcp::member(text, "nextCursor");
        if (cursor.empty())
            return out;
        out += "| ";
    }
    return "endless";
}

TEST(AggregatePages, are_put_together_from_the_entries) {
    EXPECT_EQ(page(list_of(0), "", 10), R"({"tools":[]})");
    EXPECT_EQ(page(list_of(2), "", 10), R"({"tools":[{"name":"t0"},{"name":"t1"}]})");
}

TEST(AggregatePages, have_their_size_and_lead_to_the_next) {
    EXPECT_EQ(walk(list_of(5), 2), "0 1 | 2 3 | 4 ");
    EXPECT_EQ(walk(list_of(4), 2), "0 1 | 2 3 ");
    EXPECT_EQ(walk(list_of(4), 4), "0 1 2 3 ");
    EXPECT_EQ(walk(list_of(5), 4), "0 1 2 3 | 4 ");
    EXPECT_EQ(walk(list_of(3), 1), "0 | 1 | 2 ");
}

std::string cursor_of(const AggregateList& list, std::size_t size) {
    return std::string(mcp::member(page(list, "", size), "nextCursor"));
}

TEST(AggregateCursor, of_a_list_that_has_changed_is_refused) {
    const std::string cursor = cursor_of(list_of(5), 2);
    const auto refused = page_of(list_of(6), "tools", cursor, 2);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, errc::invalid_params);
    EXPECT_NE(refused.error().message.find("changed"), std::string::npos);
    EXPECT_TRUE(page_of(list_of(5), "tools", cursor, 3).has_value()) << "another page size does not matter";
}

TEST(AggregateCursor, of_another_list_is_refused) {
    const std::string cursor = cursor_of(list_of(5), 2);
    EXPECT_TRUE(page_of(list_of(5), "prompts", cursor, 2).has_error());
    EXPECT_TRUE(page_of(list_of(5), "tool", cursor, 2).has_error());
}

TEST(AggregateCursor, that_nobody_has_given_out_is_refused) {
    const AggregateList list = list_of(5);
    const auto made = [](const std::string& plain) { return "\"" + to_base64url(plain) + "\""; };
    EXPECT_TRUE(page_of(list, "tools", made("tools:4:" + list.digest()), 2).has_value());
    for (const std::string& cursor :
         {std::string("null"), std::string("5"), std::string("{}"), std::string("\"\""), std::string("\"x\""),
          std::string("\"%%%\""), made("tools:0:" + list.digest()), made("tools:5:" + list.digest()),
          made("tools:-1:" + list.digest()), made("tools:99999999999999999999:" + list.digest()),
          made("tools::" + list.digest()), made("tools:2"), made("tools:2:"), made("tools:2:" + list.digest() + "0"),
          made("tools:2 :" + list.digest())}) {
        const auto refused = page_of(list, "tools", cursor, 2);
        ASSERT_TRUE(refused.has_error()) << cursor;
        EXPECT_EQ(refused.error().code, errc::invalid_params);
    }
}

}  // namespace
}  // namespace agenthub
