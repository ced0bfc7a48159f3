// Event streams are parsed whatever the chunks are.

#include "tests/support/sse.hpp"

#include <gtest/gtest.h>

namespace agenthub::test {
namespace {

TEST(SseParser, reads_events_byte_by_byte_and_in_one_piece) {
    constexpr std::string_view stream =
        ": hello\n\nid: 7\ndata:\n\nevent: message\r\nid: 8\r\ndata: {\"a\":\ndata: 1}\r\n\r\nretry: 500\ndata: x\n\n";
    for (const std::size_t step : {std::size_t{1}, stream.size()}) {
        SseParser parser;
        std::vector<SseEvent> events;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            for (auto& event : parser.feed(stream.substr(at, step)))
                events.push_back(event);
        }
        ASSERT_EQ(events.size(), 3u);
        EXPECT_EQ(parser.comments(), 1);
        EXPECT_EQ(events[0].id, "7");
        EXPECT_TRUE(events[0].has_data);
        EXPECT_EQ(events[0].data, "");
        EXPECT_EQ(events[1].data, "{\"a\":\n1}");
        EXPECT_EQ(events[1].id, "8");
        EXPECT_FALSE(events[2].has_id);
        EXPECT_EQ(events[2].retry, "500");
    }
}

TEST(SseParser, an_unfinished_event_does_not_come) {
    SseParser parser;
    EXPECT_TRUE(parser.feed("data: x\n").empty());
    EXPECT_EQ(parser.feed("\n").size(), 1u);
    EXPECT_TRUE(parser.feed("\n\n").empty());
}

}  // namespace
}  // namespace agenthub::test
