#include "base/sse_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace agenthub {
namespace {

using Events = std::vector<std::string>;

// The events of `stream`, given to the reader in pieces of `size` bytes.
Events events_of(std::string_view stream, std::size_t size) {
    SseReader reader(1000);
    Events events;
    while (!stream.empty()) {
        const auto piece = stream.substr(0, size);
        const auto wants_more = reader.feed(piece, [&](std::string_view data) {
            events.emplace_back(data);
            return true;
        });
        EXPECT_TRUE(wants_more.has_value() && *wants_more);
        stream.remove_prefix(piece.size());
    }
    return events;
}

TEST(SseReader, reads_the_same_events_however_the_bytes_are_cut) {
    const std::string stream =
        "\xEF\xBB\xBF: hello\r\n\r\nid: 7\r\nevent: message\r\ndata: {\"a\":1}\r\n\r\n"
        "data:first\ndata: second\n\n"
        "retry: 100\rdata: third\r\r"
        "event: other\ndata: not for us\n\n"
        "data: last\n\ndata: never finished\n";
    const Events expected{"{\"a\":1}", "first\nsecond", "third", "last"};
    for (std::size_t size = 1; size <= stream.size(); ++size)
        EXPECT_EQ(events_of(stream, size), expected) << "in pieces of " << size;
}

TEST(SseReader, an_empty_event_is_a_priming_event_and_no_message) {
    EXPECT_EQ(events_of("id: 1\ndata:\n\nid: 2\ndata\n\nid: 3\n\n", 100), Events());
}

TEST(SseReader, remembers_where_a_stream_can_be_resumed) {
    SseReader reader(1000);
    const auto ignore = [](std::string_view) { return true; };
    EXPECT_EQ(reader.last_id(), "");
    EXPECT_EQ(reader.retry(), std::nullopt);
    ASSERT_TRUE(reader.feed("id: 1\nretry: 250\ndata:\n\n", ignore).has_value());
    EXPECT_EQ(reader.last_id(), "1");
    EXPECT_EQ(reader.retry(), 250U);
    ASSERT_TRUE(reader.feed("id: 2\nretry: soon\ndata: cut", ignore).has_value());
    EXPECT_EQ(reader.last_id(), "1") << "the event is not complete";
    ASSERT_TRUE(reader.feed(" off\n\ndata: without\n\n", ignore).has_value());
    EXPECT_EQ(reader.last_id(), "2") << "an event without id does not change it";
    EXPECT_EQ(reader.retry(), 250U);
}

TEST(SseReader, takes_one_blank_after_the_colon_away_and_no_more) {
    EXPECT_EQ(events_of("data:  x \n\n", 100), Events{" x "});
}

TEST(SseReader, fields_it_does_not_know_are_ignored) {
    EXPECT_EQ(events_of("datum: x\nDATA: y\nsomething\ndata: z\n\n", 100), Events{"z"});
}

TEST(SseReader, stops_in_the_middle_of_the_bytes_when_no_more_is_wanted) {
    SseReader reader(1000);
    int events = 0;
    const auto wants_more = reader.feed("data: a\n\ndata: b\n\n", [&](std::string_view) {
        ++events;
        return false;
    });
    EXPECT_FALSE(wants_more.value());
    EXPECT_EQ(events, 1);
}

TEST(SseReader, one_event_may_be_as_long_as_the_limit_and_no_longer) {
    const auto feed = [](std::size_t size) {
        SseReader reader(20);
        return reader.feed("data: " + std::string(size - 6, 'x') + "\n\ndata: y\n\n",
                           [](std::string_view) { return true; });
    };
    EXPECT_TRUE(feed(20).has_value());
    ASSERT_TRUE(feed(21).has_error());
    EXPECT_EQ(feed(21).error().code, errc::too_large);
}

TEST(SseReader, many_short_lines_of_one_event_count_against_the_limit_too) {
    SseReader reader(20);
    const auto ignore = [](std::string_view) { return true; };
    ASSERT_TRUE(reader.feed("data: 12345\ndata: 12345\n", ignore).has_value());
    EXPECT_TRUE(reader.feed("data: 12345\n", ignore).has_error());
}

}  // namespace
}  // namespace agenthub
